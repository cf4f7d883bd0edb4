"""Whoever saves a text is told what of it no page shows; whoever sends too much finds back."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask

from portal.http import limits
from portal.infra import sheets
from portal.payments.bank import lines
from portal.tenancy import picture_flaws
from tests.cast import Cast
from tests.web.conftest import Visit

PLACES = ("/reseller/welcome/en", "/reseller/pages/help/en")
SCRIPT = "Left out, since no page of your portal may have it: <script>."
PICTURE = "Pictures from other websites are left out: upload them here instead."


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>a</p><script>x</script>", [SCRIPT]),
        ('<p>b</p><img src="https://e.test/x.png">', [PICTURE]),
        ("<p>c {{7*7}}</p>", []),
    ],
)
def test_what_is_left_out_is_told(
    visit: Visit, cast: Cast, place: str, html: str, told: list[str]
) -> None:
    sam = visit(cast.sam)
    sam.get(place)
    seen = sam.follow(sam.post(place, html=html, based_on="0"))
    assert [said for said in (SCRIPT, PICTURE) if said in seen.text] == told


def test_a_text_of_nothing_else_is_told_of(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get(PLACES[1])
    seen = sam.follow(sam.post(PLACES[1], html="<script>x</script>", based_on="0"))
    assert SCRIPT in seen.text


@pytest.mark.parametrize(
    ("referrer", "leads"),
    [
        ("http://sunny.localhost/reseller/texts/low_balance/en?x=1", True),
        ("https://evil.test/reseller/texts", False),
        ("http://sunny.localhost/nowhere", False),
        ("", False),
    ],
)
def test_a_form_that_was_too_large_is_led_back_to(
    visit: Visit, cast: Cast, referrer: str, leads: bool
) -> None:
    sam = visit(cast.sam)
    path = "/reseller/texts/low_balance/en"
    sam.get(path)
    answer = sam._client.post(
        path,
        base_url="http://sunny.localhost",
        data={"subject": "a", "body": "x" * 2_000_000, "csrf_token": sam._token},
        headers={"Referer": referrer} if referrer else {},
    )
    assert (answer.status_code, "This is too large" in answer.text) == (413, True)
    assert ("Back to the form" in answer.text) is leads
    assert (f'href="{path}?x=1"' in answer.text) is leads


def test_what_no_reader_takes_is_not_kept() -> None:
    readers = (sheets.BYTES_MAX, lines.BYTES_MAX, picture_flaws.BYTES_MAX)
    assert max(readers) < limits.UPLOAD_BYTES_MAX < limits.SENT_BYTES_MAX


@pytest.mark.parametrize("place", PLACES)
def test_what_was_typed_beside_a_file_that_is_too_large_stays(
    visit: Visit, cast: Cast, app: Flask, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without scripts nobody is told before it is sent. The limits are a thousandth of the real."""
    monkeypatch.setattr(limits, "UPLOAD_BYTES_MAX", 6_000)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1_000)
    sam = visit(cast.sam)
    sam.get(place)

    def photo() -> tuple[BytesIO, str]:
        return BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 7_000), "photo.png"

    typed = {"html": "<p>An hour of writing</p>", "based_on": "0"}
    added = sam.post(f"{place}/picture", picture=photo(), **typed)
    assert (added.status, "at most 1 MB." in added.text) == (422, True)
    assert "An hour of writing" in added.html
    saved = sam.follow(sam.post(place, picture=photo(), **typed))
    assert "An hour of writing" in saved.html


@pytest.mark.parametrize("place", PLACES)
def test_a_text_that_is_too_long_is_not_told_to_be_a_file(
    visit: Visit, cast: Cast, app: Flask, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_FORM_MEMORY_SIZE", 20_000)
    sam = visit(cast.sam)
    sam.get(place)
    picture = (BytesIO(b"x"), "a.png")
    seen = sam.post(place, html="x" * 20_001, based_on="0", picture=picture)
    assert (seen.status, "This is too large" in seen.text) == (413, True)


def test_a_file_beyond_all_bounds_is_led_back_to_its_form(
    visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SENT_BYTES_MAX", 10_000)
    sam = visit(cast.sam)
    place = PLACES[0]
    sam.get(place)
    led_back = sam.post(place, html="a", based_on="0", picture=(BytesIO(b"x" * 10_001), "a.png"))
    assert (led_back.status, led_back.location) == (303, place)
    assert "so nothing was kept." in sam.follow(led_back).text
