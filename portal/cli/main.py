"""The command `portal`: finds the subcommand, runs it, and turns refusals into a sentence."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from portal.infra.config import SettingError
from portal.infra.processes import CannotStart
from portal.infra.theme_manifest import BrokenTheme

# Each is a module of its own, and is loaded only when it is asked for: some know all the features.
COMMANDS = {
    "apply": "portal.cli.apply",
    "bench": "portal.cli.bench",
    "demo": "portal.cli.demo_command",
    "gateways": "portal.cli.gateways",
    "install": "portal.cli.install",
    "leaks": "portal.leaks",
    "ledger": "portal.cli.ledger",
    "new": "portal.cli.new",
    "numbers": "portal.cli.numbers",
    "rates": "portal.cli.rates",
    "resellers": "portal.cli.resellers",
    "settings": "portal.cli.settings",
    "themes": "portal.cli.themes",
    "up": "portal.cli.up",
}


class Command(Protocol):
    """What a module has to have to be a subcommand."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what may follow the command's name."""

    def run(self, args: argparse.Namespace) -> int:
        """Do it; the answer is the exit status."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit status; a refusal is one sentence on stderr."""
    words = sys.argv[1:] if argv is None else list(argv)
    args = _parser(words).parse_args(words)
    run = cast("Command", args.command).run
    try:
        return run(args)
    except (SettingError, CannotStart, BrokenTheme) as refusal:
        print(f"portal: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="portal", description="A white-label SMS portal for resellers and their clients."
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    asked = words[0] if words else ""
    for name in [asked] if asked in COMMANDS else sorted(COMMANDS):
        command = cast("Command", importlib.import_module(COMMANDS[name]))
        subparser = subparsers.add_parser(name, help=command.HELP, description=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(command=command)
    return parser
