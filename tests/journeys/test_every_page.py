"""Every page in both brands, light, dark and on a phone: accessible, quiet, kept as a picture."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.builders.running import Portal
from tests.journeys.conftest import Visitor

# One process of the suite walks all journeys, through one portal.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

PHONE = {"width": 360, "height": 740}
# WCAG 2.2 A and AA, and what the makers of axe call best practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WHOLE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
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
            "/reseller/texts",
            "/reseller/texts/low_balance/en",
            "/reseller/welcome",
            "/reseller/pages",
            "/reseller/pages/terms/en",
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


def look(visitor: Visitor, path: str, *, name: str) -> Iterator[str]:
    """Open a page, keep its picture, and tell what is wrong with it."""
    page = visitor.page
    answer = page.goto(visitor.url + path)
    assert answer is not None
    visitor.picture(name)
    expected = 404 if path in ERRORS else 200
    if answer.status != expected:
        yield f"{name}: answers {answer.status}"
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield f"{name}: scrolls sideways"
    found = Axe().run(page, options=WHOLE)
    for violation in found.response["violations"]:
        targets = [node["target"] for node in violation["nodes"]]
        yield f"{name}: {violation['id']} at {targets[:3]}"


@pytest.mark.parametrize("audience", ["public", "client", "staff"])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_resellers_pages(visit, reseller, known, audience, mode):
    visitor = visit(reseller["url"], color_scheme=mode)
    somebody = person(reseller, audience)
    if somebody:
        visitor.sign_in(somebody["email"], somebody["password"])
    faults = []
    for path in pages(known)[audience]:
        screen = path.strip("/").replace("/", "-").replace("?q=%2B", "-of-") or "front"
        for known_id in (known.message_id, known.client_id, known.number_id):
            screen = screen.replace(known_id, "one")
        name = f"{reseller['slug']}-{audience}-{screen}"
        faults += look(visitor, path, name=f"{name}-{mode}")
        if mode == "light":
            visitor.page.set_viewport_size(PHONE)
            faults += look(visitor, path, name=f"{name}-phone")
            visitor.page.set_viewport_size({"width": 1280, "height": 900})
    assert faults == []


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_operators_pages(visit, portal, mode):
    operator = portal.facts["operator"]
    visitor = visit(operator["url"], color_scheme=mode)
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
        faults += look(visitor, path, name=f"{screen}-{mode}")
    visitor.page.get_by_role("button", name="Prove the books now").click()
    visitor.page.wait_for_load_state("networkidle")
    visitor.picture(f"operator-ledger-proved-{mode}")
    assert "The books agree" in visitor.page.locator("main").inner_text()
    assert faults == []
