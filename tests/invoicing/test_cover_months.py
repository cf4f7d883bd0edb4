"""What resellers use on a limit is invoiced by the month: once, in full, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.accounts import cover, cover_paying
from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession, in_scope_of
from portal.infra.months import Month, month_of
from portal.invoicing import cover_months, documents, invoice_data, invoices
from portal.invoicing.cover_month_models import CoverMonth
from portal.invoicing.models import Invoice
from portal.invoicing.statuses import Kind
from portal.ledger import opening, posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.payments import settling
from portal.payments.statuses import Outcome
from portal.tenancy import resellers
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import invoicing, paying
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

LIMIT = 500 * UNIT
CENT = 10_000


@pytest.fixture
def operator(shared_database: Database, cast: Cast) -> Iterator[ResellerSession]:
    """A session of the operator's that is rolled back; Sunny works on a limit, from zero."""
    with shared_database.session(OPERATOR_ID) as opened:
        invoicing.make(opened, prefix="W-", charges_vat=False)
        paying.account(opened, by=cast.olga)
        with in_scope_of(opened, SUNNY) as own:
            cover.set_limit(own, currency="USD", limit=LIMIT, by=cast.olga)
            cover_paying.take_back(
                own, cause=ids.new(), amount=cover.balance(own), currency="USD", disputed=False,
                description="",
            )  # fmt: skip
        yield opened
        opened.rollback()


@pytest.fixture
def this_month(operator: ResellerSession) -> Month:
    """The month that it is; the job has seen the limit, and had nothing to invoice."""
    (before,) = settle(operator)
    assert (before.gross, before.ahead, before.overdraft) == (0, 0, LIMIT)
    return month_of(clock.now().date())


def settle(operator: ResellerSession, reseller_id: int = SUNNY) -> list[CoverMonth]:
    return cover_months.settle(operator, reseller_id)


def at(month: Month, *, day: int = 2) -> Any:
    return time_machine.travel(month.begins("UTC") + timedelta(days=day - 1), tick=True)


def use(
    operator: ResellerSession,
    amount: int,
    *,
    code: TransferCode = TransferCode.MESSAGE_COST,
    unit: str = "USD",
) -> None:
    """What messages and fees do with the cover, and what is given back for some."""
    with in_scope_of(operator, SUNNY) as own:
        sides = (
            cover.account(own, currency=unit),
            opening.account(own, AccountCode.OPERATOR_SALES, unit=unit),
        )
        debit, credit = sides[::-1] if code is TransferCode.COST_REFUND else sides
        made = Transfer(
            debit=debit, credit=credit, unit=unit, amount=amount, code=code, cause=ids.new()
        )
        posting.post(own, [made])


def pay(operator: ResellerSession, cast: Cast, amount: int) -> list[Invoice]:
    """Pay so much online; the invoices that were made for it."""
    deposit = paying.begun_for_cover(operator, SUNNY, by=cast.sam, amount=amount)
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit))
    return [each for each in all_of(operator) if each.deposit_id == deposit.id]


def pay_by_hand(operator: ResellerSession, cast: Cast, amount: int) -> None:
    with in_scope_of(operator, SUNNY) as own:
        cover.pay_in(own, amount=amount, description="Transfer", by=cast.olga)


def all_of(operator: ResellerSession) -> list[Invoice]:
    operator.flush()
    return list(operator.scalars(select(Invoice).order_by(Invoice.id)))


def told(operator: ResellerSession, invoice: Invoice) -> tuple[list[tuple[str, str]], list[str]]:
    drawn = documents.of(operator, invoice)
    return [(each.name, each.text) for each in drawn.details], list(drawn.remarks)


