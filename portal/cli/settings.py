"""`portal settings`: lists what an installation can be told, and what it is told now."""

from __future__ import annotations

import argparse
import os
import sys

from portal.infra.config import SettingError, Settings, listing

NAME = "settings"
HELP = "list the settings: their variables, present values and meaning"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There are none."""


def run(_args: argparse.Namespace) -> int:
    """Print a line for each setting; where one is wrong, the defaults, and what is wrong."""
    refusal = None
    try:
        settings = Settings.from_environment(os.environ)
    except SettingError as error:
        settings, refusal = Settings(), error
    rows = list(listing(settings))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for variable, value, about in rows:
        print(f"{variable:{widths[0]}}  {value:{widths[1]}}  {about}")
    if refusal is not None:
        sys.stdout.flush()
        print(f"portal: these are the defaults, since {refusal}", file=sys.stderr)
        return 1
    return 0
