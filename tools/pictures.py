"""Draws the pictures of the documents and of the themes from a running demonstration.

    portal up --demo --data /tmp/demo --facts /tmp/demo/facts.json
    python tools/pictures.py /tmp/demo

That is `preview.png` of every shipped theme, and what README.md shows. Both resellers wear one
theme after the other for it, and their own again in the end.
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from portal.http.tenants import REMEMBERED_SECONDS
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from portal.infra.themes import read_themes
from portal.tenancy import branding, resellers

ROOT: Final = Path(__file__).parents[1]
THEMES: Final = ROOT / "themes"
DOCUMENTS: Final = ROOT / "docs" / "pictures"
CHROMIUM: Final = "/usr/bin/chromium"
SCREEN: Final = (1280, 860)
STUDIO: Final = (1400, 900)
PREVIEW: Final = (640, 400)
IN_A_ROW: Final = ("default", "sidebar", "minimal")
GAP: Final = 16
COLOURS: Final = 160
"""Of a preview, which travels with its theme and is shown small."""


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
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            _draw(browser, facts["resellers"], database)
            browser.close()
    finally:
        database.close()
    return 0


def _draw(browser: Browser, portals: list[dict[str, Any]], database: Database) -> None:
    rows = []
    for facts in portals:
        page = _signed_in(browser, facts, facts["clients"][0], SCREEN)
        _keep(_dashboard(page, facts), DOCUMENTS / f"{facts['slug']}.png")
        rows.append(_in_every_theme(page, facts, database))
    for name, picture in rows[0].items():
        _keep(_small(picture).quantize(COLOURS), THEMES / name / "preview.png")
    _keep(
        _table([[_small(row[name]) for name in IN_A_ROW] for row in rows]), DOCUMENTS / "themes.png"
    )
    studio = _signed_in(browser, portals[0], portals[0]["staff"], STUDIO)
    studio.goto(portals[0]["url"] + "/reseller/brand")
    studio.wait_for_timeout(2000)  # for the page in the frame
    _keep(_picture(studio), DOCUMENTS / "studio.png")


def _in_every_theme(
    page: Page, facts: dict[str, Any], database: Database
) -> dict[str, Image.Image]:
    with database.across_resellers() as session:
        reseller_id = resellers.by_slug(session, facts["slug"]).id
    with database.session(reseller_id) as session:
        own = branding.own(session).theme
    drawn = {}
    for name in read_themes(THEMES):
        _wear(database, reseller_id, name)
        drawn[name] = _dashboard(page, facts)
    _wear(database, reseller_id, own)
    return drawn


def _wear(database: Database, reseller_id: int, theme: str) -> None:
    with database.session(reseller_id) as session, session.begin():
        branding.own(session).theme = theme
    time.sleep(REMEMBERED_SECONDS + 0.5)


def _signed_in(
    browser: Browser, facts: dict[str, Any], person: dict[str, Any], size: tuple[int, int]
) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(facts["url"] + "/login")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")
    return page


def _dashboard(page: Page, facts: dict[str, Any]) -> Image.Image:
    page.goto(facts["url"] + "/dashboard")
    page.wait_for_timeout(1000)  # for the chart
    return _picture(page)


def _picture(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _small(picture: Image.Image) -> Image.Image:
    width = picture.width
    top = picture.crop((0, 0, width, width * PREVIEW[1] // PREVIEW[0]))
    return top.resize(PREVIEW, Image.Resampling.LANCZOS)


def _table(rows: list[list[Image.Image]]) -> Image.Image:
    wide, high = PREVIEW[0] + GAP, PREVIEW[1] + GAP
    table = Image.new("RGB", (wide * len(rows[0]) - GAP, high * len(rows) - GAP), "white")
    for down, row in enumerate(rows):
        for across, picture in enumerate(row):
            table.paste(picture, (across * wide, down * high))
    return table


def _keep(picture: Image.Image, file: Path) -> None:
    picture.save(file, optimize=True)
    print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    sys.exit(main())
