"""`portal resellers list`: the resellers of this installation."""

from __future__ import annotations

import argparse
import os

from portal.cli.opened import add_data_option, opened
from portal.cli.table import table
from portal.infra.db import Database
from portal.infra.errors import NotFound
from portal.tenancy import hostnames, resellers

NAME = "resellers"
HELP = "list the resellers"
_HEADS = ("number", "slug", "name", "host", "currency", "state")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with resellers."""
    acts = parser.add_subparsers(metavar="ACT", required=True)
    add_data_option(acts.add_parser("list", help="number, slug, name, host name, currency, state"))


def run(args: argparse.Namespace) -> int:
    """List them by name."""
    with opened(os.environ, data=args.data) as there:
        with there.database.across_resellers() as session:
            found = resellers.listed(session)
        rows = [
            (
                reseller.number,
                reseller.slug,
                reseller.name,
                _host(there.database, reseller.id),
                reseller.currency,
                "suspended" if reseller.suspended_at else "active",
            )
            for reseller in found
        ]
    print(table(_HEADS, rows))
    return 0


def _host(database: Database, reseller_id: int) -> str | None:
    with database.session(reseller_id) as session:
        try:
            return hostnames.primary_of(session)
        except NotFound:
            return None
