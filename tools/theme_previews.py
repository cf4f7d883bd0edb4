"""Draws `preview.png` of every shipped theme from a real page of a running demonstration.

    portal up --demo --data /tmp/demo --facts /tmp/demo/facts.json
    python tools/theme_previews.py /tmp/demo

Its first reseller wears one theme after the other, and its own again in the end.
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from portal.http.tenants import REMEMBERED_SECONDS
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from portal.infra.themes import read_themes
from portal.tenancy import branding, resellers

THEMES: Final = Path(__file__).parents[1] / "themes"
CHROMIUM: Final = "/usr/bin/chromium"
VIEW: Final = {"width": 1280, "height": 800}
SIZE: Final = (640, 400)
COLOURS: Final = 160


def main() -> int:
    """Draw them all; the exit status."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    data = Path(sys.argv[1])
    facts = json.loads((data / "facts.json").read_text())
    server = Server(data)
    server.attach()
    database = Database(server.url)
    database.open()
    try:
        _draw(facts["resellers"][0], database)
    finally:
        database.close()
    return 0


def _draw(facts: dict[str, Any], database: Database) -> None:
    with database.across_resellers() as session:
        reseller_id = resellers.by_slug(session, facts["slug"]).id
    with database.session(reseller_id) as session:
        own = branding.own(session).theme
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=VIEW)
        _sign_in(page, facts)
        for name in read_themes(THEMES):
            _wear(database, reseller_id, name)
            time.sleep(REMEMBERED_SECONDS + 0.5)
            page.goto(facts["url"] + "/dashboard")
            page.wait_for_timeout(1000)  # for the chart
            _keep(page.screenshot(), THEMES / name / "preview.png")
        browser.close()
    _wear(database, reseller_id, own)


def _wear(database: Database, reseller_id: int, theme: str) -> None:
    with database.session(reseller_id) as session, session.begin():
        branding.own(session).theme = theme


def _sign_in(page: Page, facts: dict[str, Any]) -> None:
    client = facts["clients"][0]
    page.goto(facts["url"] + "/login")
    page.fill("[name=email]", client["email"])
    page.fill("[name=password]", client["password"])
    page.click("main form button[type=submit]")


def _keep(screenshot: bytes, file: Path) -> None:
    small = Image.open(io.BytesIO(screenshot)).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    small.quantize(COLOURS).save(file, optimize=True)
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
