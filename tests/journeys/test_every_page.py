"""Every page in both brands, light, dark and on a phone: accessible and quiet.

With PORTAL_TEST_PICTURES=1 a picture of each is kept under `var/screens`; without, of those that
have a fault.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.builders.running import Portal
from tests.journeys.conftest import Visitor

# One process of the suite walks all journeys, through one portal.
# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys"), pytest.mark.no_cover]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
# WCAG 2.2 A and AA, and what the makers of axe call best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHOLE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
# Told as rule and places, since axe also tells all that it has found in order.
LOOK_FOR_FAULTS = f"""axe.run({json.dumps(WHOLE)}).then(({{ violations }}) =>
    violations.map(({{ id, nodes }}) => {{
        const places = nodes.slice(0, 3).map((each) => each.target);
        return `${{id}} at ${{JSON.stringify(places)}}`;
    }}))"""
# What changes does so at once, so that no colour is judged on its way to another.
AT_ONCE = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("*, ::before, ::after { transition: none !important; }");
    document.adoptedStyleSheets.push(sheet);
}"""
# A page that answers so on purpose, to be looked at like any other.
ERRORS = {"/no/such/page"}
OWN = [
    "/profile",
    "/profile/password",
    "/profile/email",
    "/profile/sessions",
    "/profile/second-step",
    "/profile/passkeys",
    "/confirm",
]
"""Pages of one's own, the same for everybody."""


@dataclass(frozen=True)
class Known:
    """What has to be filled into addresses: somebody's message and client, a number, a package."""

    message_id: str
    client_id: str
    number_id: str
    package_id: str


@pytest.fixture(scope="module", params=["sunny", "harbour"])
def reseller(request: pytest.FixtureRequest, portal: Portal) -> dict:
    """One of the demonstration's resellers."""
    return next(each for each in portal.facts["resellers"] if each["slug"] == request.param)


@pytest.fixture(scope="module")
def known(portal: Portal, reseller: dict, chromium: Browser) -> Known:
    """Some messages of every ending, so that no list is empty."""
    client, sent = reseller["clients"][0], ""
    for phone in portal.facts["sandbox"].values():
        answer = portal.ask(
            "POST",
            "/api/v1/messages",
            host=reseller["hostname"],
            token=client["token"],
            body={"to": phone, "text": "Your appointment is tomorrow at ten – see you!"},
        )
        assert answer.status == 202, answer
        sent = sent or answer.json["id"]
    time.sleep(2)
    staff = Visitor(chromium.new_context(), reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    page = staff.open(f"/reseller/clients?q={client['number']}")
    address = page.locator("main table a").first.get_attribute("href") or ""
    page = staff.open("/reseller/numbers")
    in_stock = page.locator("main tbody tr:not(:has(a[href*='/clients/']))")
    number = in_stock.first.locator("a").first.get_attribute("href") or ""
    page = staff.open("/reseller/packages")
    package = page.locator("main table a").first.get_attribute("href") or ""
    staff.context.close()
    return Known(
        message_id=sent,
        client_id=address.rsplit("/", 1)[1],
        number_id=number.rsplit("/", 1)[1],
        package_id=package.rsplit("/", 1)[1],
    )


def pages(known: Known) -> dict[str, list[str]]:
    """The pages of each audience."""
    return {
        "public": [
            "/",
            "/login",
            "/signup",
            "/signup/done",
            "/signup/again",
            "/terms",
            "/reset",
            "/no/such/page",
        ],
        "client": [
            "/dashboard",
            "/send",
            "/messages",
            f"/messages/{known.message_id}",
            "/inbox",
            "/prices",
            "/prices?q=%2B4915112345678",
            "/usage",
            "/statement",
            "/voucher",
            "/trial-credit",
            "/deposit",
            "/deposits",
            "/deposit/transfer",
            "/top-up",
            "/invoices",
            "/quotas",
            "/people",
            "/people/invite",
            "/people/roles",
            "/account",
            "/account/keys",
            "/account/sub-accounts",
            "/activity",
            "/account/data",
            "/ask",
            *OWN,
        ],
        "staff": [
            "/reseller/",
            "/reseller/clients",
            f"/reseller/clients/{known.client_id}",
            "/reseller/country-requests",
            "/reseller/sign-ups",
            "/reseller/sign-ups/rules",
            "/reseller/messages",
            f"/reseller/messages/{known.message_id}",
            "/reseller/inbox",
            "/reseller/numbers",
            f"/reseller/numbers/{known.number_id}",
            "/reseller/packages",
            "/reseller/packages/new",
            "/reseller/packages/defaults",
            f"/reseller/packages/{known.package_id}",
            f"/reseller/packages/{known.package_id}/edit",
            f"/reseller/packages/{known.package_id}/assign",
            f"/reseller/packages/{known.package_id}/what-if?span=last_days",
            "/reseller/settings",
            "/reseller/brand",
            "/reseller/display",
            "/reseller/access",
            "/reseller/mail",
            "/reseller/mails",
            "/reseller/hostnames",
            "/reseller/staff",
            "/reseller/staff/invite",
            "/reseller/staff/roles",
            f"/reseller/clients/{known.client_id}/people",
            f"/reseller/clients/{known.client_id}/people/invite",
            "/reseller/texts",
            "/reseller/texts/low_balance/en",
            "/reseller/welcome",
            "/reseller/wording",
            "/reseller/wording/en/everywhere",
            "/reseller/pages",
            "/reseller/pages/terms/en",
            f"/reseller/clients/{known.client_id}/data",
            "/reseller/clients?q=nobody",
            "/reseller/clients/new",
            *(
                f"/reseller/clients/{known.client_id}/{each}"
                for each in (
                    "money",
                    "statement",
                    "numbers",
                    "messages",
                    "activity",
                    "notes",
                    "sub-accounts",
                )
            ),
            f"/reseller/clients/{known.client_id}/delete",
            f"/reseller/clients/{known.client_id}/sending",
            f"/reseller/clients/{known.client_id}/move",
            "/reseller/cover",
            "/reseller/cover/top-up",
            "/reseller/cover/transfer",
            "/reseller/cover/payments",
            "/reseller/cover/invoices",
            "/reseller/receivables",
            "/reseller/quotas",
            "/reseller/vouchers",
            "/reseller/payments",
            "/reseller/payments/events",
            "/reseller/deposits",
            "/reseller/payments/bank",
            "/reseller/transfers",
            "/reseller/transfers/statements",
            "/reseller/transfers/lines",
            "/reseller/invoices",
            "/reseller/invoice-settings",
            "/reseller/activity",
            "/reseller/keys",
            "/reseller/retention",
            "/reseller/sign-ups/trial",
            "/reseller/packages/below-cost",
            "/reseller/clients/roles",
            f"/reseller/clients/{known.client_id}/copies",
        ],
    }


def person(reseller: dict, audience: str) -> dict | None:
    return {"public": None, "client": reseller["clients"][0], "staff": reseller["staff"]}[audience]


def look(visitor: Visitor, path: str, *, name: str, phone: bool = True) -> Iterator[str]:
    """Open a page and tell what is wrong with it: light on a phone and at a desk, then dark.

    It is loaded once, since a server knows neither the width of a window nor the device's mode.
    """
    page = visitor.page
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE if phone else DESK)
    answer = page.goto(visitor.url + path)
    assert answer is not None
    expected = 404 if path in ERRORS else 200
    if answer.status != expected:
        yield f"{name}: answers {answer.status}"
    page.evaluate(AT_ONCE)
    page.evaluate(Axe().axe_script)
    if phone:
        yield from faults_of(visitor, f"{name}-phone")
        page.set_viewport_size(DESK)
    yield from faults_of(visitor, f"{name}-light")
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html[data-bs-theme=dark]")
    yield from faults_of(visitor, f"{name}-dark")


