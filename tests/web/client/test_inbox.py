"""A client's inbox: what came in, what waits for credit, and the way to answer."""

from __future__ import annotations

import pytest

from tests.builders.inbound import NUMBER, OTHER_NUMBER, PHONE, give, receive
from tests.builders.money import bring_to
from tests.cast import SUNNY


@pytest.fixture
def at_sunny(database):
    """Does something in a transaction of Sunny's."""

    def do(act):
        with database.session(SUNNY) as session, session.begin():
            return act(session)

    return do


def test_without_a_number_it_says_so(visit, cast):
    assert "You have no number yet" in visit(cast.alice.owner).get("/inbox").text


def test_with_a_number_it_says_what_belongs_there(visit, cast, at_sunny):
    at_sunny(lambda session: give(session, cast.alice))
    assert "Nothing has come in yet" in visit(cast.alice.owner).get("/inbox").text


def test_the_list_has_own_messages_newest_first(visit, cast, at_sunny):
    def come(session):
        give(session, cast.alice)
        give(session, cast.henry, number=OTHER_NUMBER)
        receive(session, "First <b>&", sender=PHONE)
        receive(session, "Second")
        receive(session, "Somebody else's", to=OTHER_NUMBER)

    at_sunny(come)
    seen = visit(cast.alice.owner).get("/inbox")
    assert seen.rows() == 2
    assert seen.text.index("Second") < seen.text.index("First <b>&")
    assert "Somebody else's" not in seen.text
    assert "2 messages in all" in seen.text
    assert visit(cast.berta.owner).get("/inbox").rows() == 0


def test_filters_are_in_the_address(visit, cast, at_sunny):
    def come(session):
        give(session, cast.alice)
        receive(session, "First", sender="+12025550142")
        receive(session, "Second")

    at_sunny(come)
    browser = visit(cast.alice.owner)
    one = browser.get("/inbox?q=1202-555-0142")
    assert (one.rows(), "First" in one.text, one.value_of("q")) == (1, True, "1202-555-0142")
    assert "Nothing found" in browser.get("/inbox?q=Third").text
    assert browser.get("/inbox?since=2026-13-01").status == 422


def test_a_reply_leads_to_a_form_that_knows_whom_it_is_for(visit, cast, at_sunny):
    def come(session):
        give(session, cast.alice)
        receive(session, "Hello", sender=PHONE)
        receive(session, "Your bill", sender="7070")
        receive(session, "STOP", sender="+12025550142")

    at_sunny(come)
    browser = visit(cast.alice.owner)
    seen = browser.get("/inbox")
    assert seen.html.count("/send?to=") == 1
    assert "Wants no more messages" in seen.text
    assert browser.get("/send?to=%2B48600111222").value_of("to") == "+48600111222"
    assert browser.get("/send?to=" + "9" * 500).value_of("to") == "9" * 40


def test_what_waits_is_counted_and_not_shown(visit, cast, at_sunny):
    def come(session):
        give(session, cast.henry, fee=5_000)
        bring_to(session, cast.henry, 4_999, by=cast.sam)
        receive(session, "Secret until paid")

    at_sunny(come)
    seen = visit(cast.henry.owner).get("/inbox")
    assert "1 message waits for credit." in seen.text
    assert "Secret until paid" not in seen.html
    staff = visit(cast.sam).get("/reseller/inbox")
    assert "Waits for credit" in staff.text
    assert "Hardware" in staff.text


def test_pages_lead_on_and_back(visit, cast, at_sunny):
    def come(session):
        give(session, cast.alice)
        for number in range(51):
            receive(session, f"Message {number}.")

    at_sunny(come)
    browser = visit(cast.alice.owner)
    second = browser.get(browser.get("/inbox").link("next"))
    assert (second.rows(), "Message 0." in second.text) == (1, True)
    assert "Message 50." in browser.get(second.link("prev")).text


def test_the_account_has_the_numbers(visit, cast, at_sunny):
    at_sunny(lambda session: give(session, cast.alice, fee=5_000))
    seen = visit(cast.alice.owner).get("/account")
    assert "+1 202-555-0181" in seen.text
    assert "$0.005" in seen.text
    assert NUMBER[-4:] not in visit(cast.henry.owner).get("/account").text
