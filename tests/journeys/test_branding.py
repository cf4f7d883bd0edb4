"""A new reseller, from a logo file to a portal on its own HTTPS name whose mails arrive."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from portal.accounts import clients, confirming, signing_up, staff, wallet
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.tenancy import hostname_rules, resellers
from tests.builders import portal_folder
from tests.builders.open_folder import open_folder
from tests.builders.running import PORTAL, Portal, environment
from tests.cast import PASSWORD, UNIT
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.pebble import Pebble, require_pebble
from tests.journeys.conftest import ARGUMENTS, CHROMIUM, SCREENS

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]

ZONE = "portals.test"
IN_ZONE, OWN = f"mint.{ZONE}", "sms.mint.test"
GREEN = "#15a06e"
WELCOME = '<h2 style="color:#15a06e">Welcome, [firstname]</h2><p>Mint is happy to have you.</p>'
SUBJECT = "[company]: only [balance] left"
BODY = "Dear [firstname],\n\nyour balance with [portal] is down to [balance].\n\n[url]"
ACCOUNT = "client@dentist.test"
INSTALLED = {
    "install_console_host": "console.operator.test",
    "install_operator_email": "olga@operator.test",
    "install_operator_password": "a long word of the operator's",
    "install_name": "Mint",
    "install_slug": "mint",
    "install_host": "mint.internal.test",
    "install_staff_email": "mira@mint.test",
    "install_staff_password": PASSWORD,
}


@dataclass(frozen=True)
class Place:
    """The installation with Caddy in front, the authority, and where all its mails arrive."""

    portal: Portal
    pebble: Pebble
    mails: MailServer

    def start(self) -> None:
        """Install a console and Mint, which has nothing yet but a name; and start it."""
        run = {"env": environment(**self.portal.settings, **INSTALLED), "text": True}
        told = [PORTAL, "install", "--data", self.portal.data_dir]
        done = subprocess.run(told, capture_output=True, timeout=60, check=False, **run)
        assert done.returncode == 0, done.stdout + done.stderr
        with self.portal.log.open("ab") as log:
            options = ["--port", str(self.portal.port), "--data", str(self.portal.data_dir)]
            self.portal.process = subprocess.Popen(
                [PORTAL, "up", *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **run
            )
        self.portal.until("it shows a certificate", self.is_secured, seconds=60)

    def is_secured(self) -> bool:
        with contextlib.suppress(OSError), self.secured(IN_ZONE) as certificate:
            return ("DNS", IN_ZONE) in certificate["subjectAltName"]
        return False

    def url(self, name: str, path: str) -> str:
        return f"https://{name}:{self.pebble.https_port}{path}"

    @contextmanager
    def secured(self, name: str) -> Iterator[dict]:
        """The certificate that a name shows to whoever trusts the authority alone."""
        trusting = self.pebble.trusting()
        with (
            socket.create_connection(("127.0.0.1", self.pebble.https_port), timeout=20) as plain,
            trusting.wrap_socket(plain, server_hostname=name) as secured,
        ):
            yield secured.getpeercert()


@pytest.fixture
def place() -> Iterator[Place]:
    require_pebble()
    with open_folder() as folder, mail_server() as mails:
        pebble = Pebble(folder / "pebble")
        settings = {
            "secret": "a-secret-of-more-than-32-bytes-Zm9vYmFy",
            "web_workers": "1",
            "worker_count": "1",
            "https": "yes",
            "https_host": "127.0.0.1",
            "https_port": str(pebble.https_port),
            "http_port": str(pebble.http_port),
            "acme_directory": pebble.directory,
            "acme_root": str(pebble.directory_root),
            "acme_email": "ops@wholesale.test",
            "zone": ZONE,
            "public_addresses": "127.0.0.1",
            "dns_servers": pebble.dns_server,
            "mail": f"smtp://127.0.0.1:{mails.port}",
        }
        portal = Portal(folder / "data", settings=settings)
        made = Place(portal, pebble, mails)
        try:
            pebble.start()
            made.start()
            yield made
        finally:
            portal.clear_away()
            pebble.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser to which every name of the test leads to this machine.

    Whether a certificate is good is asked of the authority, which no browser knows.
    """
    rules = "--host-resolver-rules=MAP *.test 127.0.0.1"
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, rules])
    context = browser.new_context(ignore_https_errors=True, locale="en-US")
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    yield opened
    browser.close()


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(url)
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()
    assert "/login" not in page.url, page.content()


def brand(page: Page, url: str, tmp_path: Path) -> None:
    """A logo from a file, its colour for everything else, and live."""
    logo = tmp_path / "logo.png"
    logo.write_bytes(portal_folder.logo(GREEN))
    page.goto(url)
    page.set_input_files("#logo_light-file", logo)
    colour = page.locator(f"button[value='seed:{GREEN}']")
    colour.wait_for()
    colour.click()
    page.locator(f"input[name=seed][value='{GREEN}']").first.wait_for(state="attached")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("Live", exact=True).first.wait_for()


