"""The trial credit: staff offer it, somebody new confirms a mobile number, and has it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.builders.running import Portal
from tests.journeys.test_first_message import PASSWORD, confirm, sign_up
from tests.journeys.test_people_and_visits import activate

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def test_a_code_brings_the_credit(visit, portal: Portal) -> None:
    reseller = portal.facts["resellers"][0]
    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    page = staff.open("/reseller/sign-ups")
    staff.picture("sign-ups-of-the-demonstration")
    page.get_by_role("link", name="Trial credit").click()
    page.fill("input[name=amount]", "2.50")
    page.select_option("select[name=sub_account]", index=1)
    page.fill("input[name=countries]", "US")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved. It holds from now on.")
    staff.picture("trial-credit-rules")

    visitor = sign_up(visit, reseller, address="theo@theos.example", firstname="Theo")
    confirm(portal, visitor, address="theo@theos.example")
    activate(visit, reseller, company="Theo & Sons")
    client = visit(reseller["url"], viewport={"width": 360, "height": 740}, color_scheme="dark")
    theirs = client.sign_in("theo@theos.example", PASSWORD)
    theirs.get_by_role("link", name="Get your trial credit of $2.50").click()
    client.picture("trial-credit-dark-phone")
    assert theirs.evaluate("document.documentElement.scrollWidth") <= 360
    theirs.fill("input[name=phone]", "202-555-0143")
    theirs.get_by_role("button", name="Send me a code").click()
    expect(theirs).to_have_url(re.compile("/trial-credit/code"))
    client.picture("trial-credit-code-dark-phone")

    staff.open("/reseller/messages").locator("main table a").first.click()
    said = staff.page.locator("main")
    expect(said).to_contain_text("is your code for SunnyText")
    code = re.search(r"(\d{6}) is your code", said.inner_text())
    assert code is not None
    theirs.fill("input[name=code]", code[1])
    theirs.get_by_role("button", name="Confirm").click()
    expect(theirs.locator("main")).to_contain_text("$2.50 is credited.")
    found = staff.open("/reseller/clients?q=theos.example").locator("main table a").first
    found.click()
    expect(staff.page.locator("main")).to_contain_text("Confirmed telephone")
    # Nobody after this journey is offered anything.
    staff.open("/reseller/sign-ups/trial").fill("input[name=amount]", "")
    staff.page.get_by_role("button", name="Save").click()
    expect(staff.page.locator("main")).to_contain_text("Saved. It holds from now on.")
    console = visit(portal.facts["operator"]["url"])
    console.sign_in(portal.facts["operator"]["email"], portal.facts["operator"]["password"])
    console.open("/operator/staff/rules")
    console.picture("operator-staff-rules")
    console.open("/operator/resellers").locator("main table a").first.click()
    console.page.get_by_role("link", name="Themes").click()
    console.picture("operator-themes")
