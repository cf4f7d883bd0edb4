"""A price list from a file: chosen, looked at in both modes and on a phone, and imported."""

from __future__ import annotations

import pytest

from tests.journeys.test_every_page import PHONE, look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

SHEET = (
    b"prefix,price,valid_from\n49,0.0705,2099-01-01\n48500,,2099-01-01\n7,0.045,\n0,1,\n44,1e3,\n"
)


def test_the_operator_imports_a_sheet(visit, portal):
    operator = portal.facts["operator"]
    visitor = visit(operator["url"])
    page = visitor.sign_in(operator["email"], operator["password"])
    visitor.open("/operator/resellers")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="Rates").click()
    page.get_by_role("link", name="Import").click()
    sheet = {"name": "rates.csv", "mimeType": "text/csv", "buffer": SHEET}
    page.get_by_label("File").set_input_files(sheet)
    page.get_by_label("a point").check()
    page.get_by_role("button", name="See what would change").click()
    page.wait_for_url("**/import/*")
    preview = page.url.removeprefix(visitor.url)
    faults = list(look(visitor, preview, name="operator-rates-preview-light"))
    page.set_viewport_size(PHONE)
    faults += look(visitor, preview, name="operator-rates-preview-phone")
    page.emulate_media(color_scheme="dark")
    faults += look(visitor, preview, name="operator-rates-preview-dark-phone")
    assert faults == []

    # By keyboard alone, and not before it was said what becomes of the faulty rows.
    page.get_by_role("button", name="Import").press("Enter")
    assert "Some rows are faulty." in page.locator("main").inner_text()
    page.get_by_label("Import the good rows").press("Space")
    page.get_by_role("button", name="Import").press("Enter")
    page.wait_for_url("**/rates?*")
    assert "rates are imported" in page.locator("main").inner_text()


def test_staff_look_at_the_own_rates_of_a_package(visit, portal):
    reseller = portal.facts["resellers"][0]
    visitor = visit(reseller["url"])
    page = visitor.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    visitor.open("/reseller/packages")
    page.locator("main table a").first.click()
    page.get_by_role("link", name="Own rates").click()
    rates = page.url.removeprefix(visitor.url).partition("?")[0]
    faults = []
    for act in ("", "/edit", "/import"):
        name = f"reseller-rates{act.replace('/', '-')}"
        for mode in ("light", "dark"):
            page.emulate_media(color_scheme=mode)
            faults += look(visitor, f"{rates}{act}", name=f"{name}-{mode}")
        page.set_viewport_size(PHONE)
        faults += look(visitor, f"{rates}{act}", name=f"{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})
    assert faults == []
