"""Settle the months of resellers that use their cover on a limit, and invoice what they have used.

What a reseller pays is invoiced when it is paid; what it uses on its limit, when the month is over.
So that nothing is invoiced twice, a month's invoice takes in only what no invoice was for before,
and a payment gets one only for what is above the invoices that it pays. No money moves here.

All sessions here are the operator's; months and days are those of its time zone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from babel.numbers import get_currency_precision
from sqlalchemy import ColumnElement, case, func, select

from portal.accounts import cover
from portal.infra import clock
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.months import Month, month_of
from portal.invoicing import cover_books, invoices, statements
from portal.invoicing.cover_books import UsedIn
from portal.invoicing.cover_month_models import CoverMonth
from portal.invoicing.invoices import Used
from portal.invoicing.models import Invoice
from portal.invoicing.statuses import Kind
from portal.ledger import posting
from portal.ledger.units import MICROS, MICROS_DIGITS, half_up
from portal.tenancy import settings


def settle(session: ResellerSession, payer_id: int) -> list[CoverMonth]:
    """Settle a reseller's months that are over and on its limit, each once; the new ones.

    None where the operator makes no invoices. The first month of a limit is settled by what the
    cover holds: what was used before is invoiced as far as it is owed.
    """
    over = statements.month_over(session)
    if over is None or not settings.read(session).invoices.is_open:
        return []
    with in_scope_of(session, payer_id) as payer:
        limits = {
            each.currency: cover.limit(payer, currency=each.currency)
            for each in cover.listed(payer)
        }
    due = [
        (currency, month)
        for currency, overdraft in sorted(limits.items())
        for month in _due(_latest(session, payer_id, currency), over, overdraft=overdraft)
    ]
    if not due:
        return []
    zone = statements.zone_of(session)
    with in_scope_of(session, payer_id) as payer:
        # Before anything is held: this may take a while.
        uses = [cover_books.used_in(payer, currency, month, zone) for currency, month in due]
        # All of them before the first number is taken: who pays holds the one, then the other.
        posting.hold(payer, {cover.account(payer, currency=currency) for currency, _ in due})
    tried = [
        _settled(session, payer_id, currency, month, use)
        for (currency, month), use in zip(due, uses, strict=True)
    ]
    return [each for each in tried if each is not None]


def _due(latest: CoverMonth | None, over: Month, *, overdraft: int) -> Iterator[Month]:
    """The months to settle: on from the latest as long as that had a limit, else the last one."""
    if latest is None or latest.overdraft == 0:
        if overdraft and (latest is None or latest.month < over.first):
            yield over
        return
    month = month_of(latest.month).after
    while month.first <= over.first:
        yield month
        month = month.after


def _settled(
    session: ResellerSession, payer_id: int, currency: str, month: Month, use: UsedIn
) -> CoverMonth | None:
    """The row of a month; None if somebody else was faster."""
    ends = month.ends(statements.zone_of(session))
    with in_scope_of(session, payer_id) as payer:
        held = cover_books.held(payer, currency, ends)
        lost = cover_books.taken_back(payer, currency, paid_before=ends, since=ends)
    before = _latest(session, payer_id, currency)
    if before is not None and before.month >= month.first:
        return None
    invoiced = _invoiced(session, payer_id, currency)
    if before is not None and before.overdraft and before.month == month.before.first:
        ahead = _ahead(session, before, invoiced=invoiced) - use.total
    else:
        since = _invoiced(session, payer_id, currency, since=ends)
        ahead = held.at_the_end + held.owing + since - lost
        if before is not None:
            ahead = max(ahead, _carried(session, before, month, invoiced=invoiced))
    gross = max(0, coins(-ahead, currency))
    made = CoverMonth(
        payer_id=payer_id,
        currency=currency,
        month=month.first,
        made_at=clock.now(),
        messages=use.messages,
        fees=use.fees,
        gross=gross,
        held=held.at_the_end,
        invoiced=invoiced,
        ahead=ahead + gross,
        overdraft=held.overdraft,
    )
    session.add(made)
    session.flush()
    if gross:
        due = min(gross, max(0, coins(-held.paid_ahead, currency)))
        invoices.for_month(
            session,
            Used(payer_id=payer_id, month=month, amount=gross, due=due, currency=currency),
        )
    return made


def are_settled(session: ResellerSession, payer_id: int, currency: str) -> bool:
    """Whether any month of a reseller's has been: its payments may pay invoices since then."""
    return _latest(session, payer_id, currency) is not None


