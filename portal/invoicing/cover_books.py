"""What a reseller's own books say of its cover, for the months that the operator settles.

All sessions here are the paying reseller's own; amounts are millionths.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from portal.accounts import cover
from portal.infra.db import ResellerSession
from portal.infra.months import Month
from portal.ledger import by_day, opening, posting, reversing
from portal.ledger import statements as books
from portal.ledger.codes import AccountCode, TransferCode

_SUMS_MAX: Final = 1_000
"""More than the days of a month have kinds of costs."""


@dataclass(frozen=True, kw_only=True)
class UsedIn:
    """What was used in a month; amounts are millionths."""

    messages: int
    fees: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.messages + self.fees


@dataclass(frozen=True, kw_only=True)
class HeldAt:
    """A cover while nobody else can move it."""

    at_the_end: int
    """What it held when the month was over."""
    owing: int
    """What was owed beside it then: zero, or below."""
    paid_ahead: int
    """What is paid by now and was not used until then; below zero, that is not paid."""
    overdraft: int


def used_in(payer: ResellerSession, currency: str, month: Month, zone: str) -> UsedIn:
    """What went to the operator in a month, less what came back, in the payer's own book."""
    sums = by_day.sums(
        payer,
        opening.account(payer, AccountCode.OPERATOR_SALES, unit=currency),
        since=month.begins(zone),
        until=month.ends(zone),
        time_zone=zone,
        together=list(TransferCode),
        single_max=_SUMS_MAX,
    )
    total = sum(each.amount for each in sums)
    fees = sum(each.amount for each in sums if each.code is TransferCode.HOSTNAME_FEE)
    return UsedIn(messages=total - fees, fees=fees)


def held(payer: ResellerSession, currency: str, ends: datetime) -> HeldAt:
    """Hold the cover, and read it."""
    cover_id = cover.account(payer, currency=currency)
    now = posting.hold(payer, [cover_id])[cover_id]
    return HeldAt(
        at_the_end=books.balance_at(payer, cover_id, ends),
        owing=books.balance_at(payer, cover.owing(payer, currency=currency), ends),
        paid_ahead=paid_ahead(payer, currency, ends),
        overdraft=now.overdraft or 0,
    )


def paid_ahead(payer: ResellerSession, currency: str, ends: datetime) -> int:
    """What is paid by now less all that was used until then; below zero, that is owed."""
    accounts = [cover.account(payer, currency=currency), cover.owing(payer, currency=currency)]
    now = sum(each.balance for each in posting.look(payer, accounts).values())
    return now + books.total(payer, AccountCode.OPERATOR_SALES, unit=currency, since=ends)


def used(payer: ResellerSession, currency: str, *, since: datetime, until: datetime) -> int:
    """What went to the operator in a period, less what came back."""
    return books.total(payer, AccountCode.OPERATOR_SALES, unit=currency, since=since, until=until)


def taken_back(
    payer: ResellerSession, currency: str, *, paid_before: datetime, since: datetime
) -> int:
    """What was taken back, since a moment, of payments by hand from before another."""
    return reversing.taken_back(
        payer,
        opening.account(payer, AccountCode.OPERATOR_RECEIVED, unit=currency),
        code=TransferCode.COVER_PAYMENT,
        made_before=paid_before,
        since=since,
    )
