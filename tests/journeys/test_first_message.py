"""The main job from end to end: sign up, be let in, be credited, send, see it delivered."""

from __future__ import annotations

import email
import re
import time
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders.open_folder import open_folder
from tests.builders.running import Portal
from tests.fakes.kannel_box import KannelBox, require_kannel

# One process of the suite walks all journeys, through one portal.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

PASSWORD = "a quiet harbour morning"


def mails_to(portal: Portal, address: str, *, count: int) -> list[EmailMessage]:
    """The mails to an address, oldest first, as soon as there are so many."""
    end = time.monotonic() + 20
    folder = Path(portal.facts["mail"]["folder"])
    while True:
        found = [
            email.message_from_bytes(file.read_bytes(), policy=policy.default)
            for file in sorted(folder.glob("*.eml"))
        ]
        mine = [mail for mail in found if mail["To"] == address]
        if len(mine) >= count:
            return mine
        assert time.monotonic() < end, f"{len(mine)} mails to {address}"
        time.sleep(0.2)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return part.get_content()


def mail_that_says(portal: Portal, address: str, words: str, *, after: int) -> EmailMessage:
    """A mail with these words, as soon as it is there; `after` so many that were there before."""
    seen = after
    while True:
        found = mails_to(portal, address, count=seen + 1)
        for mail in found[after:]:
            if words in text_of(mail):
                return mail
        seen = len(found)


def sign_up(visit, reseller, *, address: str, firstname: str):
    """Fill in the form as a visitor."""
    visitor = visit(reseller["url"])
    page = visitor.open("/")
    page.get_by_role("link", name=re.compile("Sign up|Registrieren")).first.click()
    page.fill("input[name=firstname]", firstname)
    page.fill("input[name=lastname]", "Visitor")
    page.fill("input[name=company]", f"{firstname} & Sons")
    page.fill("input[name=email]", address)
    page.select_option("select[name=country]", "US")
    page.fill("input[name=password]", PASSWORD)
    for accepted in ("terms", "privacy"):
        page.check(f"input[name=accept_{accepted}]")
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile("/signup/done"))
    return visitor


def confirm(portal: Portal, visitor, *, address: str) -> None:
    """Open the link in the mail, as whoever signed up does."""
    mail = mails_to(portal, address, count=1)[0]
    link = re.search(r"http://\S+/signup/confirm/\S+", text_of(mail))
    assert link is not None
    visitor.page.goto(link[0])
    visitor.page.get_by_role("button", name="Yes, this is my address").click()
    expect(visitor.page.locator("main")).to_contain_text("your address is confirmed")


def let_in(visit, reseller, *, company: str, amount: str):
    """As staff: activate the waiting client and credit a payment."""
    staff = visit(reseller["url"])
    staff.sign_in(reseller["staff"]["email"], reseller["staff"]["password"])
    page = staff.open("/reseller/clients?status=WAIT")
    page.get_by_role("link", name=company).first.click()
    # The packages have fees, charged at once; without one the reseller's defaults hold.
    page.select_option("select[name$=package]", label="none: your defaults hold")
    page.get_by_role("button", name="Activate the client").click()
    page.get_by_role("navigation", name="Pages of this client").get_by_role(
        "link", name="Money"
    ).click()
    page.fill("form[action$='/payment'] input[name=amount]", amount)
    page.fill("form[action$='/payment'] input[name=description]", "Cash")
    page.get_by_role("button", name="Credit the payment").click()
    expect(page.locator("main")).to_contain_text(f"${amount}")
    return staff


def send(client, *, to: str, text: str) -> None:
    """Write and send one message; ends on its page."""
    page = client.open("/send")
    page.fill("input[name=to]", to)
    page.fill("textarea[name=text]", text)
    expect(page.locator("#estimate")).to_contain_text(re.compile(r"Parts\s*1"))
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page).to_have_url(re.compile(r"/messages/\d+$"))


