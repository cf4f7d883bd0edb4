"""Writing one message: counted and priced while it is typed, sent once."""

from __future__ import annotations

from portal.accounts import clients, wallet
from portal.infra.kept_answers import recall
from portal.messaging import history
from portal.tenancy import resellers
from tests.cast import UNIT

PHONE = "+12025550101"


def test_a_number_that_is_none_is_said_beside_it_and_nothing_typed_is_lost(visit, cast):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to="12ab", text="Hello & <you>", from_="Acme", key=key)
    assert seen.status == 422
    assert "A number has digits only, and may begin with a plus." in seen.text
    assert seen.value_of("to") == "12ab"
    assert "Hello &amp; &lt;you&gt;</textarea>" in seen.html
    assert '<option selected value="Acme">' in seen.html
    assert 'aria-invalid="true"' in seen.html
    assert seen.value_of("key") == key


def test_an_empty_form_says_what_is_missing(visit, cast):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to="", text="", key=key)
    assert seen.status == 422
    assert "Whom is it for?" in seen.text
    assert "There is nothing in the text." in seen.text


def test_a_text_of_blanks_is_no_text(visit, cast):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="  \n ", key=key)
    assert seen.status == 422
    assert "There is nothing in the text." in seen.text


def test_a_text_over_five_parts_is_refused_with_the_numbers(visit, cast):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="a" * 766, key=key)
    assert seen.status == 422
    assert "The text takes 6 parts, and at most 5 are allowed." in seen.text


def test_a_country_that_is_not_open_and_one_without_a_price(visit, cast):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    closed = browser.post("/send", to="+33612345678", text="Salut", key=key)
    assert "This country is not open for you. Ask us to open it." in closed.text
    unpriced = browser.post("/send", to="+48601234567", text="Hej", key=key)
    assert "There is no price for this number, so nothing is sent to it." in unpriced.text
    assert (closed.status, unpriced.status) == (422, 422)


def test_a_balance_that_does_not_reach_is_named_with_the_price(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        wallet.charge(
            session,
            client_id=cast.henry.client_id,
            amount=100 * UNIT - 10_000,
            description="nearly all",
            by=cast.sam,
        )
    browser = visit(cast.henry.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="Hello", key=key)
    assert seen.status == 422
    assert "The message costs $0.0138, and your balance is $0.01." in seen.text
    assert _messages(database, cast.henry.owner) == []


def test_a_suspended_client_cannot_send(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="ours")
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="Hello", key=key)
    assert seen.status == 422
    assert "Your account is suspended, so nothing is sent." in seen.text


def test_a_stop_above_the_client_tells_nothing_of_it(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        resellers.suspend(session)
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="Hello", key=key)
    assert seen.status == 422
    assert "Sending does not work at present. Nothing was charged" in seen.text
    assert "reseller" not in seen.text.lower()


