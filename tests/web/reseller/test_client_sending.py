"""What a client may send: countries, a limit for a day, and names, as staff choose them."""

from __future__ import annotations

import pytest

from portal.accounts import sending_limits, sub_accounts
from portal.accounts.errors import AmountNotPositive
from portal.accounts.roles import Role
from portal.infra.errors import NotFound
from portal.tenancy import settings
from tests.accounts import firms
from tests.builders.money import client_of
from tests.cast import SUNNY


@pytest.fixture
def page(visit, cast):
    """Send a form of the page of alice's client; without one, look at the page."""
    browser = visit(cast.sam)
    path = f"/reseller/clients/{cast.alice.client_id}"
    browser.get(f"{path}/sending")

    def ask(form="", **fields):
        if not form:
            return browser.get(f"{path}/sending")
        return browser.post(f"{path}/{form}", **fields)

    return ask


def alice(database, cast):
    with database.session(SUNNY) as session:
        return client_of(session, cast.alice)


def senders(database, cast):
    with database.session(SUNNY) as session:
        found = sub_accounts.senders_of(session, client_id=cast.alice.client_id)
        return [(each.name, each.for_codes) for each in found]


@pytest.mark.parametrize("wrong", ["Atlantis", "DE, Q1", "DE FR"])
def test_what_is_no_country_is_named_and_nothing_is_saved(page, database, cast, wrong):
    before = alice(database, cast).countries
    seen = page("countries", countries=wrong)
    assert (seen.status, "is no country" in seen.text) == (422, True)
    assert seen.value_of("countries") == wrong
    assert alice(database, cast).countries == before


def test_countries_are_opened_by_name_or_code_and_take_the_place_of_others(page, database, cast):
    seen = page("countries", countries="Poland, de,  FR, DE")
    assert (seen.status, seen.location) == (
        303,
        f"/reseller/clients/{cast.alice.client_id}/sending",
    )
    assert alice(database, cast).countries == ["DE", "FR", "PL"]
    assert page().value_of("countries") == "Germany, France, Poland"
    page("countries", countries="")
    assert alice(database, cast).countries == []


def test_every_country_is_one_tick_and_a_reader_sees_it(page, visit, database, cast):
    page("countries", countries="Poland", every="y")
    assert alice(database, cast).countries == ["*"]
    with database.session(SUNNY) as session, session.begin():
        rita = firms.acting(firms.joined(session, cast.sam, Role.STAFF_READER))
    reader = visit(rita).get(f"/reseller/clients/{cast.alice.client_id}/sending")
    assert "Every country that has a rate" in reader.text
    assert "<form" not in reader.html.partition('id="countries"')[2].partition("</section>")[0]


def test_what_is_open_for_all_is_said(page, database, cast):
    for countries, said in ((["PL", "CZ"], "Poland, Czechia"), (["*"], "every country that has")):
        with database.session(SUNNY) as session, session.begin():
            settings.change(session, countries=countries)
        assert said in page().text


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "many", "１２"])
def test_a_limit_is_a_whole_number_above_zero(page, database, cast, wrong):
    seen = page("daily-limit", limit=wrong)
    assert (seen.status, seen.value_of("limit")) == (422, wrong)
    assert alice(database, cast).daily_limit is None


def test_a_limit_is_saved_and_taken_away(page, database, cast):
    assert page("daily-limit", limit="250").status == 303
    assert alice(database, cast).daily_limit == 250
    assert page().value_of("limit") == "250"
    page("daily-limit", limit="")
    assert alice(database, cast).daily_limit is None


@pytest.mark.parametrize("wrong", ["", "TwelveLetters", "12345", "Two words", "PayPal"])
def test_what_is_no_sender_is_refused(page, database, cast, wrong):
    seen = page("senders", name=wrong)
    assert (seen.status, seen.value_of("name")) == (422, wrong)
    assert senders(database, cast) == [("Acme", False)]


def test_a_sender_is_approved_changed_and_withdrawn(page, database, cast):
    page("senders", name="Tools24")
    assert senders(database, cast) == [("Acme", False), ("Tools24", False)]
    page("senders", name="Tools24", for_codes="y")
    assert senders(database, cast) == [("Acme", False), ("Tools24", True)]
    assert "Sign-in codes" in page().text
    assert page("senders/Acme/withdraw").status == 303
    assert senders(database, cast) == [("Tools24", True)]


def test_nobody_is_given_what_is_anothers(session, harbour_session, cast):
    asked = {"client_id": cast.alice.client_id, "by": cast.hanna}
    with pytest.raises(NotFound):
        sending_limits.open_countries(harbour_session, countries=["DE"], **asked)
    with pytest.raises(NotFound):
        sending_limits.set_daily_limit(harbour_session, limit=1, **asked)
    for limit in (0, -1):
        with pytest.raises(AmountNotPositive):
            sending_limits.set_daily_limit(
                session, client_id=cast.alice.client_id, limit=limit, by=cast.sam
            )
