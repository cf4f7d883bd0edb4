"""First sign-in with a password, a passkey made in the browser, and signing in with it alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.builders.running import Portal

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


def plug_in(page: Page) -> None:
    """A passkey of the device's own, which knows its owner without being asked."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_from_the_first_sign_in_to_the_next(visit, portal: Portal) -> None:
    reseller = portal.facts["resellers"][0]
    client = reseller["clients"][2]
    visitor = visit(reseller["url"])
    page = visitor.sign_in(client["email"], client["password"])
    plug_in(page)

    page.click("summary.account-button")
    page.get_by_role("link", name="My profile").click()
    page.get_by_role("link", name="Passkeys").click()
    assert "No passkeys yet" in page.locator("main").inner_text()
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey is added.").wait_for()
    assert "My laptop" in page.locator("main table").inner_text()
    visitor.picture("passkeys")

    # The device has one for this address, and says so instead of making another.
    page.get_by_label("Name").last.fill("Again")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("This device has a passkey for this address already.").wait_for()

    page.click("summary.account-button")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out.").wait_for()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/dashboard")
    assert client["email"] in page.content()


def test_whoever_asks_for_nothing_is_told_so(visit, portal: Portal) -> None:
    """A browser without any passkey gives up, and the page says that nothing was done."""
    visitor = visit(portal.facts["resellers"][0]["url"])
    page = visitor.open("/login")
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False}},
    )
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("Nothing was done. You can try again.").wait_for()
