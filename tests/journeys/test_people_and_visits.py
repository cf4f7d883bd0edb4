"""A client's first days: in by a passkey, a colleague who only reads, and a visit that is seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.builders.running import Portal
from tests.journeys.test_first_message import PASSWORD, confirm, mails_to, sign_up, text_of
from tests.journeys.test_passkey import plug_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def activate(visit, reseller, *, company: str) -> None:
    """As staff, in the inbox."""
    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    card = staff.open("/reseller/sign-ups").locator("section.card", has_text=company)
    # Others that wait may name this one as their neighbour.
    card.get_by_role("button", name=f"Activate {company}", exact=True).click()
    expect(staff.page.locator("main")).to_contain_text(f"{company} is active")


def test_from_sign_up_to_a_colleague_who_only_reads(visit, portal: Portal) -> None:
    reseller = portal.facts["resellers"][0]
    visitor = sign_up(visit, reseller, address="petra@petras.example", firstname="Petra")
    confirm(portal, visitor, address="petra@petras.example")
    activate(visit, reseller, company="Petra & Sons")

    # The first sign-in is with the password, the next one with a passkey alone.
    page = visitor.sign_in("petra@petras.example", PASSWORD)
    expect(page).to_have_url(re.compile("/dashboard"))
    plug_in(page)
    page.click("summary.account-button")
    page.get_by_role("link", name="My profile").click()
    page.get_by_role("link", name="Passkeys").click()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey is added.").wait_for()
    page.click("summary.account-button")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/dashboard")

    # A colleague is invited, who reads and does nothing else.
    page.get_by_role("link", name="People", exact=True).first.click()
    page.get_by_role("link", name="Invite somebody").first.click()
    page.fill("input[name=firstname]", "Rita")
    page.fill("input[name=lastname]", "Reader")
    page.fill("input[name=email]", "rita@petras.example")
    page.check("input[name=role][value=reader]")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("rita@petras.example")
    visitor.picture("people-invited")

    link = re.search(
        r"http://\S+/join/\S+", text_of(mails_to(portal, "rita@petras.example", count=1)[0])
    )
    assert link is not None
    colleague = visit(reseller["url"])
    theirs = colleague.page
    theirs.goto(link[0])
    theirs.fill("input[name=password]", "another quiet morning")
    theirs.locator("main form button[type=submit]").click()
    theirs = colleague.sign_in("rita@petras.example", "another quiet morning")
    expect(theirs).to_have_url(re.compile("/dashboard"))
    bar = theirs.get_by_role("navigation").first
    for hidden in ("Send", "People", "Deposit"):
        expect(bar.get_by_role("link", name=hidden, exact=True)).to_have_count(0)
    for closed in ("/send", "/people", "/people/invite", "/deposit", "/statement", "/trial-credit"):
        answer = theirs.goto(reseller["url"] + closed)
        assert answer is not None
        assert answer.status == 403, closed
    colleague.picture("reader-refused")
    assert colleague.open("/messages").locator("h1").inner_text() != ""


def test_a_visit_has_a_bar_and_a_way_out_and_the_client_sees_it(visit, portal: Portal) -> None:
    reseller = portal.facts["resellers"][0]
    client = reseller["clients"][1]
    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    page = staff.open(f"/reseller/clients?q={client['email']}")
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile(r"/reseller/clients/\d+"))
    page.fill("form[action$='/view-as'] input[name=reason]", "You asked us on the telephone")
    page.get_by_role("button", name="See as this client").click()
    expect(page).to_have_url(re.compile("/dashboard"))
    bar = page.get_by_role("button", name="Leave")
    expect(bar).to_be_visible()
    staff.picture("visit-bar")
    for closed in ("/people/invite", "/account/password", "/account/keys"):
        answer = page.goto(reseller["url"] + closed)
        assert answer is not None
        assert answer.status in {403, 404}, closed
    page.goto(reseller["url"] + "/dashboard")
    page.get_by_role("button", name="Leave").click()
    expect(page).to_have_url(re.compile(r"/reseller/clients/\d+"))
    expect(page.get_by_role("button", name="Leave")).to_have_count(0)

    own = visit(reseller["url"])
    own.sign_in(client["email"], client["password"])
    seen = own.open("/activity").locator("main")
    expect(seen).to_contain_text("came to see your pages")
    expect(seen).to_contain_text("You asked us on the telephone")
    expect(seen).to_contain_text("left your pages")
    own.picture("visit-seen")
