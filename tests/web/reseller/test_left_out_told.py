"""Whoever saves a text is told what of it no page shows; whoever sends too much finds back."""

from __future__ import annotations

import pytest

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
