"""Everything that the acceptance of a message depends on, read in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text

from portal.accounts import debts
from portal.accounts.actor import Actor
from portal.accounts.debts import Allowed, Policy
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.pricing import package_rows, price_lists
from portal.pricing.conditions import Conditions, Route
from portal.pricing.free_parts import Left
from portal.pricing.rating import RateTable, Terms
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
    allowed: Allowed
    """What it may send while it owes."""
    low_balance_threshold: int | None
    low_balance_armed: bool
    top_up_below: int | None
    wallet_id: int | None
    wholly_on_quota: bool
    bundles: tuple[Left, ...]
    """Those of its package in this period; what they have left is read when they are held."""
    quota_account_id: int | None
    quota_unlimited: bool

    default_sender: str
    senders: frozenset[str]
    code_senders: frozenset[str]
    countries: frozenset[str]
    daily_limit: int | None
    parts_max: int
    characters_max: int
    validity_hours: int
    low_cover_threshold: int | None
    """At which cover the reseller is alerted."""
    blocks_losses: bool
    """Whether what would be sold below its cost is not sold at all."""

    package_id: int | None
    package_version_id: int | None
    conditions: Conditions | None
    terms: Terms | None
    own: RateTable
    wholesale: Mapping[Route, RateTable]
    open_routes: frozenset[str]
    """The routes that a gateway in use is good for; `*` is every one."""
    outage: str
    """Why nothing can be sent for a reason above the client; empty if nothing stands in the way."""

    @property
    def on_quota(self) -> bool:
        """Whether the sub-account is prepaid in parts instead of money."""
        return self.quota_unlimited or self.quota_account_id is not None


EVERY_ROUTE = "*"

_READ = text(
    """
    SELECT s.id AS sub_account_id, s.default_sender, s.client_id, s.quota_account_id,
           s.quota_unlimited,
           c.country, c.currency, c.balance_management, c.wallet_id, c.low_balance_threshold,
           c.low_balance_armed, c.top_up_below, c.debt_since, c.wholly_on_quota, c.parts_max,
           c.characters_max, c.daily_limit, c.countries,
           c.activated_at IS NOT NULL AND c.refused_at IS NULL AND c.closed_at IS NULL
               AND c.suspended_by_staff_at IS NULL AS may_send,
           c.suspended_by_balance_at IS NOT NULL AS suspended_by_balance,
           r.suspended_at AS reseller_suspended_at, r.settings, r.time_zone,
           p.id AS package_id, v.id AS package_version_id, v.pulse, v.markup_percent_millionths,
           v.on_net_free, v.refused_countries, v.refused_prefixes, v.routes, v.bundles,
           a.currency AS package_currency, a.markup_fixed, a.addition_per_message, a.flat_fee,
           a.monthly_fee, a.setup_fee, a.incoming_fee, a.outgoing_mms_fee, a.incoming_mms_fee,
           a.free_zones,
           wl.id AS wholesale_id, wl.version AS wholesale_version,
           pl.id AS premium_id, pl.version AS premium_version,
           ol.id AS own_id, ol.version AS own_version,
           ARRAY(SELECT jsonb_build_array(b.id, b.account_id, b.size, b.ends_on, b.noticed_percent,
                                          b.countries, b.prefixes)
                   FROM bundles b
                  WHERE b.reseller_id = s.reseller_id AND b.client_id = s.client_id
                    AND (b.sub_account_id = s.id OR b.sub_account_id IS NULL)
                    AND b.package_id = s.package_id AND b.counts <> 'received'
                    AND b.begins_on <= day.today AND b.ends_on > day.today) AS periods,
           ARRAY(SELECT n.name FROM sender_names n
                  WHERE n.reseller_id = s.reseller_id AND n.client_id = s.client_id) AS senders,
           ARRAY(SELECT n.name FROM sender_names n
                  WHERE n.reseller_id = s.reseller_id AND n.client_id = s.client_id
                    AND n.for_codes) AS code_senders,
           ARRAY(SELECT DISTINCT coalesce(g.route, :every_route) FROM gateways g
                  WHERE g.enabled AND (g.reseller_id IS NULL OR g.reseller_id = s.reseller_id))
               AS open_routes
      FROM sub_accounts s
      JOIN clients c ON c.reseller_id = s.reseller_id AND c.id = s.client_id
      JOIN resellers r ON r.id = s.reseller_id
     CROSS JOIN LATERAL (SELECT (:now AT TIME ZONE r.time_zone)::date AS today) day
      LEFT JOIN packages p ON p.reseller_id = s.reseller_id
       AND (p.id = s.package_id OR s.package_id IS NULL AND p.is_default)
      LEFT JOIN LATERAL (
            SELECT * FROM package_versions each
             WHERE each.reseller_id = p.reseller_id AND each.package_id = p.id
               AND each.valid_from <= day.today
             ORDER BY each.valid_from DESC, each.number DESC
             LIMIT 1) v ON true
      LEFT JOIN package_amounts a
        ON a.reseller_id = v.reseller_id AND a.version_id = v.id AND a.currency = c.currency
      LEFT JOIN price_lists wl
        ON wl.reseller_id = s.reseller_id AND wl.package_id = 0 AND wl.currency = c.currency
       AND wl.route = 'value'
      LEFT JOIN price_lists pl
        ON pl.reseller_id = s.reseller_id AND pl.package_id = 0 AND pl.currency = c.currency
       AND pl.route = 'premium'
      LEFT JOIN price_lists ol
        ON ol.reseller_id = s.reseller_id AND ol.package_id = p.id AND ol.currency = c.currency
       AND ol.route = 'value'
     WHERE s.reseller_id = :reseller AND s.closed_at IS NULL
       AND (CAST(:sub_accounts AS bigint[]) IS NULL OR s.id = ANY(:sub_accounts))
       AND (CAST(:client AS bigint) IS NULL OR s.client_id = :client)
     ORDER BY s.id
     LIMIT 1
    """
)


def read(session: ResellerSession, *, actor: Actor, sub_account_id: int | None) -> Facts:
    """The facts for a message from this sub-account, or from the first that the actor reaches.

    Raises:
        NotFound: the actor has no such sub-account.
    """
    now = clock.now()
    if actor.client_id is None and sub_account_id is None:
        raise NotFound("sub-account", "of no client")
    if sub_account_id is not None and not actor.reaches(sub_account_id):
        raise NotFound("sub-account", sub_account_id)
    chosen = actor.sub_account_ids if sub_account_id is None else {sub_account_id}
    row = session.execute(
        _READ,
        {
            "reseller": session.reseller_id,
            "sub_accounts": None if chosen is None else sorted(chosen),
            "client": actor.client_id,
            "every_route": EVERY_ROUTE,
            "now": now,
        },
    ).one_or_none()
    if row is None:
        raise NotFound("sub-account", sub_account_id)
    return _facts(session, row, now=now)


def _facts(session: ResellerSession, row: Row[tuple[object, ...]], *, now: datetime) -> Facts:
    settings = ResellerSettings.model_validate(row.settings)
    conditions = _conditions(row)
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
        allowed=debts.sending_allowed(row.debt_since, now, Policy(settings.after_debt_reminders)),
        low_balance_threshold=row.low_balance_threshold,
        low_balance_armed=row.low_balance_armed,
        top_up_below=row.top_up_below,
        wallet_id=row.wallet_id,
        wholly_on_quota=row.wholly_on_quota,
        bundles=tuple(_bundle(each) for each in row.periods),
        quota_account_id=row.quota_account_id,
        quota_unlimited=row.quota_unlimited,
        default_sender=row.default_sender,
        senders=frozenset(row.senders),
        code_senders=frozenset(row.code_senders),
        countries=frozenset([row.country, *row.countries, *settings.countries]),
        daily_limit=settings.daily_limit if row.daily_limit is None else row.daily_limit,
        parts_max=row.parts_max,
        characters_max=row.characters_max,
        validity_hours=settings.validity_hours,
        blocks_losses=settings.wholesale_rise == "block",
        low_cover_threshold=settings.low_cover_threshold,
        package_id=row.package_id,
        package_version_id=row.package_version_id,
        conditions=conditions,
        terms=None if conditions is None else conditions.terms(row.currency),
        own=price_lists.table(session, row.own_id, row.own_version),
        wholesale={
            Route.VALUE: price_lists.table(session, row.wholesale_id, row.wholesale_version),
            Route.PREMIUM: price_lists.table(session, row.premium_id, row.premium_version),
        },
        open_routes=frozenset(row.open_routes),
        outage=_outage(row),
    )


def _outage(row: Row[tuple[object, ...]]) -> str:
    if row.reseller_suspended_at is not None:
        return "the reseller is suspended"
    return "" if row.open_routes else "no gateway is enabled"


def _bundle(stored: Sequence[Any]) -> Left:
    bundle_id, account_id, size, ends_on, noticed_percent, countries, prefixes = stored
    return Left(
        bundle_id=bundle_id,
        account_id=account_id,
        parts=0,
        size=size,
        ends_on=date.fromisoformat(ends_on),
        noticed_percent=noticed_percent,
        countries=tuple(countries),
        prefixes=tuple(prefixes),
    )


def _conditions(row: Row[tuple[object, ...]]) -> Conditions | None:
    """A version never changes, so that what it says is read from its columns only once."""
    if row.package_version_id is None:
        return None
    key = (row.package_version_id, row.currency)
    found = _kept_conditions.get(key)
    if found is None:
        # Without amounts in the currency there is no price, but what is refused is refused in each.
        is_priced = row.package_currency is not None
        amounts = {row.currency: package_rows.amounts_of(row)} if is_priced else {}
        found = package_rows.conditions_of(row, amounts=amounts)
        if len(_kept_conditions) >= _CONDITIONS_MAX:
            _kept_conditions.clear()
        _kept_conditions[key] = found
    return found


_CONDITIONS_MAX = 5_000
_kept_conditions: dict[tuple[int, str], Conditions] = {}
