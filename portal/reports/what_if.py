"""A package as it might be, tried on messages that were really sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

from portal.accounts import directory
from portal.accounts.models import Client, SubAccount
from portal.billing import periods
from portal.billing.models import Assignment
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.numbers import finding
from portal.pricing import rated
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.pricing.rating import Rule
from portal.pricing.what_if import Replay, Sent, Sums
from portal.tenancy import resellers

_DAYS = 30
_BATCH = 5_000

_MESSAGES = text(
    """
    SELECT m.client_id, m.sub_account_id, ltrim(m.recipient, '+') AS digits, m.prefix,
           m.country, m.parts,
           (m.accepted_at AT TIME ZONE :zone)::date AS day, m.rule = :on_net AS was_on_net,
           m.quota_parts > 0 AS on_quota, m.id >= :begins AS counted, m.price
      FROM messages m
      JOIN unnest(CAST(:sub_accounts AS bigint[]), CAST(:since AS bigint[])) AS s(id, since)
        ON s.id = m.sub_account_id AND m.id >= s.since
     WHERE m.reseller_id = :reseller AND m.id >= :earliest AND m.id < :ends
       AND m.currency = :currency AND m.refunded_at IS NULL
     ORDER BY m.id
    """
)


class Span(StrEnum):
    """Which messages it is tried on."""

    LAST_MONTH = "last_month"
    LAST_DAYS = "last_days"


@dataclass(frozen=True)
class Period:
    """Days of the reseller's time zone; the last is no longer in it."""

    begins: date
    ends: date

    @property
    def last(self) -> date:
        """The last day that is in it."""
        return self.ends - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Side:
    """What messages and monthly fees come to with one of the two packages."""

    messages: Sums
    fees: int

    @property
    def revenue(self) -> int:
        """What clients pay."""
        return self.messages.price + self.fees

    @property
    def profit(self) -> int:
        """What is left of it."""
        return self.revenue - self.messages.cost


@dataclass(frozen=True, kw_only=True)
class ForClient:
    """What a client pays now, and what it would pay."""

    client_id: int
    name: str
    now: Side
    then: Side

    @property
    def dearer_by(self) -> int:
        """How much more it would pay; below zero for less."""
        return self.then.revenue - self.now.revenue


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """Both packages on the same messages, in one currency.

    `charged` is what these messages were really charged: their receipts keep the prices of their
    own day. Clients that would pay more come first.
    """

    currency: str
    now: Side
    then: Side
    charged: int
    clients: tuple[ForClient, ...]


def period(span: Span, *, today: date) -> Period:
    """The last full month, or the last days up to now."""
    if span is Span.LAST_DAYS:
        return Period(today - timedelta(days=_DAYS), today + timedelta(days=1))
    ends = today.replace(day=1)
    return Period((ends - timedelta(days=1)).replace(day=1), ends)


def try_out(
    session: ResellerSession, package: Package, *, now: Conditions, then: Conditions, during: Period
) -> list[WhatIf]:
    """What the sub-accounts that have the package sent in that time, priced both ways.

    One answer for each currency that they pay in. Both ways use the rates of the day of each
    message; messages that were refunded are left out, those to numbers of this installation stay
    free, and those paid from a quota cost what the reseller pays for them.
    """
    holders = _holders(session, package)
    return [
        _in_currency(
            session, package, holders[currency], (now, then), currency=currency, during=during
        )
        for currency in sorted(holders)
    ]


@dataclass(frozen=True)
class _Holder:
    """A sub-account that has the package."""

    id: int
    client_id: int
    billing_day: int | None


def _holders(session: ResellerSession, package: Package) -> dict[str, list[_Holder]]:
    has_it = (
        SubAccount.package_id.is_(None)
        if package.is_default
        else SubAccount.package_id == package.id
    )
    rows = session.execute(
        select(Client.currency, SubAccount.id, SubAccount.client_id, Assignment.billing_day)
        .join(
            Client,
            (Client.reseller_id == SubAccount.reseller_id) & (Client.id == SubAccount.client_id),
        )
        .outerjoin(
            Assignment,
            (Assignment.reseller_id == SubAccount.reseller_id)
            & (Assignment.sub_account_id == SubAccount.id)
            & Assignment.ended_on.is_(None),
        )
        .where(has_it, SubAccount.closed_at.is_(None))
        .order_by(SubAccount.id)
    )
    found: dict[str, list[_Holder]] = {}
    for currency, sub_account_id, client_id, billing_day in rows:
        found.setdefault(currency, []).append(_Holder(sub_account_id, client_id, billing_day))
    return found


