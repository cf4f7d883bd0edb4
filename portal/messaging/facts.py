"""Everything that the acceptance of a message depends on, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from portal.accounts.actor import Actor
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.pricing import price_lists
from portal.pricing.rating import Pulse, RateTable, Terms
from portal.tenancy.settings import ResellerSettings


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A sub-account, its client, its package and what stands above them, at one moment."""

    now: datetime
    today: date
    """In the reseller's time zone, in which prices and bundles begin."""

    time_zone: str
    client_id: int
    sub_account_id: int
    country: str
    currency: str
    management: BalanceManagement
    may_send: bool
    suspended_by_balance: bool
    low_balance_threshold: int | None
    low_balance_armed: bool
    wallet_id: int | None
    bundle_id: int | None
    bundle_account_id: int | None

    default_sender: str
    senders: frozenset[str]
    countries: frozenset[str]
    daily_limit: int | None
    parts_max: int
    characters_max: int
    validity_hours: int

    package_id: int | None
    terms: Terms | None
    own: RateTable
    wholesale: RateTable
    outage: str
    """Why nothing can be sent for a reason above the client; empty if nothing stands in the way."""


_READ = text(
    """
    SELECT s.id AS sub_account_id, s.default_sender, s.client_id,
           c.country, c.currency, c.balance_management, c.wallet_id, c.low_balance_threshold,
           c.low_balance_armed, c.parts_max, c.characters_max, c.daily_limit, c.countries,
           c.activated_at IS NOT NULL AND c.refused_at IS NULL AND c.closed_at IS NULL
               AND c.suspended_by_staff_at IS NULL AS may_send,
           c.suspended_by_balance_at IS NOT NULL AS suspended_by_balance,
           r.suspended_at AS reseller_suspended_at, r.settings, r.time_zone,
           p.id AS package_id, p.currency AS package_currency, p.markup_fixed,
           p.markup_percent_millionths, p.addition_per_message, p.flat_fee, p.pulse,
           p.refused_prefixes,
           wl.id AS wholesale_id, wl.version AS wholesale_version,
           ol.id AS own_id, ol.version AS own_version,
           b.id AS bundle_id, b.account_id AS bundle_account_id,
           ARRAY(SELECT n.name FROM sender_names n
                  WHERE n.reseller_id = s.reseller_id AND n.client_id = s.client_id) AS senders,
           EXISTS (SELECT 1 FROM gateways g
                    WHERE g.enabled AND (g.reseller_id IS NULL OR g.reseller_id = s.reseller_id))
               AS has_route
      FROM sub_accounts s
      JOIN clients c ON c.reseller_id = s.reseller_id AND c.id = s.client_id
      JOIN resellers r ON r.id = s.reseller_id
      LEFT JOIN packages p ON p.reseller_id = s.reseller_id AND p.id = s.package_id
      LEFT JOIN price_lists wl
        ON wl.reseller_id = s.reseller_id AND wl.package_id = 0 AND wl.currency = c.currency
      LEFT JOIN price_lists ol
        ON ol.reseller_id = s.reseller_id AND ol.package_id = p.id AND ol.currency = c.currency
      LEFT JOIN bundles b
        ON b.reseller_id = s.reseller_id AND b.sub_account_id = s.id
       AND b.package_id = s.package_id AND b.begins_on <= (:now AT TIME ZONE r.time_zone)::date
       AND b.ends_on > (:now AT TIME ZONE r.time_zone)::date
     WHERE s.reseller_id = :reseller AND s.closed_at IS NULL
       AND (CAST(:sub_account AS bigint) IS NULL OR s.id = :sub_account)
       AND (CAST(:client AS bigint) IS NULL OR s.client_id = :client)
     ORDER BY s.id
     LIMIT 1
    """
)


def read(session: ResellerSession, *, actor: Actor, sub_account_id: int | None) -> Facts:
    """The facts for a message from this sub-account, or from the client's first.

    Raises:
        NotFound: the actor has no such sub-account.
    """
    now = clock.now()
    chosen = sub_account_id or actor.sub_account_id
    if actor.client_id is None and chosen is None:
        raise NotFound("sub-account", "of no client")
    if actor.sub_account_id is not None and chosen != actor.sub_account_id:
        raise NotFound("sub-account", chosen)
    row = session.execute(
        _READ,
        {
            "reseller": session.reseller_id,
            "sub_account": chosen,
            "client": actor.client_id,
            "now": now,
        },
    ).one_or_none()
    if row is None:
        raise NotFound("sub-account", chosen)
    return _facts(session, row, now=now)


def _facts(session: ResellerSession, row: Row[tuple[object, ...]], *, now: datetime) -> Facts:
    settings = ResellerSettings.model_validate(row.settings)
    return Facts(
        now=now,
        today=now.astimezone(ZoneInfo(row.time_zone)).date(),
        time_zone=row.time_zone,
        client_id=row.client_id,
        sub_account_id=row.sub_account_id,
        country=row.country,
        currency=row.currency,
        management=BalanceManagement(row.balance_management),
        may_send=row.may_send,
        suspended_by_balance=row.suspended_by_balance,
        low_balance_threshold=row.low_balance_threshold,
        low_balance_armed=row.low_balance_armed,
        wallet_id=row.wallet_id,
        bundle_id=row.bundle_id,
        bundle_account_id=row.bundle_account_id,
        default_sender=row.default_sender,
        senders=frozenset(row.senders),
        countries=frozenset([row.country, *row.countries, *settings.countries]),
        daily_limit=settings.daily_limit if row.daily_limit is None else row.daily_limit,
        parts_max=row.parts_max,
        characters_max=row.characters_max,
        validity_hours=settings.validity_hours,
        package_id=row.package_id,
        terms=_terms(row) if row.package_currency == row.currency else None,
        own=price_lists.table(session, row.own_id, row.own_version),
        wholesale=price_lists.table(session, row.wholesale_id, row.wholesale_version),
        outage=_outage(row),
    )


def _outage(row: Row[tuple[object, ...]]) -> str:
    if row.reseller_suspended_at is not None:
        return "the reseller is suspended"
    return "" if row.has_route else "no gateway is enabled"


def _terms(row: Row[tuple[object, ...]]) -> Terms:
    return _kept_terms(
        currency=row.package_currency,
        refused_prefixes=tuple(row.refused_prefixes),
        flat=row.flat_fee,
        fixed=row.markup_fixed,
        percent_millionths=row.markup_percent_millionths,
        pulse=row.pulse,
        addition=row.addition_per_message,
    )


@lru_cache(maxsize=5_000)
def _kept_terms(
    *,
    currency: str,
    refused_prefixes: tuple[str, ...],
    flat: int | None,
    fixed: int,
    percent_millionths: int,
    pulse: str,
    addition: int,
) -> Terms:
    return Terms(
        currency=currency,
        refused_prefixes=refused_prefixes,
        flat=flat,
        fixed=fixed,
        percent_millionths=percent_millionths,
        pulse=Pulse(pulse),
        addition=addition,
    )
