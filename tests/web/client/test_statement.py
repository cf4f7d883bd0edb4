"""Every movement of a wallet, with the balance after it."""

from __future__ import annotations

from portal.accounts import wallet
from portal.accounts.models import Person
from portal.accounts.roles import Role
from tests.cast import UNIT

A = "+12025550101"


def test_whoever_may_not_see_money_is_refused(visit, cast, database):
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.USER.value
    assert visit(owner).get("/statement").status == 403


def test_each_movement_has_its_balance_and_each_message_its_page(visit, cast, sent):
    number = sent(cast.alice.owner, A)
    seen = visit(cast.alice.owner).get("/statement")
    assert seen.rows() == 2
    assert "Message -$0.0138 $99.9862" in seen.text
    assert "Payment: Opening $100.00 $100.00" in seen.text
    assert f'<a href="/messages/{number}">Message</a>' in seen.html


def test_a_reversal_says_what_it_took_back(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        paid = wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=5 * UNIT,
            description="by mistake",
            by=cast.sam,
        )
        wallet.reverse(
            session,
            client_id=cast.alice.client_id,
            transfer_id=paid,
            by=cast.sam,
            reason="was another client's",
        )
    seen = visit(cast.alice.owner).get("/statement")
    assert "Reversal: was another client's -$5.00 $100.00" in seen.text
    assert "Payment (reversed): by mistake $5.00 $105.00" in seen.text


def test_a_period_leaves_the_rest_out_and_keeps_the_balance(visit, cast, sent):
    sent(cast.alice.owner, A)
    browser = visit(cast.alice.owner)
    assert browser.get("/statement?to=2026-01-01").rows() == 0
    seen = browser.get("/statement?from=2026-01-01&to=9999-12-31")
    assert (seen.rows(), "$99.9862" in seen.text) == (2, True)
    assert (seen.value_of("from"), seen.value_of("to")) == ("2026-01-01", "9999-12-31")


def test_a_day_that_is_none_is_said_beside_it(visit, cast):
    seen = visit(cast.alice.owner).get("/statement?from=yesterday")
    assert seen.status == 422
    assert seen.value_of("from") == "yesterday"


def test_a_client_sees_its_own_wallet_only(visit, cast, sent):
    sent(cast.henry.owner, A)
    assert visit(cast.alice.owner).get("/statement").rows() == 1


def test_the_number_of_statements_does_not_grow_with_movements(visit, cast, sent, counted):
    browser = visit(cast.alice.owner)
    browser.get("/statement")
    with counted() as with_one:
        assert browser.get("/statement").rows() == 1
    sent(cast.alice.owner, A)
    sent(cast.alice.owner, A)
    with counted() as with_three:
        assert browser.get("/statement").rows() == 3
    assert len(with_one) == len(with_three)
