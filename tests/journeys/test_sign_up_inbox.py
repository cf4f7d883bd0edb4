"""From sign-up to the first sign-in: confirm the mail, stand in the inbox, be let in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_first_message import PASSWORD, confirm, mails_to, sign_up, text_of

# One process of the suite walks all journeys, through one portal.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def test_somebody_new_is_let_in_from_the_inbox(portal, visit):
    reseller = portal.facts["resellers"][0]
    visitor = sign_up(visit, reseller, address="ines@gmail.com", firstname="Ines")
    visitor.picture("sign-up-done")

    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    page = staff.open("/reseller/sign-ups")
    expect(page.locator("main")).to_contain_text("address not confirmed")

    confirm(portal, visitor, address="ines@gmail.com")
    visitor.picture("sign-up-confirmed")
    page.reload()
    card = page.locator("section.card", has_text="Ines & Sons")
    expect(card).not_to_contain_text("address not confirmed")
    expect(card).to_contain_text("gmail.com gives an address to anybody")
    # The browser has solved the sum that came with the form.
    expect(card).not_to_contain_text("without scripts")
    staff.picture("sign-up-inbox")

    card.get_by_role("button", name="Activate Ines & Sons", exact=True).click()
    expect(page.locator("main")).to_contain_text("Ines & Sons is active")
    client = visit(reseller["url"])
    client.sign_in("ines@gmail.com", PASSWORD)
    expect(client.page).to_have_url(re.compile("/dashboard"))


def test_the_link_in_the_resellers_mail_lets_somebody_in(portal, visit):
    reseller = portal.facts["resellers"][0]
    visitor = sign_up(visit, reseller, address="olaf@olafs.example", firstname="Olaf")
    confirm(portal, visitor, address="olaf@olafs.example")
    written = mails_to(portal, "olaf@olafs.example", count=2)[1]
    assert "SunnyText" in written["From"]
    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    office = staff.open("/reseller/sign-ups/rules").url.removesuffix("/reseller/sign-ups/rules")
    staff.picture("sign-up-rules")
    notice = next(
        mail
        for mail in mails_to(portal, "sam@sunny.example", count=1)
        if "olaf@olafs.example" in text_of(mail)
    )
    link = re.search(r"http://\S+/approve/\S+", text_of(notice))
    assert link is not None
    assert link[0].startswith(office)

    reader = visit(reseller["url"], viewport={"width": 360, "height": 780})
    reader.page.goto(link[0])
    expect(reader.page.locator("main")).to_contain_text("olaf@olafs.example")
    reader.picture("sign-up-approve")
    reader.page.get_by_role("button", name="Activate the client").click()
    expect(reader.page.locator("main")).to_contain_text("is active")
    reader.page.goto(link[0])
    expect(reader.page.locator("main")).to_contain_text("does not work any more")


def test_without_scripts_the_form_is_taken_and_that_is_told(portal, visit):
    reseller = portal.facts["resellers"][0]
    visitor = visit(reseller["url"], java_script_enabled=False)
    page = visitor.open("/signup")
    assert page.locator("input[name=homepage]").is_hidden()
    for name, value in {
        "firstname": "Nils",
        "lastname": "Plain",
        "email": "nils@nils.example",
        "password": PASSWORD,
    }.items():
        page.fill(f"input[name={name}]", value)
    for accepted in ("terms", "privacy"):
        page.check(f"input[name=accept_{accepted}]")
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile("/signup/done"))
    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    card = staff.open("/reseller/sign-ups").locator("section.card", has_text="nils@nils.example")
    expect(card).to_contain_text("without scripts")
