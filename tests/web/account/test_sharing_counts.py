"""Every way in counts its tries together with all others, for the account and for the network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import delete

from portal.accounts.actor import Actor
from portal.infra.db import Database
from portal.infra.throttle import Counter
from portal.tenancy import settings
from tests.cast import PASSWORD, SUNNY, Cast
from tests.fakes.authenticator import Authenticator
from tests.web.account.conftest import App
from tests.web.account.test_passkeys import add, challenge
from tests.web.browsing import Browser
from tests.web.conftest import Visit

EMAIL = "alice@acme.test"
WRONG = "wrong horse battery"
AppOf = Callable[[Actor], App]


def web(browser: Browser) -> None:
    browser.post("/login", email=EMAIL, password=WRONG)


def other_site(browser: Browser) -> None:
    browser._client.post(
        "/direct-login",
        base_url="http://sunny.localhost",
        headers={"Origin": "https://acme.test"},
        data={"UID": "2001", "action": "DirectLogin", "col_email": EMAIL, "col_password": WRONG},
    )


def confirmation(browser: Browser) -> None:
    browser.post("/confirm", **{"confirm-sent": "1", "confirm-password": WRONG})


def passkey(browser: Browser) -> None:
    forged = Authenticator(credential_id=b"alices")
    browser.post("/login/passkey", passkey=forged.show(challenge(browser)))


def code(browser: Browser) -> None:
    browser.post("/login/second-step", code="000000")


WAYS = {"web": web, "other site": other_site, "confirm": confirmation, "passkey": passkey}


@pytest.fixture
def ready(visit: Visit, cast: Cast, database: Database) -> Browser:
    """Alice's browser, with a passkey of hers and a site whose form is taken; nothing counted."""
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, login_sites=["https://acme.test"])
    browser = visit(cast.alice.owner)
    add(browser, Authenticator(credential_id=b"alices"))
    with database.session(SUNNY) as session, session.begin():
        session.execute(delete(Counter))
    return browser


@pytest.mark.parametrize("way", WAYS)
def test_ten_tries_one_way_close_all_others(ready: Browser, visit: Visit, way: str) -> None:
    browser = ready if way == "confirm" else visit()
    for _ in range(10):
        WAYS[way](browser)
    assert visit().post("/login", email=EMAIL, password=PASSWORD).status == 429
    fields = {"confirm-sent": "1", "confirm-password": PASSWORD}
    assert ready.post("/confirm", **fields).status == 429


@pytest.mark.parametrize("way", WAYS)
def test_each_way_counts_for_the_account_whatever_the_network(
    ready: Browser, visit: Visit, way: str, database: Database
) -> None:
    WAYS[way](ready if way == "confirm" else visit())
    with database.session(SUNNY) as session:
        keys = {each.key.split("/")[1]: each.count for each in session.query(Counter).all()
                if each.key.startswith("login/")}  # fmt: skip
    assert keys == {"account": 1, "network": 1, "reseller": 1}


def test_codes_count_as_well(visit: Visit, cast: Cast, app_of: AppOf, database: Database) -> None:
    app_of(cast.alice.owner)
    browser = visit()
    browser.post("/login", email=EMAIL, password=PASSWORD)
    for _ in range(9):
        code(browser)
    assert visit().post("/login", email=EMAIL, password=PASSWORD).status == 429


def test_a_browser_of_the_owners_is_not_closed_by_those_who_guess_elsewhere(
    visit: Visit, database: Database
) -> None:
    own = visit()
    assert own.post("/login", email=EMAIL, password=PASSWORD).status == 303
    own.get("/dashboard")
    own.follow(own.post("/logout"))
    for number in range(20):
        guesser = visit()
        guesser.get("/login")
        guesser._client.post(
            "/login",
            base_url="http://sunny.localhost",
            data={"email": EMAIL, "password": WRONG, "csrf_token": guesser._token},
            environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
        )
    assert visit().post("/login", email=EMAIL, password=PASSWORD).status == 429
    assert own.post("/login", email=EMAIL, password=PASSWORD).status == 303