def _in_currency(
    session: ResellerSession,
    package: Package,
    holders: Sequence[_Holder],
    ways: tuple[Conditions, Conditions],
    *,
    currency: str,
    during: Period,
) -> WhatIf:
    has_bundles = any(each.bundles for each in ways)
    filled = {each.id: _filled(each, during) for each in holders if has_bundles}
    tables = rated.tables(session, package_id=package.id, currency=currency)
    both = [
        Replay(
            conditions,
            currency=currency,
            wholesale=tables.wholesale,
            own=tables.own,
            renewals={sub_account: days[1:] for sub_account, days in filled.items()},
        )
        for conditions in ways
    ]
    charged = 0
    since = {each.id: filled.get(each.id, [during.begins])[0] for each in holders}
    for sent, price in _sent(session, since, currency=currency, during=during):
        for replay in both:
            replay.take(sent)
        charged += price if sent.counted else 0
    fees = [each.amounts[currency].monthly_fee if currency in each.amounts else 0 for each in ways]
    return _compared(session, holders, both, fees, currency=currency, charged=charged)


def _compared(
    session: ResellerSession,
    holders: Sequence[_Holder],
    both: Sequence[Replay],
    fees: Sequence[int],
    *,
    currency: str,
    charged: int,
) -> WhatIf:
    count: dict[int, int] = {}
    for holder in holders:
        count[holder.client_id] = count.get(holder.client_id, 0) + 1
    names = directory.client_names(session, count)

    def sides(messages: Sequence[Sums], sub_accounts: int) -> tuple[Side, Side]:
        before, after = (
            Side(messages=sums, fees=fee * sub_accounts)
            for sums, fee in zip(messages, fees, strict=True)
        )
        return before, after

    clients = []
    for client_id, sub_accounts in count.items():
        before, after = sides([each.by_client[client_id] for each in both], sub_accounts)
        name = names.get(client_id, "")
        clients.append(ForClient(client_id=client_id, name=name, now=before, then=after))
    clients.sort(key=lambda each: (-each.dearer_by, each.name))
    before, after = sides([each.total for each in both], len(holders))
    return WhatIf(
        currency=currency, now=before, then=after, charged=charged, clients=tuple(clients)
    )


def _filled(holder: _Holder, during: Period) -> list[date]:
    """The days on which its bundles are filled, from the last one before the time looked at."""
    if holder.billing_day is None:
        return [during.begins]
    days = [during.begins]
    month_before = (during.begins.replace(day=1) - timedelta(days=1)).replace(day=1)
    day = periods.next_billing_day(month_before - timedelta(days=1), day=holder.billing_day)
    while day < during.ends:
        days = [day] if day <= during.begins else [*days, day]
        day = periods.next_billing_day(day, day=holder.billing_day)
    return days


def _sent(
    session: ResellerSession, since: Mapping[int, date], *, currency: str, during: Period
) -> Iterator[tuple[Sent, int]]:
    zone = resellers.own(session).time_zone
    bounds = {day: _first_id(day, zone) for day in {*since.values(), during.begins, during.ends}}
    rows = session.execute(
        _MESSAGES,
        {
            "reseller": session.reseller_id,
            "currency": currency,
            "zone": zone,
            "on_net": Rule.ON_NET.value,
            "sub_accounts": list(since),
            "since": [bounds[day] for day in since.values()],
            "earliest": min(bounds.values()),
            "begins": bounds[during.begins],
            "ends": bounds[during.ends],
        },
        execution_options={"yield_per": _BATCH},
    )
    for batch in rows.partitions():
        owners = finding.connected(session, {row.digits for row in batch})
        for row in batch:
            owner = owners.get(row.digits)
            is_own = owner == (session.reseller_id, row.client_id)
            sent = Sent(
                row.client_id,
                row.sub_account_id,
                # Of a recipient that was removed, what its price was found by is left.
                row.digits or row.prefix,
                row.country,
                row.parts,
                row.day,
                on_net=row.was_on_net or owner is not None,
                # Whose a number was that nobody has any more, nobody knows: it stays free.
                own_number=is_own or (row.was_on_net and owner is None),
                on_quota=row.on_quota,
                counted=row.counted,
            )
            yield sent, row.price


def _first_id(day: date, zone: str) -> int:
    return ids.floor(datetime.combine(day, time(), tzinfo=ZoneInfo(zone)))
