"""A client keeps a card, has it charged when the balance is low, and removes it; staff look on."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_bank_transfer import faults_of
from tests.journeys.test_first_message import mails_to, text_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def wait_for(page, words: str) -> None:
    """Look again until the page says so."""
    end = time.monotonic() + 30
    while words not in page.locator("main").inner_text():
        assert time.monotonic() < end, page.locator("main").inner_text()
        time.sleep(0.5)
        page.reload()


def keep_a_card(client, mode: str) -> list[str]:
    """Pay in with a card that is kept; what is wrong with the pages."""
    page = client.open("/top-up")
    expect(page.locator("main")).to_contain_text("No card is kept")
    faults = faults_of(client, f"top-up-none-{mode}")
    page.locator("main").get_by_role("link", name="Deposit").last.click()
    terms = page.locator("input[name=accept_terms]")
    if terms.count():
        terms.check()
    page.get_by_label("PayPal").check()
    expect(page.locator(".keeps-card")).to_be_hidden()
    page.get_by_label("Card", exact=True).check()
    page.get_by_label("Keep this card for later").check()
    faults += faults_of(client, f"top-up-deposit-{mode}")
    page.locator("button[name=pick]").first.click()
    expect(page.locator("body")).to_contain_text("The card is kept for later payments")
    page.get_by_role("button", name="Pay").click()
    wait_for(page, "The money has arrived")
    page = client.open("/top-up")
    wait_for(page, "Visa ••4242")
    return [*faults, *faults_of(client, f"top-up-off-{mode}")]


def switch_it_on(client, mode: str) -> list[str]:
    """Have the card charged below a balance that is never reached: the worker does it at once."""
    page = client.page
    page.fill("input[name=threshold]", "100000")
    page.select_option("select[name=amount]", label="$20.00")
    page.fill("input[name=count_max]", "1")
    page.fill("input[name=sum_max]", "19")
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("main")).to_contain_text("This is too little for one top-up")
    faults = faults_of(client, f"top-up-refused-{mode}")
    page.fill("input[name=sum_max]", "20")
    page.get_by_role("button", name="Switch on").click()
    wait_for(page, "1 of 1 top-ups, $20.00 of $20.00")
    wait_for(page, "This month's limit is reached.")
    return [*faults, *faults_of(client, f"top-up-on-{mode}")]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_card_is_kept_charged_and_removed(portal, visit, mode):
    reseller = portal.facts["resellers"][0]
    known = reseller["clients"][0 if mode == "light" else 3]
    client = visit(reseller["url"], color_scheme=mode)
    client.sign_in(known["email"], known["password"])
    faults = keep_a_card(client, mode)
    before = len(mails_to(portal, known["email"], count=1))
    faults += switch_it_on(client, mode)
    assert "$20.00" in text_of(mails_to(portal, known["email"], count=before + 1)[-1])
    page = client.open("/deposits")
    expect(page.locator("tbody tr").first).to_contain_text("automatic top-up")

    staff = visit(reseller["url"], color_scheme=mode)
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    own = staff.open(f"/reseller/clients?q={known['number']}")
    own.locator("main table a").first.click()
    own = staff.open(re.sub(r"^.*?(/reseller/clients/\d+).*$", r"\1/money", own.url))
    expect(own.locator("main")).to_contain_text("is charged to Visa ••4242")
    faults += faults_of(staff, f"top-up-staff-{mode}")
    own.get_by_role("button", name="Switch automatic top-up off").click()
    expect(own.locator("main")).to_contain_text("Automatic top-up is off.")

    page = client.open("/top-up")
    page.get_by_role("button", name="Remove the card").click()
    expect(page.locator("main")).to_contain_text("No card is kept")
    assert faults == []
    assert portal.prove()[0] == 0
