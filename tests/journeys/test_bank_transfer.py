"""A client pays in by bank transfer: the details, the statement, the credit; a line of nobody."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.builders.transferring import camt, entry
from tests.journeys.test_every_page import PHONE, RULES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def faults_of(visitor, name: str) -> list[str]:
    """What is wrong with the page that is open, on a desk and on a telephone."""
    page, found = visitor.page, []
    for size, suffix in (({"width": 1280, "height": 900}, ""), (PHONE, "-phone")):
        page.set_viewport_size(size)
        visitor.picture(f"{name}{suffix}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{name}{suffix}: scrolls sideways")
        seen = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
        found += [
            f"{name}{suffix}: {each['id']} at {[node['target'] for node in each['nodes']][:3]}"
            for each in seen.response["violations"]
        ]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_transfer_is_begun_imported_and_credited(portal, visit, tmp_path, mode):
    reseller = next(each for each in portal.facts["resellers"] if each["currency"] == "EUR")
    known, faults = reseller["clients"][1 if mode == "dark" else 0], []
    client = visit(reseller["url"], color_scheme=mode)
    page = client.sign_in(known["email"], known["password"])
    page = client.open("/deposit/transfer")
    faults += faults_of(client, f"transfer-choose-{mode}")
    terms = page.locator("input[name=accept_terms]")
    if terms.count():
        terms.check()
    page.locator("button[name=pick]").nth(1).click()
    expect(page).to_have_url(re.compile(r"/deposits/\d+$"))
    reference = re.search(r"RF\d\d \d{4} \d{4} \d\d", page.locator("main").inner_text())[0]
    faults += faults_of(client, f"transfer-details-{mode}")

    staff = visit(reseller["url"], color_scheme=mode)
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    own = staff.open("/reseller/transfers")
    expect(own.locator("main")).to_contain_text(reference)
    faults += faults_of(staff, f"transfers-{mode}")
    own.locator("tbody tr", has_text=reference).get_by_role("link").last.click()
    faults += faults_of(staff, f"transfer-one-{mode}")

    statement = tmp_path / "statement.xml"
    statement.write_bytes(
        camt(
            entry("20.00", f"Guthaben {reference.lower()}", number=f"N1{mode}"),
            entry("33.00", "Danke", name="Unbekannt", number=f"N2{mode}"),
            entry("70.00", "Strom", direction="DBIT", number=f"N3{mode}"),
        )
    )
    own = staff.open("/reseller/transfers/statements")
    own.set_input_files("input[name=file]", statement)
    own.locator("main form button[type=submit]").first.click()
    expect(own).to_have_url(re.compile(r"/statements/\d+$"))
    faults += faults_of(staff, f"statement-{mode}")
    own.locator("tbody tr", has_text="Danke").get_by_role("link").first.click()
    faults += faults_of(staff, f"bank-line-{mode}")
    own.fill("input[name=q]", known["email"])
    own.keyboard.press("Enter")
    own.locator("form[action$='/book'] button").last.click()
    expect(own).to_have_url(re.compile(r"/lines/\d+$"))
    faults += faults_of(staff, f"bank-line-booked-{mode}")
    table = tmp_path / "bank.csv"
    table.write_text(f"Datum {mode};Text;Betrag\n18.11.2026;Spende;5,00\n")
    own = staff.open("/reseller/transfers/statements")
    own.set_input_files("input[name=file]", table)
    own.locator("main form button[type=submit]").first.click()
    expect(own).to_have_url(re.compile(r"/columns$"))
    faults += faults_of(staff, f"statement-columns-{mode}")
    staff.open("/reseller/transfers/lines")
    faults += faults_of(staff, f"bank-lines-{mode}")
    staff.open("/reseller/payments/bank")
    faults += faults_of(staff, f"bank-account-{mode}")

    page.reload()
    faults += faults_of(client, f"transfer-arrived-{mode}")
    assert reference in page.locator("main").inner_text()
    assert faults == []
    assert portal.prove()[0] == 0