def test_what_was_used_in_a_month_is_one_invoice(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 150 * UNIT)
    use(operator, 20 * UNIT, code=TransferCode.HOSTNAME_FEE)
    use(operator, 10 * UNIT, code=TransferCode.COST_REFUND)
    assert settle(operator) == []  # the month is not over
    with at(this_month.after):
        use(operator, 7 * UNIT)  # is of the next month
        (month,) = settle(operator)
        assert settle(operator) == []
        today = invoices.today(operator)
    assert (month.messages, month.fees, month.held) == (140 * UNIT, 20 * UNIT, -160 * UNIT)
    (made,) = all_of(operator)
    assert (made.payer_id, made.client_id, made.deposit_id) == (SUNNY, None, None)
    assert (made.kind, made.month, made.gross) == (Kind.INVOICE, this_month.first, 160 * UNIT)
    assert (made.due, made.due_on) == (160 * UNIT, today + timedelta(days=14))
    details, remarks = told(operator, made)
    assert details == [
        ("Messages of the month", "$140.00"),
        ("Fees of the month", "$20.00"),
    ]
    assert remarks[1].startswith("Please pay $160.00 by ")
    assert remarks[2].endswith("your cover was -$160.00.")
    xml = invoice_data.written(made, corrects=None)
    assert b"<ram:DuePayableAmount>160.00<" in xml
    assert made.due_on.strftime("%Y%m%d").encode() in xml


def test_no_money_moves_by_it(operator: ResellerSession, cast: Cast, this_month: Month) -> None:
    use(operator, 150 * UNIT)
    with in_scope_of(operator, SUNNY) as own:
        before = cover.balance(own)
    with at(this_month.after):
        settle(operator)
    with in_scope_of(operator, SUNNY) as own:
        assert cover.balance(own) == before == -150 * UNIT


def test_paying_it_makes_no_second_invoice(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 150 * UNIT)
    with at(this_month.after):
        settle(operator)
        (made,) = all_of(operator)
        assert cover_months.open_of(operator, [made]) == {made.id: 150 * UNIT}
        assert pay(operator, cast, 100 * UNIT) == []
        assert cover_months.open_of(operator, [made]) == {made.id: 50 * UNIT}
        use(operator, 30 * UNIT)  # of the new month: it does not make the old one dearer
        assert cover_months.open_of(operator, [made]) == {made.id: 50 * UNIT}
        (ahead,) = pay(operator, cast, 100 * UNIT)
        assert ahead.gross == 50 * UNIT
        assert cover_months.open_of(operator, [made, ahead]) == {made.id: 0}
    with at(this_month.after.after):
        (month,) = settle(operator)
    assert (month.messages, month.gross, month.ahead) == (30 * UNIT, 0, 20 * UNIT)
    assert len(all_of(operator)) == 2


