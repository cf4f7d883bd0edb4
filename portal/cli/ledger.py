"""`portal ledger prove`: recomputes the books and says that they agree, or which row does not."""

from __future__ import annotations

import argparse
import os

from portal.cli.opened import add_data_option, opened
from portal.reports import proof

NAME = "ledger"
HELP = "recompute the books: every balance, day, seal, charge and refund"
_SHOWN_MAX = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with the books."""
    acts = parser.add_subparsers(metavar="ACT", required=True)
    prove = acts.add_parser(
        "prove", help="recompute them all; exit status 1, and the rows by name, if any disagree"
    )
    add_data_option(prove)


def run(args: argparse.Namespace) -> int:
    """Prove all books of this installation."""
    with (
        opened(os.environ, data=args.data) as there,
        there.database.across_resellers() as session,
        session.begin(),
    ):
        proven = proof.prove(session)
        proof.keep(session, proven)
    print(
        f"{'books agree' if proven.agrees else 'books DISAGREE'}: {proven.accounts} accounts,"
        f" {proven.transfers} transfers, {proven.messages} messages, {proven.days} closed days,"
        f" {proven.sealed} sealed rows"
    )
    for name, head in proven.heads.items():
        print(f"  newest seal of {name}: {head.number} {head.hash}")
    for sentence in proven.disagreements[:_SHOWN_MAX]:
        print(f"  {sentence}")
    if len(proven.disagreements) > _SHOWN_MAX:
        print(f"  and {len(proven.disagreements) - _SHOWN_MAX} more")
    return 0 if proven.agrees else 1
