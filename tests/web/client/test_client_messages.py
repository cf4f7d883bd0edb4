"""A client's messages: the list and one of them."""

from __future__ import annotations

from portal.messaging import moving
from portal.messaging.moving import Move
from portal.messaging.statuses import Status

A, B, C = "+12025550101", "+12025550102", "+12025550103"


def test_another_clients_message_looks_like_none(visit, cast, sent):
    hers = sent(cast.alice.owner, A)
    henry = visit(cast.henry.owner)
    strange, missing = henry.get(f"/messages/{hers}"), henry.get("/messages/1")
    assert strange.status == missing.status == 404
    assert strange.anonymous_html == missing.anonymous_html


def test_another_resellers_message_looks_like_none(visit, cast, sent):
    hers = sent(cast.alice.owner, A)
    assert visit(cast.berta.owner).get(f"/messages/{hers}").status == 404


def test_an_id_that_no_column_could_hold_is_no_address(visit, cast):
    assert visit(cast.alice.owner).get(f"/messages/{2**63}").status == 404


def test_an_empty_list_says_what_belongs_there(visit, cast):
    seen = visit(cast.alice.owner).get("/messages")
    assert "No messages yet" in seen.text
    assert "Send the first one" in seen.text


def test_the_list_has_own_messages_newest_first(visit, cast, sent):
    sent(cast.alice.owner, A, "First")
    sent(cast.alice.owner, B, "Second")
    sent(cast.henry.owner, C, "Somebody else's")
    seen = visit(cast.alice.owner).get("/messages")
    assert seen.rows() == 2
    assert seen.text.index("Second") < seen.text.index("First")
    assert "Somebody else's" not in seen.text


def test_filters_are_in_the_address(visit, cast, sent, database):
    one = sent(cast.alice.owner, A, "First")
    sent(cast.alice.owner, B, "Second")
    _move(database, cast.alice.owner, one, Status.SUBMITTING)
    browser = visit(cast.alice.owner)
    by_status = browser.get("/messages?status=submitting")
    assert (by_status.rows(), "First" in by_status.text) == (1, True)
    assert '<option selected value="submitting">' in by_status.html
    by_number = browser.get("/messages?q=202-555-0102")
    assert by_number.rows() == 0
    by_whole_number = browser.get("/messages?q=1202-555-0102")
    assert (by_whole_number.rows(), "Second" in by_whole_number.text) == (1, True)
    assert by_whole_number.value_of("q") == "1202-555-0102"


def test_a_period_is_of_the_clients_days(visit, cast, sent):
    sent(cast.alice.owner, A)
    browser = visit(cast.alice.owner)
    assert browser.get("/messages?since=2026-01-01").rows() == 1
    assert browser.get("/messages?until=2026-01-01").rows() == 0
    assert browser.get("/messages?until=9999-12-31").rows() == 1


def test_a_day_that_is_none_is_said_beside_it(visit, cast):
    seen = visit(cast.alice.owner).get("/messages?since=2026-13-01")
    assert seen.status == 422
    assert seen.value_of("since") == "2026-13-01"
    assert 'id="since-about"' in seen.html


def test_a_status_that_is_none_is_refused(visit, cast):
    assert visit(cast.alice.owner).get("/messages?status=lost").status == 422


def test_pages_lead_on_and_back(visit, cast, sent):
    for number in range(51):
        sent(cast.alice.owner, A, f"Message no. {number}.")
    browser = visit(cast.alice.owner)
    newest = browser.get("/messages?q=Message")
    assert (newest.rows(), "no. 50." in newest.text, "no. 0." in newest.text) == (50, True, False)
    older = browser.get(newest.link("next"))
    assert (older.rows(), "no. 0." in older.text) == (1, True)
    assert older.value_of("q") == "Message"
    assert 'rel="next"' not in older.html
    assert browser.get(older.link("prev")).rows() == 50


def test_an_unreadable_place_is_the_newest_page(visit, cast, sent):
    sent(cast.alice.owner, A)
    browser = visit(cast.alice.owner)
    for place in ("x", "-1", str(2**63), "1e3"):
        assert browser.get(f"/messages?below={place}&trail=.x.{2**70}").rows() == 1


def test_a_message_has_its_receipt_and_history(visit, cast, sent, database):
    number = sent(cast.alice.owner, A, "a" * 161)
    _move(database, cast.alice.owner, number, Status.SUBMITTING)
    seen = visit(cast.alice.owner).get(f"/messages/{number}")
    assert seen.status == 200
    assert "Message to +1 202-555-0101" in seen.text
    assert "2 parts, together $0.0276. The network's prefix" in seen.text
    assert (
        "Destination United States +1 Parts 2 Price of the parts 2 × $0.0138 $0.0276" in seen.text
    )
    assert "Sub-account Main" in seen.text
    assert "Accepted –" in seen.text
    assert "Being handed over –" in seen.text


def test_a_client_sees_no_cost_and_no_profit(visit, cast, sent):
    seen = visit(cast.alice.owner).get(f"/messages/{sent(cast.alice.owner, A)}")
    assert "0.009" not in seen.text
    assert "Profit" not in seen.text


def test_a_text_is_shown_as_text(visit, cast, sent):
    number = sent(cast.alice.owner, A, "<script>alert(1)</script>")
    for path in (f"/messages/{number}", "/messages"):
        assert "<script>alert(1)" not in visit(cast.alice.owner).get(path).html


def test_the_number_of_statements_does_not_grow_with_messages(visit, cast, sent, counted):
    sent(cast.alice.owner, A)
    browser = visit(cast.alice.owner)
    browser.get("/messages")
    with counted() as with_one:
        browser.get("/messages")
    sent(cast.alice.owner, B)
    sent(cast.alice.owner, C)
    with counted() as with_three:
        assert browser.get("/messages").rows() == 3
    assert len(with_one) == len(with_three)


def _move(database, actor, message_id, status):
    with database.session(actor.reseller_id) as session, session.begin():
        move = Move(reseller_id=actor.reseller_id, message_id=message_id, attempt=1, to=status)
        moving.move(session, [move])
