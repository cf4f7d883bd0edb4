"""`portal gateways`: lists gateways, adds them, switches them on and off."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from pydantic.fields import FieldInfo

from portal.cli.opened import Opened, add_data_option, opened
from portal.cli.table import table
from portal.gateways import configured, registry
from portal.gateways.errors import GatewayError
from portal.infra.errors import NotFound
from portal.infra.processes import CannotStart
from portal.tenancy import resellers

NAME = "gateways"
HELP = "list gateways, add them, switch them on and off"
_HEADS = ("name", "kind", "state", "priority", "route", "reseller", "sender")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with gateways; `add` knows the settings of each kind."""
    acts = parser.add_subparsers(metavar="ACT", dest="act", required=True)
    add_data_option(acts.add_parser("list", help="all of them, those tried first at the top"))
    add = acts.add_parser("add", help="a new one; its secrets are asked for, or read from stdin")
    kinds = add.add_subparsers(metavar="KIND", dest="kind", required=True)
    for kind, adapter in registry.ADAPTERS.items():
        _declare(kinds.add_parser(kind, help=adapter.label), kind)
    for act, about in (("enable", "let messages go out"), ("disable", "let none go out")):
        switch = acts.add_parser(act, help=f"{about} through one")
        switch.add_argument("name", metavar="NAME")
        add_data_option(switch)


def run(args: argparse.Namespace) -> int:
    """Do what was asked for.

    Raises:
        CannotStart: it cannot be done; in a sentence.
    """
    acts = {"list": _list, "add": _add, "enable": _switch, "disable": _switch}
    with opened(os.environ, data=args.data) as there:
        try:
            acts[args.act](there, args)
        except (GatewayError, NotFound) as refusal:
            raise CannotStart(f"{refusal}.") from None
    return 0


def _declare(parser: argparse.ArgumentParser, kind: str) -> None:
    """An option for each setting of a kind but the secret ones, which `ps` would show."""
    parser.add_argument("name", metavar="NAME", help="what to call it")
    secrets = registry.secret_settings(kind)
    for name, field in _fields(kind).items():
        if name not in secrets:
            parser.add_argument(
                _option(name), dest=_place(name), required=field.is_required(), metavar="VALUE"
            )
    parser.add_argument(
        "--priority", type=int, default=configured.PRIORITY, help="lower ones are tried first"
    )
    parser.add_argument(
        "--route", choices=("value", "premium"), help="for messages of this route only"
    )
    parser.add_argument("--sender", default="", help="the number messages come from by default")
    parser.add_argument("--reseller", metavar="SLUG", help="for this reseller's messages only")
    add_data_option(parser)


def _list(there: Opened, _args: argparse.Namespace) -> None:
    with there.database.across_resellers() as session:
        slugs = {reseller.id: reseller.slug for reseller in resellers.listed(session)}
        rows = [
            (
                gateway.name,
                gateway.kind,
                "enabled" if gateway.enabled else "disabled",
                gateway.priority,
                gateway.route or "all",
                "all" if gateway.reseller_id is None else slugs.get(gateway.reseller_id),
                gateway.sender,
            )
            for gateway in configured.listed(session)
        ]
    print(table(_HEADS, rows))


def _add(there: Opened, args: argparse.Namespace) -> None:
    given = {name: getattr(args, _place(name), None) for name in _fields(args.kind)}
    settings = {name: value for name, value in given.items() if value is not None}
    settings |= {name: _ask(name) for name in sorted(registry.secret_settings(args.kind))}
    with there.database.across_resellers() as session, session.begin():
        reseller = resellers.by_slug(session, args.reseller) if args.reseller else None
        gateway = configured.create(
            session,
            vault=there.vault,
            kind=args.kind,
            name=args.name,
            settings=settings,
            priority=args.priority,
            reseller_id=None if reseller is None else reseller.id,
            route=args.route,
            sender=args.sender,
        )
    print(f"{gateway.name} is added and enabled; its reports come to /hooks/gateways/…")


def _switch(there: Opened, args: argparse.Namespace) -> None:
    with there.database.across_resellers() as session, session.begin():
        configured.switch(session, name=args.name, enabled=args.act == "enable")
    print(f"{args.name} is {args.act}d.")


def _fields(kind: str) -> dict[str, FieldInfo]:
    return registry.adapter_class(kind).Settings.model_fields


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _place(name: str) -> str:
    return f"setting_{name}"


def _ask(name: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{name}: ")
    return sys.stdin.readline().rstrip("\n")
