"""`portal numbers`: lists the numbers that messages come in on, adds them, takes them out."""

from __future__ import annotations

import argparse
import os

from portal.accounts.actor import system
from portal.cli.opened import Opened, add_data_option, opened
from portal.cli.table import table
from portal.gateways import configured
from portal.infra.errors import NotFound, PortalError
from portal.infra.processes import CannotStart
from portal.ledger import units
from portal.numbers import finding, stock
from portal.tenancy import resellers

NAME = "numbers"
HELP = "list the numbers that messages come in on, add them, take them out"
_HEADS = ("number", "country", "reseller", "state", "set-up", "monthly", "message", "currency")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with numbers."""
    acts = parser.add_subparsers(metavar="ACT", dest="act", required=True)
    add_data_option(acts.add_parser("list", help="those of all resellers"))
    add = acts.add_parser("add", help="put one into a reseller's stock")
    add.add_argument("number", metavar="NUMBER", help="with its country's code, as in +12025550199")
    add.add_argument("--reseller", metavar="SLUG", required=True, help="whose stock")
    add.add_argument("--setup-fee", metavar="AMOUNT", default="0", help="once, to a client")
    add.add_argument("--monthly-fee", metavar="AMOUNT", default="0", help="to a client")
    add.add_argument("--fee-per-message", metavar="AMOUNT", help="for each that comes in")
    add.add_argument("--gateway", metavar="NAME", help="messages to it come through this one only")
    add_data_option(add)
    remove = acts.add_parser("remove", help="take one that is in stock out of it")
    remove.add_argument("number", metavar="NUMBER")
    remove.add_argument("--reseller", metavar="SLUG", required=True, help="whose stock")
    add_data_option(remove)


def run(args: argparse.Namespace) -> int:
    """Do what was asked for.

    Raises:
        CannotStart: it cannot be done; in a sentence.
    """
    acts = {"list": _list, "add": _add, "remove": _remove}
    with opened(os.environ, data=args.data) as there:
        try:
            acts[args.act](there, args)
        except (PortalError, units.NotAnAmount) as refusal:
            raise CannotStart(f"{refusal}.") from None
    return 0


def _list(there: Opened, _args: argparse.Namespace) -> None:
    with there.database.across_resellers() as session:
        slugs = {reseller.id: reseller.slug for reseller in resellers.listed(session)}
        rows = [
            (
                number.e164,
                number.country,
                slugs.get(number.reseller_id),
                "in stock" if number.client_id is None else "connected",
                units.decimal_string(number.setup_fee, number.currency),
                units.decimal_string(number.monthly_fee, number.currency),
                None
                if number.fee_per_message is None
                else units.decimal_string(number.fee_per_message, number.currency),
                number.currency,
            )
            for number in stock.listed(session)
        ]
    print(table(_HEADS, rows))


def _add(there: Opened, args: argparse.Namespace) -> None:
    reseller_id, gateway_id = _ids(there, args.reseller, args.gateway)
    fee = args.fee_per_message
    with there.database.session(reseller_id) as session, session.begin():
        number = stock.add(
            session,
            number=args.number,
            setup_fee=units.parse(args.setup_fee),
            monthly_fee=units.parse(args.monthly_fee),
            fee_per_message=None if fee is None else units.parse(fee),
            gateway_id=gateway_id,
            by=system(reseller_id),
        )
        print(f"{number.e164} ({number.country}) is in the stock of {args.reseller}.")


def _remove(there: Opened, args: argparse.Namespace) -> None:
    reseller_id, _ = _ids(there, args.reseller, None)
    digits = args.number.removeprefix("+")
    with there.database.session(reseller_id) as session, session.begin():
        number = finding.by_digits(session, digits)
        stock.end(session, number_id=number.id, by=system(reseller_id))
    print(f"+{digits} is no longer in the stock of {args.reseller}.")


def _ids(there: Opened, slug: str, gateway: str | None) -> tuple[int, int | None]:
    """The reseller of this slug and the gateway of this name.

    Raises:
        NotFound: there is none, or the gateway serves another reseller alone.
    """
    with there.database.across_resellers() as session:
        reseller_id = resellers.by_slug(session, slug).id
        if gateway is None:
            return reseller_id, None
        found = configured.by_name(session, gateway)
    if found.reseller_id not in {None, reseller_id}:
        raise NotFound("gateway", f"{gateway} for {slug}")
    return reseller_id, found.id
