"""A real Chromium, and the whole portal behind it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from tests.builders.open_folder import open_folder
from tests.builders.running import Portal

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# No sandbox, since the suite may run as root; nothing that asks the network for anything.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENS = Path("var/screens")
PATIENCE_MS = 15_000
"""How long anything may take to show: two busy cores have just started a whole portal."""

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="package")
def portal() -> Iterator[Portal]:
    """The demonstration, running for all journeys, and not beside the tests that come after."""
    with open_folder() as folder:
        running = Portal(folder / "data")
        try:
            running.start()
            yield running
        finally:
            running.clear_away()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser; for a module only, since Playwright keeps an event loop running."""
    if not Path(CHROMIUM).exists():
        why = "needs Chromium: apt-get install -y --no-install-recommends chromium"
        if os.environ.get("PORTAL_TEST_NO_SKIPS") == "1":
            pytest.fail(why)
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser window of their own, on one portal."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.set_default_timeout(PATIENCE_MS)

    def _listen(self, message: ConsoleMessage) -> None:
        # A page that answers 403 or 422 is no fault of the page; Chromium notes it all the same.
        if message.type == "error" and "responded with a status of 4" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a page of the portal."""
        self.page.goto(self.url + path)
        return self.page

    def sign_in(self, email: str, password: str) -> Page:
        """Sign in as a person does; the page that follows is there, and refuses nothing."""
        page = self.open("/login")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        with page.expect_navigation() as followed:
            page.click("main form button[type=submit]")
        assert followed.value is not None
        assert followed.value.status == 200, page.locator("main").inner_text()
        return page

    def picture(self, name: str) -> None:
        """Keep a screenshot under `var/screens`."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


@pytest.fixture
def visit(chromium: Browser) -> Iterator[object]:
    """Open windows; at the end no page may have complained in its console."""
    visitors: list[Visitor] = []

    def opened(url: str, **options: object) -> Visitor:
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "locale": "en-US", **options}
        )
        visitors.append(Visitor(context, url))
        return visitors[-1]

    yield opened
    complaints = [each for visitor in visitors for each in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []
