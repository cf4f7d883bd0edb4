"""Programs that load before what they need is there, and wait for the rest of their settings."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import IO, Final

FLAG: Final = "--held"
"""The word on its command line that makes a program wait."""


def wait() -> None:
    """Where the command line says so: wait, and add what is told to the environment.

    The process ends where whoever started it ends before telling anything.
    """
    if FLAG not in sys.argv[1:]:
        return
    told = sys.stdin.readline()
    if not told:
        sys.exit(1)
    os.environ.update(json.loads(told))


def release(waiting: IO[bytes], rest: Mapping[str, str]) -> None:
    """Tell a program that waits the rest of its settings; one that has ended is told nothing."""
    try:
        with waiting:
            waiting.write(json.dumps(dict(rest)).encode() + b"\n")
    except BrokenPipeError:
        pass
