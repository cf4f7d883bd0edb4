"""A client pays in: amount, the simulated provider's page, back, credit, mail, a refund."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_first_message import mail_that_says, mails_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def test_a_client_pays_in_and_is_refunded(portal, visit):
    reseller = portal.facts["resellers"][0]
    known = reseller["clients"][0]
    before = len(mails_to(portal, known["email"], count=0))
    client = visit(reseller["url"])
    page = client.sign_in(known["email"], known["password"])
    page.get_by_role("link", name="Deposit", exact=True).first.click()
    expect(page.locator("main")).to_contain_text(re.compile("about [0-9,]+ messages"))
    terms = page.locator("input[name=accept_terms]")
    if terms.count():
        terms.check()
    client.picture("deposit-choose")
    page.locator("button[name=pick]").nth(1).click()

    expect(page.locator("body")).to_contain_text("Simulation")
    client.picture("deposit-simulated-stripe")
    page.fill("#card", "4000 0000 0000 0002")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("[role=alert]")).to_contain_text("declined")
    page.fill("#card", "4242 4242 4242 4242")
    page.get_by_role("button", name="Pay").click()

    expect(page).to_have_url(re.compile(r"/deposits/\d+$"))
    end = time.monotonic() + 30
    while "The money has arrived" not in page.locator("main").inner_text():
        assert time.monotonic() < end, page.locator("main").inner_text()
        time.sleep(0.5)
        page.reload()
    client.picture("deposit-arrived")
    mail_that_says(portal, known["email"], "$20.00", after=before)

    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    own = staff.open("/reseller/payments")
    staff.picture("payments-reseller")
    own.locator("#stripe").get_by_role("button", name="Test the account").click()
    expect(own.locator("main")).to_contain_text("It works")
    own = staff.open("/reseller/deposits")
    own.locator("tbody a").first.click()
    own.fill("input[name=amount]", "5.00")
    own.fill("input[name=reason]", "Paid too much")
    own.get_by_role("button", name="Refund").click()
    expect(own.locator("main")).to_contain_text("Partly refunded")
    staff.picture("deposit-reseller")
    mail_that_says(portal, known["email"], "$5.00", after=before)
    assert portal.prove()[0] == 0


def test_a_client_pays_in_by_paypal_and_is_refunded(portal, visit):
    reseller = portal.facts["resellers"][0]
    known = reseller["clients"][0]
    before = len(mails_to(portal, known["email"], count=0))
    client = visit(reseller["url"])
    page = client.sign_in(known["email"], known["password"])
    page.get_by_role("link", name="Deposit", exact=True).first.click()
    terms = page.locator("input[name=accept_terms]")
    if terms.count():
        terms.check()
    page.get_by_label("PayPal").check()
    client.picture("deposit-choose-paypal")
    page.locator("button[name=pick]").nth(2).click()

    expect(page.locator("body")).to_contain_text("This is not PayPal")
    client.picture("deposit-simulated-paypal")
    page.get_by_role("button", name="Pay now").click()

    expect(page).to_have_url(re.compile(r"/deposits/\d+\?token="))
    end = time.monotonic() + 30
    while "The money has arrived" not in page.locator("main").inner_text():
        assert time.monotonic() < end, page.locator("main").inner_text()
        time.sleep(0.5)
        page.reload()
    client.picture("deposit-arrived-paypal")
    mail_that_says(portal, known["email"], "$50.00", after=before)

    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    own = staff.open("/reseller/payments")
    staff.picture("payments-reseller-paypal")
    own.locator("#paypal").get_by_role("button", name="Test the account").click()
    expect(own.locator("main")).to_contain_text("It works")
    own = staff.open("/reseller/deposits")
    own.locator("tbody a").first.click()
    expect(own.locator("main")).to_contain_text("What PayPal has told")
    own.fill("input[name=amount]", "5.00")
    own.fill("input[name=reason]", "Paid too much")
    own.get_by_role("button", name="Refund").click()
    expect(own.locator("main")).to_contain_text("Partly refunded")
    staff.picture("deposit-reseller-paypal")
    mail_that_says(portal, known["email"], "$5.00", after=before)
    assert portal.prove()[0] == 0
