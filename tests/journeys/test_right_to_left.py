"""The pages of clients and visitors in Arabic: written from right to left, accessible, quiet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.tenancy import resellers, settings
from tests.builders.running import Portal
from tests.journeys.test_every_page import PHONE, look

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.no_cover]

PAGES = {
    "public": ["/", "/login", "/signup", "/terms", "/reset"],
    "client": [
        "/dashboard",
        "/send",
        "/messages",
        "/inbox",
        "/prices?q=%2B4915112345678",
        "/usage",
        "/statement",
        "/voucher",
        "/trial-credit",
        "/quotas",
        "/account",
    ],
}


@pytest.fixture(scope="module", params=["sunny", "harbour"])
def arabic(request: pytest.FixtureRequest, portal: Portal) -> Iterator[dict]:
    """One of the demonstration's resellers, while it offers Arabic."""
    with portal.database() as database:
        with database.across_resellers() as session:
            reseller_id = resellers.by_slug(session, request.param).id

        def offer(*languages: str) -> None:
            with database.session(reseller_id) as session, session.begin():
                settings.change(session, languages=list(languages))

        offer("ar")
        yield next(each for each in portal.facts["resellers"] if each["slug"] == request.param)
        offer()


def is_offered(visitor) -> bool:
    page = visitor.open("/login?lang=ar")
    return page.evaluate("document.documentElement.dir") == "rtl"


@pytest.mark.parametrize("audience", PAGES)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pages_from_right_to_left(visit, portal, arabic, audience, mode):
    visitor = visit(arabic["url"], color_scheme=mode)
    portal.until("Arabic is offered", lambda: is_offered(visitor))
    if audience == "client":
        client = arabic["clients"][0]
        visitor.sign_in(client["email"], client["password"])
    faults = []
    for path in PAGES[audience]:
        screen = path.partition("?")[0].strip("/") or "front"
        name = f"{arabic['slug']}-{audience}-{screen}-arabic-{mode}"
        faults += look(visitor, path, name=name)
        assert visitor.page.evaluate("document.documentElement.dir") == "rtl"
        if mode == "light":
            visitor.page.set_viewport_size(PHONE)
            faults += look(visitor, path, name=f"{name}-phone")
            visitor.page.set_viewport_size({"width": 1280, "height": 900})
    assert faults == []


def test_numbers_and_pointers(visit, portal, arabic):
    """Numbers keep their order, what points to where reading goes on is turned round."""
    visitor = visit(arabic["url"])
    portal.until("Arabic is offered", lambda: is_offered(visitor))
    client = arabic["clients"][0]
    visitor.sign_in(client["email"], client["password"])
    page = visitor.open("/dashboard")
    assert page.locator("h1").inner_text() == "لوحة المعلومات"
    mirrored = page.locator("main .icon-directed").first
    assert (
        mirrored.evaluate("each => getComputedStyle(each).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    )
    number = page.locator("main td bdi[dir=ltr]").first
    assert number.inner_text().startswith("+")
    amounts = [each for each in page.locator("main td.numbers").all_inner_texts() if "\xa0" in each]
    assert amounts
    assert all(each[0] == "\N{LEFT-TO-RIGHT ISOLATE}" for each in amounts)
    # A bar begins at the right with the menu; a side bar is itself at the right.
    left = ".portal-tools" if arabic["slug"] == "sunny" else "main"
    menu, other = (page.locator(each).bounding_box() for each in (".portal-nav", left))
    assert menu["x"] > other["x"]
