"""The countries that clients have asked for."""

from __future__ import annotations

import pytest

from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.messaging import country_requests
from portal.tenancy import settings

PAGE = "/reseller/country-requests"


@pytest.fixture
def asked(database, cast):
    """Alice's request for France."""
    with database.session(cast.sam.reseller_id) as session, session.begin():
        return country_requests.ask(
            session, client_id=cast.alice.client_id, country="FR", by=cast.alice.owner,
            origin="http://sunny.localhost",
        ).id  # fmt: skip


def test_nobody_waits(visit, cast):
    browser = visit(cast.sam)
    assert "Nobody waits" in browser.get(PAGE).text
    assert "Countries asked for 1" not in browser.get("/reseller/clients").text


def test_a_request_stands_in_the_bar_and_on_its_page(visit, cast, asked):
    browser = visit(cast.sam)
    assert "Clients 1" in browser.get("/reseller/").text
    assert "Countries asked for 1" in browser.get("/reseller/clients").text
    seen = browser.get(PAGE)
    assert "France Acme" in seen.text
    assert f"{PAGE}/{asked}/open-for-all" in seen.html
    assert "Acme" not in visit(cast.hanna).get(PAGE).text


def test_whoever_reads_only_answers_nothing(visit, cast, asked, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        person = session.get(Person, (cast.sam.reseller_id, cast.sam.person_id))
        person.role = Role.STAFF_READER.value
    browser = visit(cast.sam)
    assert "Open for this client" not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/{asked}/open-for-all").status == 403


def test_open_for_the_client(visit, cast, asked):
    browser = visit(cast.sam)
    browser.get(PAGE)
    seen = browser.follow(browser.post(f"{PAGE}/{asked}/open-for-client"))
    assert "France is open for this client, who has been told." in seen.text
    assert "Nobody waits" in seen.text
    again = browser.follow(browser.post(f"{PAGE}/{asked}/open-for-client"))
    assert "Somebody else has answered this request." in again.text


def test_open_for_all(visit, cast, asked, database):
    browser = visit(cast.sam)
    browser.get(PAGE)
    seen = browser.follow(browser.post(f"{PAGE}/{asked}/open-for-all"))
    assert "France is open for all clients; who asked has been told." in seen.text
    with database.session(cast.sam.reseller_id) as session:
        assert "FR" in settings.read(session).countries


def test_decline_needs_a_reason(visit, cast, asked):
    browser = visit(cast.sam)
    browser.get(PAGE)
    missing = browser.post(f"{PAGE}/{asked}/decline", reason=" ")
    assert missing.status == 422
    assert f'id="reason-{asked}-about"' in missing.html
    seen = browser.follow(browser.post(f"{PAGE}/{asked}/decline", reason="Not there"))
    assert "France stays closed for this client, who has been told why." in seen.text
    assert browser.post(f"{PAGE}/7/decline", reason="x").status == 404
