"""`portal demo reset`: its options; the work is done elsewhere, so that its help comes at once."""

from __future__ import annotations

import argparse
import importlib

from portal.cli.opened import add_data_option

NAME = "demo"
HELP = "bring a demonstration back to its first state"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done with a demonstration."""
    acts = parser.add_subparsers(metavar="ACT", required=True)
    reset = acts.add_parser(
        "reset", help="forget everything that was done in it, and make it anew; not while it runs"
    )
    add_data_option(reset)


def run(args: argparse.Namespace) -> int:
    """Make the demonstration anew; see `demo_reset.run`."""
    # By name, since it knows all the features, which take a second to load.
    status: int = importlib.import_module("portal.cli.demo_reset").run(args)
    return status