def test_a_client_without_a_sub_account_is_told_so(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        clients.activate(
            session, client_id=cast.walter.client_id, by=cast.sam, origin="http://x.localhost"
        )
    browser = visit(cast.walter.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="Hello", key=key)
    assert seen.status == 422
    assert "There is no sub-account to send from yet. Ask us." in seen.text
    assert browser.post("/send/estimate", fragment=True, to=PHONE, text="Hello").status == 200


def test_a_sender_that_is_not_offered_is_refused(visit, cast):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    seen = browser.post("/send", to=PHONE, text="Hello", from_="Hardware", key=key)
    assert seen.status == 422


def test_a_message_is_sent_and_its_page_is_next(visit, cast, database):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    answer = browser.post("/send", to="(202) 555-0101", text="Hello", from_="Acme", key=key)
    (message,) = _messages(database, cast.alice.owner)
    assert (answer.status, answer.location) == (303, f"/messages/{message.id}")
    assert (message.recipient, message.text, message.sender) == (PHONE, "Hello", "Acme")
    seen = browser.follow(answer)
    assert "The message is on its way." in seen.text
    assert "$0.0138" in seen.text


def test_a_double_click_sends_once(visit, cast, database):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    first = browser.post("/send", to=PHONE, text="Hello", key=key)
    second = browser.post("/send", to=PHONE, text="Hello", key=key)
    assert first.location == second.location
    assert len(_messages(database, cast.alice.owner)) == 1


def test_a_second_click_before_the_first_is_answered_leads_to_the_messages(visit, cast, database):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    owner = cast.alice
    with database.session(owner.reseller_id) as first:
        recall(first, owner_id=owner.client_id, endpoint="web.send", key=key, asked=b"")
        answer = browser.post("/send", to=PHONE, text="Hello", key=key)
        assert (answer.status, answer.location) == (303, "/messages")
        assert "The message is being sent already." in browser.follow(answer).text
    assert _messages(database, owner.owner) == []


def test_another_message_in_a_form_that_was_sent_asks_again(visit, cast, database):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    browser.post("/send", to=PHONE, text="Hello", key=key)
    seen = browser.post("/send", to=PHONE, text="Hello again", key=key)
    assert seen.status == 422
    assert "This form was sent before." in seen.text
    fresh = seen.value_of("key")
    assert fresh != key
    browser.post("/send", to=PHONE, text="Hello again", key=fresh)
    assert [m.text for m in _messages(database, cast.alice.owner)] == ["Hello again", "Hello"]


def test_a_refused_form_may_be_sent_again_after_mending(visit, cast, database):
    browser = visit(cast.alice.owner)
    key = browser.get("/send").value_of("key")
    browser.post("/send", to="1", text="Hello", key=key)
    browser.post("/send", to=PHONE, text="Hello", key=key)
    assert len(_messages(database, cast.alice.owner)) == 1


def test_an_estimate_is_a_fragment_with_parts_price_and_balance_after(visit, cast, database):
    browser = visit(cast.alice.owner)
    browser.get("/send")
    seen = browser.post("/send/estimate", fragment=True, to=PHONE, text="Hello")
    assert seen.status == 200
    assert "<html" not in seen.html
    assert seen.text == (
        "Characters 5 Parts 1 Alphabet GSM-7 Price $0.0138 Balance afterwards $99.9862"
    )
    assert _messages(database, cast.alice.owner) == []


def test_an_estimate_names_the_characters_that_force_the_other_alphabet(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/send")
    seen = browser.post("/send/estimate", fragment=True, to=PHONE, text="No – never ж")
    assert "Alphabet UCS-2" in seen.text
    assert "– en dash instead: -" in seen.text
    assert "ж cyrillic small letter zhe" in seen.text


def test_an_estimate_counts_before_a_number_is_typed(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/send")
    seen = browser.post("/send/estimate", fragment=True, to="", text="Hello")
    assert seen.text == "Characters 5 Parts 1 Alphabet GSM-7"
    nothing = browser.post("/send/estimate", fragment=True, to="", text="")
    assert nothing.text.startswith("Type a number and a text")


def test_an_estimate_says_why_a_message_would_be_refused(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/send")
    seen = browser.post("/send/estimate", fragment=True, to="+33612345678", text="Salut")
    assert "Parts 1" in seen.text
    assert "This country is not open for you." in seen.text


def test_an_estimate_without_scripts_is_the_whole_page(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/send")
    seen = browser.post("/send/estimate", to=PHONE, text="Hello")
    assert seen.status == 200
    assert "Balance afterwards $99.9862" in seen.text
    assert seen.value_of("to") == PHONE


def test_characters_are_replaced_with_plain_ones_on_request(visit, cast):
    browser = visit(cast.alice.owner)
    browser.get("/send")
    seen = browser.post("/send/estimate", to=PHONE, text="“No” – never", plain="1")
    assert "&#34;No&#34; - never</textarea>" in seen.html
    assert "Alphabet GSM-7" in seen.text


def test_an_estimate_needs_the_right_to_send(visit, cast):
    seen = visit(cast.sam).post("/send/estimate", fragment=True, to=PHONE, text="Hello")
    assert seen.status == 404


def _messages(database, actor):
    with database.session(actor.reseller_id) as session:
        return history.page(session, actor=actor)