def test_what_was_invoiced_when_it_was_paid_is_taken_off(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    (first,) = pay(operator, cast, 100 * UNIT)
    assert first.gross == 100 * UNIT
    use(operator, 150 * UNIT)
    with at(this_month.after):
        settle(operator)
    made = all_of(operator)[-1]
    assert (made.gross, made.due) == (50 * UNIT, 50 * UNIT)
    details, _ = told(operator, made)
    assert details[-1] == ("Paid before, so not in this invoice", "-$100.00")


def test_a_payment_between_the_end_of_the_month_and_its_invoice_counts(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 150 * UNIT)
    with time_machine.travel(this_month.ends("UTC") + timedelta(minutes=30)):
        assert settle(operator) == []  # what is late could still be added
        (paid,) = pay(operator, cast, 100 * UNIT)
    with at(this_month.after):
        settle(operator)
        made = all_of(operator)[-1]
        assert (paid.gross, made.gross, made.due) == (100 * UNIT, 50 * UNIT, 50 * UNIT)
        use(operator, 10 * UNIT)
    with at(this_month.after.after):
        (month,) = settle(operator)
    assert month.gross == 10 * UNIT  # the payment is taken off once


def test_what_was_paid_by_hand_settles_it(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    pay_by_hand(operator, cast, 60 * UNIT)
    use(operator, 150 * UNIT)
    with at(this_month.after):
        settle(operator)
    (made,) = all_of(operator)
    assert (made.gross, made.due) == (150 * UNIT, 90 * UNIT)
    _, remarks = told(operator, made)
    assert remarks[1].startswith("$60.00 of it are paid already, from your cover. Please pay")


def test_what_is_settled_says_so(operator: ResellerSession, cast: Cast, this_month: Month) -> None:
    pay_by_hand(operator, cast, 200 * UNIT)
    use(operator, 150 * UNIT)
    with at(this_month.after):
        settle(operator)
    (made,) = all_of(operator)
    assert made.due == 0
    drawn = documents.of(operator, made)
    assert drawn.remarks[1] == "This is paid already, from your cover."
    assert "To be paid by" not in [each.name for each in drawn.facts]


def test_after_a_standstill_each_month_has_its_own(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 100 * UNIT)
    with at(this_month.after, day=10):
        use(operator, 50 * UNIT)
    with at(this_month.after.after, day=10):
        pay_by_hand(operator, cast, 120 * UNIT)
        assert [each.month for each in settle(operator)] == [
            this_month.first,
            this_month.after.first,
        ]
        found = all_of(operator)
        assert [(each.gross, each.due) for each in found] == [
            (100 * UNIT, 0),
            (50 * UNIT, 30 * UNIT),
        ]
        opened = cover_months.open_of(operator, found)
    assert list(opened.values()) == [0, 30 * UNIT]


def test_what_is_finer_than_a_coin_waits_for_the_next_month(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 10 * UNIT + 4_321)
    with at(this_month.after):
        (first,) = settle(operator)
        use(operator, 10 * UNIT + 4_321)
    with at(this_month.after.after):
        (second,) = settle(operator)
    assert (first.gross, first.ahead) == (10 * UNIT, -4_321)
    assert (second.gross, second.ahead) == (10 * UNIT + CENT, CENT - 2 * 4_321)
    made = all_of(operator)[-1]
    assert (made.due, invoice_data.can_be_written(made)) == (10 * UNIT + CENT, True)
    details, _ = told(operator, made)
    assert details == [
        ("Messages of the month", "$10.004321"),
        ("Rounding", "$0.005679"),  # of both months
    ]


def test_the_first_month_of_a_limit_invoices_what_is_owed_from_before(
    operator: ResellerSession, cast: Cast
) -> None:
    month = month_of(clock.now().date())
    use(operator, 150 * UNIT)
    with at(month.after, day=20):
        use(operator, 40 * UNIT)
    with at(month.after.after):
        (made,) = settle(operator)
    assert (made.month, made.messages, made.gross) == (
        month.after.first, 40 * UNIT, 190 * UNIT,
    )  # fmt: skip


def test_what_came_before_a_limit_is_not_invoiced_again(
    operator: ResellerSession, cast: Cast
) -> None:
    pay_by_hand(operator, cast, 80 * UNIT)
    with at(month_of(clock.now().date()).after):
        (made,) = settle(operator)
    assert (made.gross, made.ahead) == (0, 80 * UNIT)
    assert all_of(operator) == []


def test_a_refund_is_invoiced_with_the_month(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    deposit = paying.begun_for_cover(operator, SUNNY, by=cast.sam, amount=100 * UNIT)
    settling.apply(operator, deposit_id=deposit.id, seen=paying.seen(deposit))
    use(operator, 60 * UNIT)
    back = paying.seen(deposit, Outcome.PAID, paying.refunded("re_1", 100 * UNIT))
    settling.apply(operator, deposit_id=deposit.id, seen=back)
    with at(this_month.after):
        (month,) = settle(operator)
    assert (month.invoiced, month.gross) == (0, 60 * UNIT)


def test_a_payment_given_again_has_the_invoice_that_was_credited_and_no_more(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 60 * UNIT)
    with at(this_month.after):
        settle(operator)
        deposit = paying.begun_for_cover(operator, SUNNY, by=cast.sam, amount=100 * UNIT)
        for takings in (
            (),
            (paying.disputed("dp_1", 100 * UNIT),),
            (paying.disputed("dp_1", 100 * UNIT, won=True),),
        ):
            seen = paying.seen(deposit, Outcome.PAID, *takings)
            settling.apply(operator, deposit_id=deposit.id, seen=seen)
    issued = [(each.kind, each.gross) for each in all_of(operator) if each.deposit_id]
    assert issued == [
        (Kind.INVOICE, 40 * UNIT),
        (Kind.CREDIT_NOTE, 40 * UNIT),
        (Kind.INVOICE, 40 * UNIT),
    ]


def test_who_is_prepaid_has_none(operator: ResellerSession, cast: Cast) -> None:
    with at(month_of(clock.now().date()).after):
        assert settle(operator, HARBOUR) == []


def test_the_month_in_which_a_limit_ends_is_the_last(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 20 * UNIT)
    pay_by_hand(operator, cast, 100 * UNIT)
    with in_scope_of(operator, SUNNY) as own:
        cover.set_limit(own, currency="USD", limit=0, by=cast.olga)
    with at(this_month.after):
        (last,) = settle(operator)
        assert (last.gross, last.overdraft) == (20 * UNIT, 0)
        use(operator, 20 * UNIT)
    with at(this_month.after.after):
        assert settle(operator) == []
        with in_scope_of(operator, SUNNY) as own:
            cover.set_limit(own, currency="USD", limit=LIMIT, by=cast.olga)
        (anew,) = settle(operator)
    assert anew.gross == 0  # it was prepaid then


def test_nothing_is_settled_where_no_invoices_are_made(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 20 * UNIT)
    invoicing.make(operator, issuing=False)
    with at(this_month.after):
        assert settle(operator) == []
        invoicing.make(operator, charges_vat=False)
        (made,) = settle(operator)
    assert made.gross == 20 * UNIT


def test_months_are_those_of_the_operator(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    resellers.own(operator).time_zone = "Pacific/Auckland"
    operator.flush()
    with time_machine.travel(this_month.ends("UTC") - timedelta(hours=3), tick=True):
        use(operator, 20 * UNIT)  # it is the next month in Auckland
    with at(this_month.after):
        (made,) = settle(operator)
    assert made.messages == 0


def test_vat_is_in_what_was_used(operator: ResellerSession, cast: Cast, this_month: Month) -> None:
    invoicing.make(operator, rates={"DE": 19_000, "US": 10_000})
    use(operator, 110 * UNIT)
    with at(this_month.after):
        settle(operator)
    (made,) = all_of(operator)
    assert (made.net, made.vat, made.gross) == (100 * UNIT, 10 * UNIT, 110 * UNIT)
    _, remarks = told(operator, made)
    assert "VAT is included in the amounts of the month." in remarks


@pytest.mark.parametrize("column", ["payer_id", "gross"])
def test_a_month_is_never_changed(
    operator: ResellerSession, cast: Cast, this_month: Month, column: str
) -> None:
    with pytest.raises(DBAPIError, match="added, never changed"):
        operator.execute(update(CoverMonth).values({column: 1}))


def test_the_database_knows_each_month_once(
    operator: ResellerSession, cast: Cast, this_month: Month
) -> None:
    use(operator, 20 * UNIT)
    with at(this_month.after):
        settle(operator)
    (made,) = all_of(operator)
    changes = {"id": literal(1), "number": literal(2), "cause_id": literal(1)}
    columns = [each.name for each in Invoice.__table__.columns]
    again = select(*(changes.get(each, Invoice.__table__.c[each]) for each in columns))
    with pytest.raises(IntegrityError, match="uq_invoices_month"), operator.begin_nested():
        operator.execute(insert(Invoice).from_select(columns, again.where(Invoice.id == made.id)))
    (month,) = operator.scalars(select(CoverMonth).where(CoverMonth.month == this_month.first))
    with pytest.raises(IntegrityError, match="pk_cover_months"), operator.begin_nested():
        operator.execute(text("INSERT INTO cover_months SELECT * FROM cover_months"))
    assert month.made_at > datetime(2026, 1, 1, tzinfo=UTC)
