"""Monthly statements: opening and movements are the closing, in the ledger as on the paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts import wallet
from portal.accounts.models import Activity, Client
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.months import Month, month_of
from portal.invoicing import statement_mails, statement_papers, statements
from portal.invoicing.paper_words import Words
from portal.invoicing.statement_models import StatementFile, StatementMail
from portal.invoicing.statement_papers import Which
from portal.ledger import by_day, opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.tenancy import resellers, settings
from tests.builders import invoicing
from tests.cast import SUNNY, UNIT, Cast, Firm

NEW_YORK = ZoneInfo("America/New_York")
OCTOBER, NOVEMBER = Month(date(2031, 10, 1)), Month(date(2031, 11, 1))
BEFORE_MIDNIGHT = datetime(2031, 10, 31, 23, 59, 59, 999_999, NEW_YORK)
MIDNIGHT = datetime(2031, 11, 1, 0, 0, 0, 0, NEW_YORK)


def client_of(session: ResellerSession, firm: Firm) -> Client:
    return session.get_one(Client, (firm.reseller_id, firm.client_id))


def pay(session: ResellerSession, cast: Cast, amount: int, at: datetime, **more: object) -> int:
    with time_machine.travel(at, tick=False):
        return wallet.payment(
            session,
            client_id=cast.alice.client_id,
            amount=amount,
            description=str(more.pop("description", "cash")),
            by=cast.sam,
            **more,  # type: ignore[arg-type]  # what a payment takes beside it
        )


def message(session: ResellerSession, firm: Firm, price: int, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        client = client_of(session, firm)
        assert client.wallet_id is not None
        sales = opening.account(session, AccountCode.SALES, unit=client.currency)
        posting.post(
            session,
            [
                Transfer(
                    debit=client.wallet_id, credit=sales, unit=client.currency, amount=price,
                    code=TransferCode.MESSAGE_PRICE, cause=ids.new(), actor=None,
                )
            ],
        )  # fmt: skip


def statement(session: ResellerSession, cast: Cast, month: Month) -> statements.Statement:
    client = client_of(session, cast.alice)
    return statements.of(session, statements.wallet_in(session, client, "USD"), month)


def test_a_wallet_that_is_not_there_has_none(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        statements.wallet_in(session, client_of(session, cast.alice), "PLN")
    which = Which(client_id=7, month=OCTOBER, currency="USD")
    with time_machine.travel(datetime(2031, 12, 1, tzinfo=UTC)), pytest.raises(NotFound):
        statement_papers.prepare(session, which)


def test_a_month_ends_at_midnight_where_the_reseller_is(
    session: ResellerSession, cast: Cast
) -> None:
    pay(session, cast, 3 * UNIT, BEFORE_MIDNIGHT)
    pay(session, cast, 5 * UNIT, MIDNIGHT)
    october, november = (statement(session, cast, each) for each in (OCTOBER, NOVEMBER))
    assert (october.opening, october.closing) == (100 * UNIT, 103 * UNIT)
    assert (november.opening, november.closing) == (103 * UNIT, 108 * UNIT)
    assert [each.day for each in november.sums] == [date(2031, 11, 1)]
    assert [each.day for each in october.sums] == [date(2031, 10, 31)]


moves = st.lists(
    st.tuples(
        st.sampled_from(["payment", "message"]),
        st.integers(min_value=1, max_value=5 * UNIT),
        st.timedeltas(timedelta(days=-2), timedelta(days=2)).map(lambda off: MIDNIGHT + off),
    ),
    max_size=8,
)


@given(moves=moves)
def test_opening_and_movements_are_the_closing(
    shared_database: object, cast: Cast, moves: list[tuple[str, int, datetime]]
) -> None:
    with shared_database.session(SUNNY) as session:  # type: ignore[attr-defined]  # a Database
        for kind, amount, at in sorted(moves, key=lambda each: each[2]):
            if kind == "payment":
                pay(session, cast, amount, at)
            else:
                message(session, cast.alice, amount, at)
        october, november = (statement(session, cast, each) for each in (OCTOBER, NOVEMBER))
        for one in (october, november):
            assert one.opening + sum(each.amount for each in one.sums) == one.closing
        assert october.closing == november.opening
        client = client_of(session, cast.alice)
        assert november.closing == wallet.balance(session, client)
        session.rollback()


def test_messages_of_a_day_are_one_line(session: ResellerSession, cast: Cast) -> None:
    for hour in (9, 10, 11):
        message(session, cast.alice, 13_800, datetime(2031, 10, 4, hour, tzinfo=NEW_YORK))
    paid = pay(session, cast, UNIT, datetime(2031, 10, 4, 12, tzinfo=NEW_YORK))
    wallet.reverse(
        session, client_id=cast.alice.client_id, transfer_id=paid, by=cast.sam, reason="mistake"
    )
    messages, payment = statement(session, cast, OCTOBER).sums
    assert (messages.count, messages.amount) == (3, -41_400)
    say = Words("en")
    assert statement_papers.described(messages, say) == "Message (3 times)"
    assert statement_papers.described(payment, say) == "Payment (reversed): cash"


def test_a_month_of_many_payments_is_summed_too(session: ResellerSession, cast: Cast) -> None:
    for hour in range(4):
        pay(session, cast, UNIT, datetime(2031, 10, 4, hour, tzinfo=NEW_YORK))
    held = statements.wallet_in(session, client_of(session, cast.alice), "USD")

    def counts(single_max: int) -> list[int]:
        found = by_day.sums(
            session,
            held.account_id,
            since=OCTOBER.begins("America/New_York"),
            until=OCTOBER.ends("America/New_York"),
            time_zone="America/New_York",
            together=(),
            single_max=single_max,
        )
        assert sum(each.amount for each in found) == 4 * UNIT
        return [each.count for each in found]

    assert (counts(4), counts(3)) == ([1, 1, 1, 1], [4])


def test_each_wallet_has_its_own(session: ResellerSession, cast: Cast) -> None:
    pay(session, cast, 7 * UNIT, BEFORE_MIDNIGHT, currency="EUR", priced={"EUR"})
    client = client_of(session, cast.alice)
    euros = statements.of(session, statements.wallet_in(session, client, "EUR"), OCTOBER)
    assert (euros.opening, euros.closing) == (0, 7 * UNIT)
    assert statement(session, cast, OCTOBER).closing == 100 * UNIT
    told = statement_mails.told(session, client, OCTOBER)
    assert [each.currency for each in told] == ["EUR", "USD"]


def test_a_month_is_over_once_nothing_can_be_added(session: ResellerSession) -> None:
    for moment, is_over in (
        (datetime(2031, 11, 1, 0, 59, 59, tzinfo=NEW_YORK), False),
        (datetime(2031, 11, 1, 1, 0, tzinfo=NEW_YORK), True),
    ):
        with time_machine.travel(moment, tick=False):
            assert statements.is_over(session, OCTOBER) is is_over
            assert statements.month_over(session) == (OCTOBER if is_over else None)


def test_a_paper_says_all_of_it(session: ResellerSession, cast: Cast) -> None:
    invoicing.make(session)
    message(session, cast.alice, 13_800, BEFORE_MIDNIGHT)
    client = client_of(session, cast.alice)
    client.firstname, client.company = "<b>Ada", "Müller & Söhne"
    found = statement_papers.document(session, client, statement(session, cast, OCTOBER))
    assert found.title == "Statement of October 2031"
    assert (found.seller[0], found.buyer[:2]) == (
        "Sunny Text GmbH", ("Müller & Söhne", "<b>Ada Tester"),
    )  # fmt: skip
    assert (found.opening.balance, found.closing.balance) == ("$100.00", "$99.9862")
    (row,) = found.rows
    assert (row.day, row.text, row.amount, row.balance) == (
        "Oct 31, 2031", "Message", "-$0.0138", "$99.9862",
    )  # fmt: skip
    assert found.remarks == ("Days begin at midnight in America/New_York.",)
    settings.change(session, invoices={})
    assert (
        statement_papers.document(session, client, statement(session, cast, OCTOBER)).seller == ()
    )


@pytest.mark.parametrize("language", ["de", "ar", "fr-CA"])
def test_a_paper_is_in_the_clients_language(
    session: ResellerSession, cast: Cast, language: str
) -> None:
    client = client_of(session, cast.alice)
    client.language = language
    found = statement_papers.document(session, client, statement(session, cast, OCTOBER))
    assert found.direction == ("rtl" if language == "ar" else "ltr")


def test_a_pdf_is_of_a_month_that_is_over_and_made_once(
    session: ResellerSession, cast: Cast
) -> None:
    which = Which(client_id=cast.alice.client_id, month=OCTOBER, currency="USD")
    with time_machine.travel(MIDNIGHT):
        assert statement_papers.prepare(session, which) is None
    with time_machine.travel(datetime(2031, 11, 2, tzinfo=UTC)):
        page = statement_papers.prepare(session, which)
        assert page is not None
        assert "Statement of October 2031" in page
        assert not statement_papers.is_there(session, which)
        statement_papers.keep(session, which, b"first")
        statement_papers.keep(session, which, b"second")
        assert statement_papers.prepare(session, which) is None
    kept = statement_papers.file_of(session, which)
    assert kept is not None
    assert (kept.content, statement_papers.is_there(session, which)) == (b"first", True)
    reference = statement_papers.reference(which)
    assert reference.name == "statement-2031-10-USD.pdf"
    assert statement_papers.referred(session, reference.key) == b"first"
    other = statement_papers.reference(Which(client_id=7, month=OCTOBER, currency="USD"))
    assert statement_papers.referred(session, other.key) is None


def test_it_is_mailed_to_who_wants_it_once_a_month(session: ResellerSession, cast: Cast) -> None:
    def queued() -> int:
        asked = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'statements.send'"
        return int(session.scalar(text(asked)) or 0)

    number = cast.alice.client_id
    assert not statement_mails.is_wanted(session, client_id=number)
    with time_machine.travel(datetime(2031, 10, 15, tzinfo=UTC)):
        for _ in range(2):
            statement_mails.set_wanted(session, client_id=number, wanted=True, by=cast.sam)
        assert statement_mails.queue_due(session) == 0  # September is not what was asked for
    with time_machine.travel(MIDNIGHT):
        assert statement_mails.queue_due(session) == 0
    with time_machine.travel(datetime(2031, 11, 1, 12, tzinfo=UTC)):
        assert statement_mails.queue_due(session) == 1
        assert statement_mails.queue_due(session) == 0
    assert queued() == 1
    statement_mails.set_wanted(session, client_id=number, wanted=False, by=cast.sam)
    assert not statement_mails.is_wanted(session, client_id=number)
    acts = select(Activity.what).where(Activity.what.like("client.statements%"))
    assert sorted(session.scalars(acts)) == [
        "client.statements_mailed", "client.statements_not_mailed",
    ]  # fmt: skip


def test_an_erased_client_leaves_none(session: ResellerSession, cast: Cast) -> None:
    number = cast.alice.client_id
    which = Which(client_id=number, month=OCTOBER, currency="USD")
    statement_papers.keep(session, which, b"%PDF")
    statement_mails.set_wanted(session, client_id=number, wanted=True, by=cast.sam)
    statement_mails.forget_of(session, client_id=number)
    for table in (StatementFile, StatementMail):
        assert session.scalar(select(func.count()).select_from(table)) == 0


def test_months_are_kept_by_their_first_day(session: ResellerSession, cast: Cast) -> None:
    for row in (
        StatementMail(client_id=cast.alice.client_id, month=date(2031, 10, 2)),
        StatementFile(
            client_id=cast.alice.client_id, month=date(2031, 10, 2), currency="USD",
            made_at=clock.now(), content=b"",
        ),
    ):  # fmt: skip
        kept = session.begin_nested()
        session.add(row)
        with pytest.raises(IntegrityError):
            session.flush()
        kept.rollback()


def test_the_first_month_is_that_of_the_activation(session: ResellerSession, cast: Cast) -> None:
    client = client_of(session, cast.alice)
    client.activated_at = datetime(2026, 3, 1, 4, 59, tzinfo=UTC)
    assert statements.first_month(session, client).key == "2026-02"
    assert month_of(date(2026, 2, 28)).key == "2026-02"
    assert resellers.own(session).time_zone == "America/New_York"
