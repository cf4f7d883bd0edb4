"""A portal made from a logo while the demonstration runs: it answers at once, in every process."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from portal.cli.main import main
from tests.builders import portal_folder
from tests.builders.running import Portal

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

LIVE_WITHIN_SECONDS = 60
TRIES = 20
MINT = "mint.localhost"


def test_a_portal_made_from_a_logo_is_live_within_a_minute(doubled: Portal, tmp_path: Path) -> None:
    assert doubled.ask("GET", "/login", host=MINT).status == 421
    logo = tmp_path / "logo.png"
    logo.write_bytes(portal_folder.logo("#15a06e"))
    folder = str(tmp_path / "mint")
    began = time.monotonic()
    assert main(["new", folder, "--name", "Mint", "--logo", str(logo)]) == 0
    status, said = doubled.command("apply", folder)
    assert status == 0, said
    assert f"Applied. The portal is http://{MINT}:{doubled.port}/" in said
    for _ in range(TRIES):  # whichever process answers, none remembers that there was nobody
        page = doubled.ask("GET", "/login", host=MINT)
        assert page.status == 200
    assert time.monotonic() - began < LIVE_WITHIN_SECONDS
    assert re.search(r'<img src="/media/[0-9a-f]{32}\.png" alt="Mint">', page.body)
    sheet = re.search(r'href="(/brand/[0-9a-f]+\.css)"', page.body)
    assert sheet
    assert "#15a06e" in doubled.ask("GET", sheet[1], host=MINT).body
    status, said = doubled.command("apply", folder)
    assert (status, said) == (
        0,
        f"Nothing to change. The portal is http://{MINT}:{doubled.port}/\n",
    )
