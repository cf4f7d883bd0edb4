"""`portal up`: its options; the work is done elsewhere, so that its help comes at once."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

NAME = "up"
HELP = "start the portal: database, web server and worker, until it is told to stop"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; each has a setting that it goes before."""
    parser.add_argument(
        "--demo", action="store_true", help="make a demonstration with accounts and a sandbox"
    )
    parser.add_argument("--port", metavar="N", help="the port to listen on (8000)")
    parser.add_argument("--data", metavar="DIR", help="where files and database live (var)")
    parser.add_argument(
        "--https", action="store_true", help="run Caddy in front, with certificates for all names"
    )
    parser.add_argument(
        "--facts", metavar="FILE", type=Path, help="write the demonstration's accounts as JSON"
    )


def run(args: argparse.Namespace) -> int:
    """Start everything and look after it until a signal comes; see `starting.run`."""
    # By name, since it knows all the features, which take a second to load.
    status: int = importlib.import_module("portal.cli.starting").run(args)
    return status
