"""Which language and time zone an answer is in."""

import pytest
from flask import Flask, g

from portal.accounts.models import Person
from portal.http import language
from portal.http.wiring import current
from portal.infra.db import Database
from portal.tenancy import settings
from tests.cast import Cast
from tests.http.asking import HARBOUR, SUNNY, ask
from tests.web.conftest import Visit


def language_of(html: str) -> str:
    return html.partition('<html lang="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("base_url", "accepted", "found"),
    [
        (SUNNY, "", "en"),
        (HARBOUR, "", "de"),
        (SUNNY, "de-AT,de;q=0.9,en;q=0.1", "de"),
        (HARBOUR, "en-GB", "en"),
        (SUNNY, "sv,ja;q=0.5", "en"),
        (HARBOUR, "sv", "de"),
        (HARBOUR, "fr", "fr"),
        (HARBOUR, "*", "de"),
        (SUNNY, "x" * 5000, "en"),
        (SUNNY, "de;q=nan", "en"),
    ],
)
def test_visitors_read_what_their_browser_asks_for(
    reading: Flask, base_url: str, accepted: str, found: str
) -> None:
    answer = ask(reading, "/login", base_url, headers={"Accept-Language": accepted})
    assert language_of(answer.text) == found


def test_a_language_in_the_address_stays(reading: Flask) -> None:
    browser = reading.test_client()
    assert language_of(browser.get("/login", base_url=SUNNY).text) == "en"
    for unknown in ("xx", "", "../de", "de_DE", "DE"):
        answer = browser.get(f"/login?lang={unknown}", base_url=SUNNY)
        assert language_of(answer.text) == "en"
    assert language_of(browser.get("/login?lang=de", base_url=SUNNY).text) == "de"
    assert language_of(browser.get("/login", base_url=SUNNY).text) == "de"
    assert language_of(browser.get("/", base_url=HARBOUR).text) == "de"
    assert language_of(browser.get("/login?lang=en", base_url=SUNNY).text) == "en"


def test_who_is_signed_in_reads_their_own(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.berta.owner)
    assert language_of(browser.get("/dashboard", **{"Accept-Language": "en"}).html) == "de"


def test_choosing_one_is_kept_with_the_person(visit: Visit, cast: Cast, database: Database) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/dashboard")
    assert browser.post("/language", language="xx").status == 400
    answer = browser.post("/language", language="de", next="//evil.test")
    assert (answer.status, answer.location) == (303, "/")
    answer = browser.post("/language", language="de", next="/messages")
    assert answer.location == "/messages"
    assert language_of(browser.get("/dashboard").html) == "de"
    with database.session(1) as session:
        person = session.get(Person, (1, cast.alice.owner.person_id))
    assert person is not None
    assert person.language == "de"


def test_a_reseller_may_offer_fewer(app: Flask, database: Database) -> None:
    with database.session(1) as session, session.begin():
        settings.change(session, languages=["en", "xx"])
    answer = ask(app, "/login?lang=de", SUNNY, headers={"Accept-Language": "de"})
    assert language_of(answer.text) == "en"
    assert "Deutsch" not in answer.text


def test_dates_are_those_of_the_country_and_the_client(reading: Flask) -> None:
    for base_url, name, zone in [
        (SUNNY, "en_US", "America/New_York"),
        (HARBOUR, "de_DE", "Europe/Berlin"),
    ]:
        with reading.test_request_context("/", base_url=base_url):
            g.tenant = current().tenants.find(base_url[7:].partition(":")[0])
            assert (str(language.locale()), language.time_zone()) == (name, zone)
            g.person_time_zone = "Asia/Tokyo"
            assert language.time_zone() == "Asia/Tokyo"
