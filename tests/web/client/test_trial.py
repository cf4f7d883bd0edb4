"""The trial credit, as a client gets it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from portal.accounts import quotas
from portal.accounts.models import Client
from portal.accounts.phone_checks import GUESSES, PER_PHONE
from portal.accounts.quotas import Mode
from portal.infra.db import Database
from portal.messaging.models import Message
from portal.tenancy import settings
from portal.tenancy.trial_rules import TrialRules
from tests.cast import SUNNY, UNIT, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

PHONE = "+1 202 555 0143"


@pytest.fixture(autouse=True)
def rules(database: Database, cast: Cast) -> TrialRules:
    """Sunny gives two dollars, and sends codes from Henry's sub-account."""
    made = TrialRules(
        amount=2 * UNIT, sub_account_id=cast.henry.sub_account_id, countries=["US", "CA"]
    )
    with database.session(SUNNY) as session, session.begin():
        quotas.set_mode(
            session, sub_account_id=cast.henry.sub_account_id, mode=Mode.UNLIMITED, by=cast.sam
        )
        settings.change(session, trial=made)
    return made


def opened(visit: Visit, cast: Cast) -> Browser:
    browser = visit(cast.alice.owner)
    browser.get("/trial-credit")
    return browser


def codes(database: Database) -> list[str]:
    """All that were sent, the newest first."""
    with database.session(SUNNY) as session:
        texts = session.scalars(select(Message.text).order_by(Message.id.desc()))
        return [found.group() for each in texts if (found := re.search(r"\d{6}", each))]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please fill this in"),
        ("x" * 41, "40"),
        ("12", "too short"),
        ("+49 151 23456789", "Codes are sent to these countries only: Canada, United States"),
        ("+1 800 555 0143", "Codes are sent to mobile numbers only."),
    ],
)
def test_where_no_code_goes_is_a_message_at_the_field(
    visit: Visit, cast: Cast, database: Database, typed: str, said: str
) -> None:
    seen = opened(visit, cast).post("/trial-credit", phone=typed)
    assert seen.status == 422
    assert said in seen.text
    assert seen.value_of("phone") == typed
    assert codes(database) == []


def test_a_wrong_code_gives_nothing_and_guesses_are_few(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = opened(visit, cast)
    assert browser.post("/trial-credit", phone=PHONE).location == "/trial-credit/code"
    [code] = codes(database)
    assert "+1 202-555-0143" in browser.get("/trial-credit/code").text
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(GUESSES.count_max):
        seen = browser.post("/trial-credit/code", code=wrong)
        assert seen.status == 422
        assert "This is not the code, or it is too old." in seen.text
    assert browser.post("/trial-credit/code", code=code).status == 429
    assert "$100.00" in browser.get("/dashboard").text


def test_the_code_that_came_brings_the_credit_once(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = visit(cast.alice.owner)
    assert "Get your trial credit of $2.00" in browser.get("/dashboard").text
    assert "You get $2.00 to try this portal with." in browser.get("/trial-credit").text
    browser.post("/trial-credit", phone=PHONE)
    assert browser.post("/trial-credit", phone=PHONE).status == 303
    [code] = codes(database)  # the second click has sent no other
    browser.get("/trial-credit/code")
    seen = browser.follow(browser.post("/trial-credit/code", code=f"{code[:3]} {code[3:]}"))
    assert "$2.00 is credited." in seen.text
    assert "$102.00" in seen.text
    assert "trial credit of" not in seen.text
    assert "Trial credit $2.00 $102.00" in browser.get("/statement").text
    assert "There is no trial credit for you" in browser.get("/trial-credit").text
    assert browser.post("/trial-credit", phone=PHONE).status == 422
    assert browser.get("/trial-credit/code").location == "/trial-credit"
    shown = visit(cast.sam).get(f"/reseller/clients/{cast.alice.client_id}").text
    assert "Confirmed telephone +1 202-555-0143" in shown
    assert "had the trial credit" in browser.get("/activity").text


def test_a_telephone_that_has_had_it_brings_no_more(
    visit: Visit, cast: Cast, database: Database
) -> None:
    for firm, said in ((cast.alice, "$2.00 is credited."), (cast.henry, "given for this number")):
        browser = visit(firm.owner)
        browser.get("/trial-credit")
        browser.post("/trial-credit", phone=PHONE)
        browser.get("/trial-credit/code")
        seen = browser.follow(browser.post("/trial-credit/code", code=codes(database)[0]))
        assert said in seen.text


def test_codes_end_for_the_day(visit: Visit, cast: Cast, database: Database) -> None:
    browser = opened(visit, cast)
    for number in range(5):
        assert browser.post("/trial-credit", phone=f"+1202555014{number}").status == 303
    seen = browser.post("/trial-credit", phone="+12025550149")
    assert seen.status == 429
    assert "Please try again tomorrow." in seen.text
    assert len(codes(database)) == 5 > PER_PHONE.count_max


def test_a_message_that_is_refused_sends_nothing_and_says_so(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, countries=[])
        session.execute(
            update(Client)
            .where(Client.id == cast.henry.client_id)
            .values(country="DE", countries=[])
        )
    seen = opened(visit, cast).post("/trial-credit", phone=PHONE)
    assert seen.status == 422
    assert "No code can be sent to this number just now." in seen.text
    assert codes(database) == []
