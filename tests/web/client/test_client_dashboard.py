"""What a client sees first."""

from __future__ import annotations

from portal.accounts import clients, wallet
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.billing import assignments
from portal.pricing import packages, selling
from portal.tenancy import welcome
from tests.builders.conditions import in_one_currency
from tests.builders.money import owe
from tests.cast import UNIT


def test_a_visitor_is_asked_to_sign_in(visit):
    seen = visit().get("/dashboard")
    assert (seen.status, seen.location) == (303, "/login?next=/dashboard")


def test_staff_have_no_client_pages(visit, cast):
    assert visit(cast.sam).get("/dashboard").status == 404


def test_somebody_new_sees_the_balance_and_what_to_do_first(visit, cast):
    seen = visit(cast.alice.owner).get("/dashboard")
    assert seen.status == 200
    assert "$100.00" in seen.text
    assert "First steps" in seen.text
    assert "No messages yet" in seen.text


def test_what_was_sent_stands_there_and_the_first_steps_are_gone(visit, cast, database, sent):
    sent(cast.alice.owner, "+12025550101", "Hello")
    seen = visit(cast.alice.owner).get("/dashboard")
    assert ">$99.98<" in seen.html
    assert 'title="$99.9862"' in seen.html
    assert "First steps" not in seen.text
    assert "+1 202-555-0101" in seen.text
    assert "$0.0138" in seen.text


def test_the_welcome_text_is_shown_without_what_could_harm(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        welcome.keep(session, '<h2>Hi</h2><script>alert(1)</script><b onclick="x">there</b>')
    html = visit(cast.alice.owner).get("/dashboard").html
    assert "<h2>Hi</h2><b>there</b>" in html
    assert "alert(1)" not in html


def test_what_is_left_of_a_bundle_and_when_it_is_full_again(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        package = packages.create(
            session, name="Talker", conditions=in_one_currency("USD", bundle_parts=100)
        )
        assignments.assign(
            session,
            sub_account_id=cast.alice.sub_account_id,
            package_id=package.id,
            by=cast.sam,
            on=selling.today(session),
        )
    seen = visit(cast.alice.owner).get("/dashboard")
    assert "Talker 100 of 100 parts left Nothing was used in the last 14 days" in seen.text
    assert "Full again on" in seen.text


def test_a_client_suspended_by_staff_is_told(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        clients.suspend(
            session, client_id=cast.alice.client_id, by=cast.sam, reason="a matter of ours"
        )
    seen = visit(cast.alice.owner).get("/dashboard")
    assert "Your account is suspended." in seen.text
    assert "a matter of ours" not in seen.text


def test_a_client_suspended_by_balance_is_told_what_to_do(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        wallet.charge(
            session,
            client_id=cast.henry.client_id,
            amount=100 * UNIT,
            description="all of it",
            by=cast.sam,
        )
    seen = visit(cast.henry.owner).get("/dashboard")
    assert "Your balance is used up, so nothing is sent." in seen.text
    assert "Sending goes on by itself as soon as a payment has arrived." in seen.text


def test_whoever_may_not_see_money_sees_none(visit, cast, database):
    _make(database, cast.alice.owner, Role.READER)
    seen = visit(cast.alice.owner).get("/dashboard")
    assert seen.status == 200
    assert "$" not in seen.text


def test_whoever_sees_money_only_sees_no_messages(visit, cast, database, sent):
    sent(cast.alice.owner, "+12025550101", "Secret words")
    _make(database, cast.alice.owner, Role.BILLING)
    seen = visit(cast.alice.owner).get("/dashboard")
    assert ">$99.98<" in seen.html
    assert "Secret words" not in seen.text


def test_the_number_of_statements_does_not_grow_with_messages(visit, cast, database, counted, sent):
    sent(cast.alice.owner, "+12025550101", "One")
    browser = visit(cast.alice.owner)
    browser.get("/dashboard")
    with counted() as with_one:
        browser.get("/dashboard")
    for text in ("Two", "Three"):
        sent(cast.alice.owner, "+12025550101", text)
    with counted() as with_three:
        browser.get("/dashboard")
    assert len(with_one) == len(with_three)


def _make(database, actor, role):
    with database.session(actor.reseller_id) as session, session.begin():
        session.get(Person, (actor.reseller_id, actor.person_id)).role = role.value


def _owes(database, cast, amount):
    """A fee that the wallet cannot pay whole."""
    with database.session(cast.sam.reseller_id) as session, session.begin():
        owe(session, cast.alice, amount, by=cast.sam)


def test_what_is_owed_beside_the_balance_is_told_and_what_pays_it(visit, cast, database):
    assert "Owed" not in visit(cast.alice.owner).get("/dashboard").text
    _owes(database, cast, 3 * UNIT)
    seen = visit(cast.alice.owner).get("/dashboard")
    assert "Owed beside the balance $3.00 The next payment pays it first." in seen.text
    assert "Sending goes on by itself as soon as more is paid in than you owe." in seen.text


def test_whoever_may_not_see_the_balance_sees_no_debt(visit, cast, database):
    _owes(database, cast, 3 * UNIT)
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.USER.value
    assert "Owed" not in visit(owner).get("/dashboard").text
