"""Every movement of a wallet, with the balance after it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.accounts import wallet
from portal.accounts.models import Client, Person
from portal.accounts.roles import Role
from portal.infra import clock
from portal.infra.months import month_of
from portal.invoicing import printing, statement_papers
from portal.invoicing.statement_papers import Which
from portal.tenancy import settings
from portal.tenancy.display import Display
from portal.web.parts import statement_view
from tests.builders.money import owe
from tests.cast import UNIT

A = "+12025550101"


@pytest.fixture
def this_month():
    return f"{clock.now().astimezone(ZoneInfo('America/New_York')):%Y-%m}"


def _activated(database, firm, day):
    with database.session(firm.reseller_id) as session, session.begin():
        client = session.get(Client, (firm.reseller_id, firm.client_id))
        client.activated_at = datetime.fromisoformat(day).replace(tzinfo=UTC)


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


def test_a_month_begins_and_ends_with_what_the_wallet_held(visit, cast, sent, this_month):
    sent(cast.alice.owner, A)
    browser = visit(cast.alice.owner)
    assert browser.get("/statement").rows() == 2
    seen = browser.get(f"/statement?month={this_month}")
    assert seen.rows() == 2
    assert "$0.00 Moved in" in seen.text
    assert "$99.9862 At the end, or now $99.9862" in seen.text


def test_an_earlier_month_has_its_own_movements(visit, cast, database):
    _activated(database, cast.alice, "2026-01-15")
    seen = visit(cast.alice.owner).get("/statement?month=2026-02")
    assert (seen.status, seen.rows()) == (200, 0)
    assert "Nothing was booked in this month." in seen.text
    assert "At the beginning of February 2026 $0.00" in seen.text


@pytest.mark.parametrize("month", ["yesterday", "2026-13", "1999-01", "２０２６-01"])
def test_a_month_that_is_none_is_refused(visit, cast, month):
    seen = visit(cast.alice.owner).get(f"/statement?month={month}")
    assert seen.status == 422
    assert visit(cast.alice.owner).get(f"/statement.csv?month={month}").status == 422


def test_each_wallet_has_its_own_statement(visit, cast, database):
    with database.session(cast.sam.reseller_id) as session, session.begin():
        wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=7 * UNIT,
            description="in euros",
            currency="EUR",
            priced={"EUR"},
            by=cast.sam,
        )
    browser = visit(cast.alice.owner)
    assert "Payment: in euros €7.00 €7.00" in browser.get("/statement").text
    seen = browser.get("/statement?currency=USD")
    assert "Payment: Opening $100.00 $100.00" in seen.text
    assert "in euros" not in seen.text
    assert browser.get("/statement?currency=PLN").status == 422


def test_a_file_has_the_movements_oldest_first(visit, cast, sent, this_month):
    sent(cast.alice.owner, A)
    seen = visit(cast.alice.owner).get(f"/statement.csv?month={this_month}")
    lines = seen.html.removeprefix("\ufeff").splitlines()
    label = f"{datetime.strptime(this_month, '%Y-%m'):%B %Y}"  # noqa: DTZ007 - a month has no zone
    assert lines[0] == '"date","description","amount","balance","currency"'
    assert [line.split(",")[1:] for line in lines[1:]] == [
        [f'"At the beginning of {label}"', '""', '"0.00"', '"USD"'],
        ['"Payment: Opening"', '"100.00"', '"100.00"', '"USD"'],
        ['"Message"', '"-0.0138"', '"99.9862"', '"USD"'],
        ['"At the end', ' or now"', '""', '"99.9862"', '"USD"'],
    ]


def test_a_long_month_is_read_in_pieces(visit, cast, sent, monkeypatch):
    for _ in range(5):
        sent(cast.alice.owner, A)
    monkeypatch.setattr(statement_view, "_LINES_AT_ONCE", 2)
    assert len(visit(cast.alice.owner).get("/statement.csv").html.splitlines()) == 9


def test_of_a_month_that_is_too_long_the_latest_movements_are_in_the_file(
    visit, cast, sent, monkeypatch
):
    for _ in range(5):
        sent(cast.alice.owner, A)
    monkeypatch.setattr(statement_view, "_LINES_AT_ONCE", 2)
    monkeypatch.setattr(statement_view, "_LINES_MAX", 4)
    lines = visit(cast.alice.owner).get("/statement.csv").html.splitlines()
    assert len(lines) == 7
    assert '"99.9862"' in lines[1]  # what it held before them
    assert '"99.931"' in lines[-1]


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


@pytest.fixture
def last_month(cast, database):
    """A month that is over, and was the first of Alice."""
    month = month_of(clock.now().astimezone(ZoneInfo("America/New_York")).date()).before.before
    _activated(database, cast.alice, f"{month.key}-15")
    return month


def test_months_are_those_of_the_portal(visit, cast, database):
    with database.session(cast.alice.reseller_id) as session, session.begin():
        client = session.get(Client, (cast.alice.reseller_id, cast.alice.client_id))
        client.time_zone = "Asia/Tokyo"
    seen = visit(cast.alice.owner).get("/statement")
    assert "begins and ends at midnight in America/New_York" in seen.text


def test_a_month_that_is_over_is_put_on_paper(visit, cast, database, last_month):
    alice = visit(cast.alice.owner)
    path = f"month={last_month.key}&currency=USD"
    seen = alice.get(f"/statement?{path}")
    assert "Make a PDF" in seen.text
    assert "Save as PDF" not in seen.text
    seen = alice.get(f"/statement.pdf?{path}")
    assert (seen.status, seen.location) == (303, f"/statement?{path}")
    assert "There is no PDF of it yet." in alice.follow(seen).text
    seen = alice.post(f"/statement/pdf?{path}")
    assert "The PDF is being made" in alice.follow(seen).text
    with database.session(cast.alice.reseller_id) as session, session.begin():
        which = Which(client_id=cast.alice.client_id, month=last_month, currency="USD")
        statement_papers.keep(session, which, b"%PDF-1.7 it")
    assert "Save as PDF" in alice.get(f"/statement?{path}").text
    answer = alice.raw(f"/statement.pdf?{path}")
    assert (answer.status_code, answer.get_data()) == (200, b"%PDF-1.7 it")
    named = f'attachment; filename="statement-{last_month.key}-USD.pdf"'
    assert answer.headers["Content-Disposition"] == named


def test_a_month_that_goes_on_has_no_paper(visit, cast, this_month):
    alice = visit(cast.alice.owner)
    assert "Make a PDF" not in alice.get("/statement").text
    seen = alice.post(f"/statement/pdf?month={this_month}")
    assert "once the month is over" in alice.follow(seen).text


def test_where_nothing_can_be_printed_the_page_can(visit, cast, last_month, monkeypatch):
    monkeypatch.setattr(printing, "can_print", lambda: False)
    alice = visit(cast.alice.owner)
    path = f"/statement?month={last_month.key}"
    assert "Make a PDF" not in alice.get(path).text
    seen = alice.post(f"/statement/pdf?month={last_month.key}")
    assert "You can print the page instead" in alice.follow(seen).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_paper_of_no_month_is_refused(visit, cast, method):
    alice = visit(cast.alice.owner)
    alice.get("/statement")
    path = "/statement.pdf" if method == "get" else "/statement/pdf"
    assert getattr(alice, method)(f"{path}?month=never").status == 422


def test_statements_come_by_mail_once_that_is_asked_for(visit, cast):
    alice = visit(cast.alice.owner)
    assert "sent to alice@acme.test once the month is over" in alice.get("/statement").text
    seen = alice.follow(alice.post("/statement/mail", wanted="yes"))
    assert "at the beginning of each month" in seen.text
    assert "goes to alice@acme.test as a PDF" in seen.text
    seen = alice.follow(alice.post("/statement/mail", wanted="no"))
    assert "no statements by e-mail any more" in seen.text
    assert "Send me my statements" in seen.text


def test_who_only_reads_cannot_have_them_mailed(visit, cast, database):
    owner = cast.alice.owner
    with database.session(owner.reseller_id) as session, session.begin():
        session.get(Person, (owner.reseller_id, owner.person_id)).role = Role.READER.value
    assert visit(owner).post("/statement/mail", wanted="yes").status == 403


def test_whose_portal_shows_no_amounts_has_none(visit, cast, database):
    with database.session(cast.alice.reseller_id) as session, session.begin():
        settings.change(session, display=Display(money=False).model_dump(mode="json"))
    alice = visit(cast.alice.owner)
    alice.get("/send")
    for path in ("/statement", "/statement.csv", "/statement.pdf"):
        assert alice.get(path).status == 404
    for path in ("/statement/pdf", "/statement/mail"):
        assert alice.post(path, wanted="yes").status == 404


def test_what_is_owed_beside_the_wallet_stands_below_with_what_it_is_for(visit, cast, database):
    path = f"/reseller/clients/{cast.alice.client_id}/statement"
    assert "Owed" not in visit(cast.alice.owner).get("/statement").text
    assert "Owed" not in visit(cast.sam).get(path).text
    with database.session(cast.sam.reseller_id) as session, session.begin():
        owe(session, cast.alice, 3 * UNIT, by=cast.sam, words="Starter, May")
        wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=UNIT,
            description="Cash",
            by=cast.sam,
        )
    for seen in (visit(cast.alice.owner).get("/statement"), visit(cast.sam).get(path)):
        assert "Owed beside the balance Owed now $2.00" in seen.text
        assert "Debt paid $1.00 -$2.00" in seen.text
        assert "Fee that is owed: Starter, May -$3.00 -$3.00" in seen.text