def faults_of(visitor: Visitor, name: str) -> list[str]:
    """What is wrong with the page as it is shown now, with a picture of it."""
    page = visitor.page
    found: list[str] = page.evaluate(LOOK_FOR_FAULTS)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("scrolls sideways")
    if found or os.environ.get("PORTAL_TEST_PICTURES") == "1":
        visitor.picture(name)
    return [f"{name}: {fault}" for fault in found]


@pytest.mark.parametrize("audience", ["public", "client", "staff"])
def test_a_resellers_pages(visit, reseller, known, audience):
    visitor = visit(reseller["url"])
    somebody = person(reseller, audience)
    if somebody:
        visitor.sign_in(somebody["email"], somebody["password"])
    faults = []
    for path in pages(known)[audience]:
        screen = path.strip("/").replace("/", "-").replace("?q=%2B", "-of-") or "front"
        for known_id in (known.message_id, known.client_id, known.number_id):
            screen = screen.replace(known_id, "one")
        faults += look(visitor, path, name=f"{reseller['slug']}-{audience}-{screen}")
    assert faults == []


def test_the_operators_pages(visit, portal):
    operator = portal.facts["operator"]
    visitor = visit(operator["url"])
    visitor.sign_in(operator["email"], operator["password"])
    faults = []
    page = visitor.open("/operator/resellers")
    one = page.locator("main table a").first.get_attribute("href") or ""
    gateways, ledger = "/operator/gateways", "/operator/ledger"
    rates = [f"{one}/rates", f"{one}/rates/edit?prefix=49", f"{one}/rates/import"]
    for path in (
        "/operator/resellers",
        one,
        "/operator/exposure",
        "/operator/deposits",
        "/operator/payments",
        "/operator/payments/bank",
        "/operator/payments/events",
        "/operator/transfers",
        "/operator/transfers/statements",
        "/operator/transfers/lines",
        "/operator/invoices",
        "/operator/invoice-settings",
        "/operator/staff",
        "/operator/staff/invite",
        "/operator/staff/roles",
        "/operator/staff/rules",
        "/operator/keys",
        "/operator/activity",
        f"{one}/numbers",
        f"{one}/hostnames",
        f"{one}/themes",
        *rates,
        gateways,
        ledger,
    ):
        screen = path.replace(one, "/operator/resellers/one").strip("/").replace("/", "-")
        screen = screen.replace("?prefix=", "-of-")
        faults += look(visitor, path, name=screen, phone=False)
    visitor.page.get_by_role("button", name="Prove the books now").click()
    visitor.page.wait_for_load_state("networkidle")
    assert "The books agree" in visitor.page.locator("main").inner_text()
    assert faults == []