def wait_until_delivered(client) -> None:
    page = client.page
    end = time.monotonic() + 30
    while "Delivered" not in page.locator("main").inner_text():
        assert time.monotonic() < end, page.locator("main").inner_text()
        time.sleep(0.5)
        page.reload()


def test_a_visitor_becomes_a_client_whose_message_arrives(portal, visit):
    reseller = portal.facts["resellers"][0]
    visitor = sign_up(visit, reseller, address="ada@example.com", firstname="Ada")
    confirm(portal, visitor, address="ada@example.com")
    awaiting = mails_to(portal, "ada@example.com", count=2)[1]
    assert "SunnyText" in awaiting["From"]
    assert "Ada" in text_of(awaiting)

    waiting = visit(reseller["url"])
    waiting.sign_in("ada@example.com", PASSWORD)
    expect(waiting.page.locator("main")).to_contain_text("activat")
    assert waiting.open("/dashboard").url.startswith(reseller["url"] + "/login")

    let_in(visit, reseller, company="Ada & Sons", amount="5.00")
    activated = mails_to(portal, "ada@example.com", count=3)[2]
    link = re.search(r"http://\S+", text_of(activated))
    assert link is not None
    assert link[0].startswith(reseller["url"])

    client = visit(reseller["url"])
    client.sign_in("ada@example.com", PASSWORD)
    expect(client.page).to_have_url(re.compile("/dashboard"))
    expect(client.page.locator("main")).to_contain_text("$5.00")
    send(client, to=portal.facts["sandbox"]["delivered"], text="See you at ten.")
    wait_until_delivered(client)
    client.picture("journey-delivered")
    assert portal.prove()[0] == 0


def test_a_forgotten_password_is_replaced_by_mail(portal, visit):
    reseller = portal.facts["resellers"][0]
    known = reseller["clients"][1]
    before = len(mails_to(portal, known["email"], count=0))
    visitor = visit(reseller["url"])
    page = visitor.open("/reset")
    page.fill("input[name=email]", known["email"])
    page.click("main form button[type=submit]")
    mail = mails_to(portal, known["email"], count=before + 1)[-1]
    link = re.search(r"http://\S+/reset/\S+", text_of(mail))
    assert link is not None
    page.goto(link[0])
    page.fill("input[name=password]", PASSWORD)
    for again in page.query_selector_all("input[type=password]:not([name=password])"):
        again.fill(PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    again = visit(reseller["url"])
    again.sign_in(known["email"], PASSWORD)
    expect(again.page).to_have_url(re.compile("/dashboard"))
    known["password"] = PASSWORD  # by which other journeys sign in


@pytest.mark.kannel
def test_the_same_through_a_real_kannel(visit):
    require_kannel()
    with open_folder() as folder, KannelBox(folder / "kannel") as kannel:
        portal = Portal(folder / "portal")
        try:
            portal.start()
            walk_through(portal, kannel, visit)
        finally:
            portal.clear_away()


def walk_through(portal: Portal, kannel: KannelBox, visit) -> None:
    """Sign up, be let in and send, with Kannel for the only gateway."""
    told = kannel.settings("fake")
    options = {"--url": told["url"], "--user": told["user"], "--smsc": told["smsc"]}
    words = [word for option in options.items() for word in option]
    added, said = portal.command(
        "gateways", "add", "kannel", "Kannel", *words, "--sender", "+12025550100",
        typed=told["password"] + "\n",
    )  # fmt: skip
    assert added == 0, said
    assert portal.command("gateways", "disable", "Sandbox")[0] == 0
    time.sleep(4)  # the worker looks for changed gateways every three seconds
    reseller = portal.facts["resellers"][0]
    sign_up(visit, reseller, address="kay@example.com", firstname="Kay")
    let_in(visit, reseller, company="Kay & Sons", amount="5.00")
    client = visit(reseller["url"])
    client.sign_in("kay@example.com", PASSWORD)
    send(client, to="+12025550177", text="Through Kannel.")
    wait_until_delivered(client)
    assert [message.text for message in kannel.wait_for(1)] == ["Through Kannel."]
    assert portal.prove()[0] == 0
