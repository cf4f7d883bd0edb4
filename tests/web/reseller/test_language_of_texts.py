"""A text is read and written in the language of its address, whatever its writer reads in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.infra.db import Database
from portal.tenancy import welcome
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

PLACES = (
    "/reseller/welcome/{}",
    "/reseller/pages/terms/{}",
    "/reseller/texts/low_balance/{}",
    "/reseller/wording/{}/menu",
)
LAYOUTS = ("skeleton.html", "base.html", "public/base.html")


@pytest.mark.parametrize("reader", ["en", "fr"])
@pytest.mark.parametrize("place", PLACES)
def test_each_form_leads_to_the_language_that_was_asked_for(
    visit: Visit, cast: Cast, place: str, reader: str
) -> None:
    seen = visit(cast.sam).get(f"{place.format('de')}?lang={reader}")
    assert seen.status == 200
    area = seen.html.split("<main", 1)[1].split("</main>", 1)[0]
    start = place.split("{}", 1)[0]
    led_to = re.findall(rf'(?:action|src|data-upload)="({re.escape(start)}[^"]*)"', area)
    assert {each.removeprefix(start).split("/")[0] for each in led_to} <= {"de"}
    open_one = re.search(r'<(?:a|span) class="btn btn-sm btn-primary"[^>]*lang="(\w+)"', area)
    assert open_one is not None
    assert open_one[1] == "de"
    for field in re.findall(r"<(?:input|textarea)[^>]*>", area):
        written_in = re.search(r' lang="(\w+)"', field)
        assert written_in is None or written_in[1] == "de"


def test_saving_as_the_page_says_leaves_other_languages_alone(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/welcome/en")
    sam.post("/reseller/welcome/en", html="<p>Hello</p>")
    form = re.search(
        r'<form method="post" action="([^"]*)"', _main(sam.get("/reseller/welcome/de").html)
    )
    assert form is not None
    sam.post(form[1], html="<p>Guten Tag</p>")
    with database.session(SUNNY) as session:
        told = {each: welcome.written(session, language=each) for each in ("en", "de")}
    assert told == {"en": "<p>Hello</p>", "de": "<p>Guten Tag</p>"}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_layout_names_anything_as_a_page_might(layout: str) -> None:
    """What a layout sets is what its pages read under that name."""
    files = [*Path("themes").glob(f"*/templates/{layout}")]
    assert files
    for file in files:
        names = re.findall(r"^\{%-? set (\w+)", file.read_text(), re.MULTILINE)
        assert [each for each in names if not each.startswith("layout_")] == [], file


def _main(html: str) -> str:
    return html.split("<main", 1)[1]