def unpaid(
    session: ResellerSession, payer_id: int, currency: str, *, is_paying: bool = False
) -> int:
    """What is still to be paid of a reseller's invoices for months, in millionths.

    That is what it has used in months that are settled and not paid, without what credit notes took
    off its payments since then: of that there is no invoice yet. `is_paying` holds its cover, so
    that nobody else pays the same, or settles a month, at the same time.
    """
    if is_paying:
        with in_scope_of(session, payer_id) as payer:
            posting.hold(payer, [cover.account(payer, currency=currency)])
    latest = _latest(session, payer_id, currency)
    if latest is None:
        return 0
    ends = month_of(latest.month).ends(statements.zone_of(session))
    with in_scope_of(session, payer_id) as payer:
        paid = cover_books.paid_ahead(payer, currency, ends)
    ahead = _ahead(session, latest, invoiced=_invoiced(session, payer_id, currency))
    return max(0, coins(min(-paid, ahead - paid), currency))


def open_of(session: ResellerSession, found: Collection[Invoice]) -> dict[int, int]:
    """What is still to be paid of those of these invoices that are of months, in millionths.

    What is paid pays the oldest first. Invoices of payments are paid, and are left out.
    """
    opened: dict[int, int] = {}
    for payer_id, currency in {(e.payer_id, e.currency) for e in found if e.month is not None}:
        assert payer_id is not None
        left = unpaid(session, payer_id, currency)
        for invoice in _of_months(session, payer_id, currency):
            opened[invoice.id] = min(left, invoice.gross)
            left -= opened[invoice.id]
    return {each.id: opened[each.id] for each in found if each.month is not None}


def of(session: ResellerSession, invoice: Invoice) -> CoverMonth:
    """The month that an invoice is for."""
    key = (session.reseller_id, invoice.payer_id, invoice.currency, invoice.month)
    return session.get_one(CoverMonth, key)


def coins(micros: int, currency: str) -> int:
    """An amount rounded half up to what the currency has coins for."""
    digits: int = min(get_currency_precision(currency), MICROS_DIGITS)
    coin: int = MICROS // 10**digits
    return half_up(micros, coin) * coin


def _latest(session: ResellerSession, payer_id: int, currency: str) -> CoverMonth | None:
    return session.scalars(
        select(CoverMonth)
        .where(CoverMonth.payer_id == payer_id, CoverMonth.currency == currency)
        .order_by(CoverMonth.month.desc())
        .limit(1)
    ).one_or_none()


def _of_months(session: ResellerSession, payer_id: int, currency: str) -> Iterator[Invoice]:
    """The invoices of months, the newest first."""
    yield from session.scalars(
        select(Invoice)
        .where(
            Invoice.payer_id == payer_id, Invoice.currency == currency, Invoice.month.is_not(None)
        )
        .order_by(Invoice.month.desc())
    )


def _invoiced(
    session: ResellerSession, payer_id: int, currency: str, *, since: datetime | None = None
) -> int:
    """What invoices for payments come to, less credit notes."""
    signed: ColumnElement[int] = case(
        (Invoice.kind == Kind.INVOICE, Invoice.gross), else_=-Invoice.gross
    )
    query = select(func.coalesce(func.sum(signed), 0)).where(
        Invoice.payer_id == payer_id, Invoice.currency == currency, Invoice.month.is_(None)
    )
    if since is not None:
        query = query.where(Invoice.issued_at >= since)
    return int(session.scalars(query).one())


def _carried(session: ResellerSession, before: CoverMonth, month: Month, *, invoiced: int) -> int:
    """What is invoiced and not used yet after months that had no limit."""
    zone = statements.zone_of(session)
    with in_scope_of(session, before.payer_id) as payer:
        used = cover_books.used(
            payer,
            before.currency,
            since=month_of(before.month).ends(zone),
            until=month.ends(zone),
        )
    return _ahead(session, before, invoiced=invoiced) - used


def _ahead(session: ResellerSession, latest: CoverMonth, *, invoiced: int) -> int:
    """What is invoiced by now and was not used until a month ended."""
    first = session.scalars(
        select(func.min(CoverMonth.month)).where(
            CoverMonth.payer_id == latest.payer_id, CoverMonth.currency == latest.currency
        )
    ).one()
    # What the first month counted as invoiced, and is owed again since: no invoice has it.
    first_ends = month_of(first).ends(statements.zone_of(session))
    with in_scope_of(session, latest.payer_id) as payer:
        lost = cover_books.taken_back(
            payer, latest.currency, paid_before=first_ends, since=latest.made_at
        )
    return latest.ahead + invoiced - latest.invoiced - lost