def write_texts(page: Page, place: Place) -> None:
    """A greeting as an editor would send it, and the low-balance mail in other words."""
    page.goto(place.url(IN_ZONE, "/reseller/welcome"))
    page.locator("rich-editor").hover()
    frame = page.frame_locator("rich-editor iframe").locator("body")
    frame.wait_for()
    page.evaluate("html => hugerte.activeEditor.setContent(html)", WELCOME)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
    page.goto(place.url(IN_ZONE, "/reseller/texts/low_balance/en"))
    page.fill("input[name=subject]", SUBJECT)
    page.fill("textarea[name=body]", BODY)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("written in these words from now on").wait_for()


def prove_own_name(page: Page, place: Place) -> None:
    """The name is asked for, its record is entered, and it is looked up until all is well."""
    page.goto(place.url(IN_ZONE, "/reseller/hostnames"))
    page.fill("input[name=name]", OWN)
    page.get_by_role("button", name="Add the name").click()
    page.wait_for_url(f"**/reseller/hostnames/{OWN}")
    record = page.locator("tr", has=page.get_by_text("TXT", exact=True)).locator("code")
    place.pebble.add_text(hostname_rules.proof_name(OWN), record.last.inner_text())
    look, ready = page.get_by_role("button", name="Check now"), page.get_by_text("All is well")

    def is_ready() -> bool:
        page.reload()
        if look.is_visible():
            look.click()
            page.wait_for_load_state()
        return ready.is_visible()

    place.portal.until("the name is ready", is_ready, seconds=60)
    page.get_by_role("button", name="Use in links").click()
    page.get_by_text("it stands in links and mails").wait_for()


def let_in(place: Place) -> int:
    """A client that has signed up, was let in, and has 100; its id."""
    with place.portal.database() as database:
        with database.across_resellers() as session:
            mint = resellers.by_slug(session, "mint").id
        with database.session(mint) as session, session.begin():
            return client(session, origin=place.url(OWN, "")).id


def client(session: ResellerSession, *, origin: str) -> Client:
    made = signing_up.sign_up(
        session,
        form=signing_up.SignUp(
            email=ACCOUNT,
            password=PASSWORD,
            firstname="Dora",
            lastname="Dent",
            company="Bright Smile",
            country="US",
            language="en",
        ),
        origin=origin,
    )
    assert made is not None
    confirming.note(session, made, address="192.0.2.1")
    by = staff.actor_of(session, email="mira@mint.test")
    clients.activate(session, client_id=made.id, by=by, origin=origin)
    wallet.payment(session, client_id=made.id, amount=100 * UNIT, description="Cheque", by=by)
    return made


def see_as_client(page: Page, place: Place) -> None:
    """On its own name, with a certificate of the authority, in its colours and its words."""
    with place.secured(OWN) as certificate:
        assert ("DNS", OWN) in certificate["subjectAltName"]
    page.context.clear_cookies()
    sign_in(page, place.url(OWN, "/login"), ACCOUNT)
    page.get_by_text("Welcome, Dora").wait_for()
    logo = page.locator("img[alt=Mint]:visible").first
    assert logo.evaluate("each => each.naturalWidth") > 0
    sheet = page.locator("link[href^='/brand/']").get_attribute("href")
    assert GREEN in page.evaluate("async url => (await fetch(url)).text()", sheet)
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / "branding-journey.png", full_page=True)


def spend(place: Place, client_id: int) -> None:
    """What is left lies below the amount at which the client is told."""
    with place.portal.database() as database:
        with database.across_resellers() as session:
            mint = resellers.by_slug(session, "mint").id
        with database.session(mint) as session, session.begin():
            by = staff.actor_of(session, email="mira@mint.test")
            wallet.charge(
                session, client_id=client_id, amount=95 * UNIT, description="Set-up", by=by
            )


def mail_arrives(place: Place) -> None:
    """In the reseller's name and words, with a link to its own name."""
    subject = "Bright Smile: only $5.00 left"

    def arrived() -> bool:
        return any(each["Subject"] == subject for each in place.mails.messages)

    place.portal.until("the mail arrives", arrived, seconds=30)
    mail = next(each for each in place.mails.messages if each["Subject"] == subject)
    assert mail["To"] == ACCOUNT
    assert mail["From"].addresses[0].display_name == "Mint"
    plain, page = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "your balance with Mint is down to $5.00." in plain
    assert place.url(OWN, "/dashboard") in plain
    assert 'src="cid:' in page  # its logo travels with the mail
    assert "operator.test" not in str(mail)


def test_from_a_logo_to_a_portal_of_its_own(place: Place, page: Page, tmp_path: Path) -> None:
    sign_in(page, place.url(IN_ZONE, "/login"), "mira@mint.test")
    brand(page, place.url(IN_ZONE, "/reseller/brand"), tmp_path)
    write_texts(page, place)
    prove_own_name(page, place)
    client_id = let_in(place)
    see_as_client(page, place)
    spend(place, client_id)
    mail_arrives(place)
