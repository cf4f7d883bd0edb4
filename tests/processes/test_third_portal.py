"""A portal made from a logo while the demonstration runs: it answers at once, in every process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.builders import portal_folder
from tests.builders.running import Portal

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

ANSWERS_WITHIN_SECONDS = 60
MINT = "mint.localhost"


def command(*words: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    done = subprocess.run(
        [sys.executable, "-m", "portal.cli.main", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
