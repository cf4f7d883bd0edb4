"""A wallet's statement for a month: what it held, what moved, and what it holds at the end.

Months and days are those of the reseller's time zone, as on its invoices.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from portal.accounts import wallet
from portal.accounts.models import Client
from portal.accounts.wallet import Wallet
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.months import Month, month_of
from portal.ledger import by_day, statements
from portal.ledger.by_day import Sum
from portal.ledger.closing import LATE_MAX
from portal.ledger.codes import TransferCode
from portal.tenancy import resellers

_OFTEN: Final = frozenset(
    {TransferCode.MESSAGE_PRICE, TransferCode.INCOMING_PRICE, TransferCode.PRICE_REFUND}
)
"""What is one line for each day: a paper with thousands of messages nobody reads."""
_LINES_MAX: Final = 500


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a wallet held and what moved; `opening` and all sums together are `closing`."""

    month: Month
    time_zone: str
    currency: str
    opening: int
    sums: tuple[Sum, ...]
    closing: int


def zone_of(session: ResellerSession) -> str:
    """The time zone that months are of."""
    return resellers.own(session).time_zone


def this_month(session: ResellerSession) -> Month:
    """The month that it is where the reseller is."""
    return month_of(clock.now().astimezone(ZoneInfo(zone_of(session))).date())


def first_month(session: ResellerSession, client: Client) -> Month:
    """The month in which a client has come."""
    begun: datetime = client.activated_at or client.created_at
    return month_of(begun.astimezone(ZoneInfo(zone_of(session))).date())


def is_over(session: ResellerSession, month: Month) -> bool:
    """Whether nothing can be added to a month any more."""
    return clock.now() >= month.ends(zone_of(session)) + LATE_MAX


def month_over(session: ResellerSession) -> Month | None:
    """The last month, once nothing can be added to it any more."""
    last = this_month(session).before
    return last if is_over(session, last) else None


def wallet_in(session: ResellerSession, client: Client, currency: str) -> Wallet:
    """A client's wallet in a currency.

    Raises:
        NotFound: it has none.
    """
    for each in wallet.wallets(session, client):
        if each.currency == currency:
            return each
    raise NotFound("wallet", currency)


def of(session: ResellerSession, held: Wallet, month: Month) -> Statement:
    """The statement of a wallet for a month."""
    zone = zone_of(session)
    begins, ends = month.begins(zone), month.ends(zone)
    return Statement(
        month=month,
        time_zone=zone,
        currency=held.currency,
        opening=statements.balance_at(session, held.account_id, begins),
        sums=tuple(
            by_day.sums(
                session,
                held.account_id,
                since=begins,
                until=ends,
                time_zone=zone,
                together=_OFTEN,
                single_max=_LINES_MAX,
            )
        ),
        closing=statements.balance_at(session, held.account_id, ends),
    )
