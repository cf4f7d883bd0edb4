"""What a client has left, and for how long, as its first page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask_babel import gettext

from portal.accounts import access, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.wallet import Wallet
from portal.http.language import locale
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.pricing.free_parts import Counts
from portal.reports import forecast, meters, pace
from portal.reports.forecast import Forecast, Outlook
from portal.reports.meters import BundleMeter, QuotaMeter
from portal.reports.pace import Pace
from portal.tenancy import resellers
from portal.tenancy.display import Service
from portal.web.parts import formats

_WEEK: Final = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class BundleShown:
    """A bundle of this period; `destinations` is empty where it is good for all."""

    name: str
    owner: str
    left: int
    size: int
    renews_on: date
    destinations: str
    counts: str
    outlook: str


@dataclass(frozen=True, kw_only=True)
class QuotaShown:
    """The prepaid parts of a sub-account; `left` is None where there is no end to them."""

    name: str
    left: int | None
    outlook: str


@dataclass(frozen=True, kw_only=True)
class Meters:
    """All that is left; money only for those who may see it."""

    wallets: list[Wallet]
    balance_outlook: str
    bundles: list[BundleShown]
    quotas: list[QuotaShown]


def shown(session: ResellerSession, client: Client, *, actor: Actor) -> Meters:
    """What is left of the client's money, and of the parts of its sub-accounts that are theirs."""
    today = clock.now().astimezone(ZoneInfo(resellers.own(session).time_zone)).date()
    own = access.own_sub_accounts(session, actor=actor)
    taken = pace.since(
        session, client_id=client.id, moment=clock.ago(days=forecast.DAYS_LOOKED_BACK)
    )
    begun = None if client.activated_at is None else client.activated_at.date()
    days = forecast.days_seen(since=begun, today=today)
    wallets = wallet.wallets(session, client) if actor.can(Right.WALLET_READ) else []
    several = len(own) > 1
    return Meters(
        wallets=wallets,
        balance_outlook=_balance(wallets, taken, days=days, today=today),
        bundles=[
            _bundle(each, taken, today=today, several=several)
            for each in meters.bundles(session, own, on=today)
        ],
        quotas=[_quota(each, taken, days=days, today=today) for each in meters.quotas(session, own)]
        if actor.display.shows(Service.QUOTAS)
        else [],
    )


def _balance(wallets: list[Wallet], taken: Pace, *, days: int, today: date) -> str:
    active = next((each for each in wallets if each.active), None)
    if active is None or active.balance <= 0:
        return ""
    used = taken.money.get(active.currency, 0)
    found = forecast.of(left=active.balance, used=used, days=days, today=today)
    return "" if found.outlook is Outlook.NOT_USED else outlook_words(found, today=today)


def _bundle(meter: BundleMeter, taken: Pace, *, today: date, several: bool) -> BundleShown:
    used = taken.bundles.get(meter.kind, 0)
    found = forecast.of(
        left=meter.left,
        used=used,
        days=forecast.days_seen(since=meter.since, today=today),
        today=today,
        renews_on=meter.renews_on,
    )
    owner = gettext("shared by all") if meter.is_pooled else meter.sub_account
    names = locale().territories
    where = [names.get(each, each) for each in meter.countries]
    where += [f"+{prefix}" for prefix in meter.prefixes]
    return BundleShown(
        name=meter.package,
        owner=owner if several else "",
        left=meter.left,
        size=meter.size,
        renews_on=meter.renews_on,
        destinations=", ".join(where),
        counts=_counts(meter.counts),
        outlook=outlook_words(found, today=today),
    )


def _quota(meter: QuotaMeter, taken: Pace, *, days: int, today: date) -> QuotaShown:
    if meter.left is None:
        return QuotaShown(name=meter.sub_account, left=None, outlook="")
    used = taken.quotas.get(meter.sub_account_id, 0)
    found = forecast.of(left=meter.left, used=used, days=days, today=today)
    return QuotaShown(
        name=meter.sub_account, left=meter.left, outlook=outlook_words(found, today=today)
    )


def _counts(counts: Counts) -> str:
    words = {
        Counts.SENT: gettext("for what you send"),
        Counts.RECEIVED: gettext("for what you receive"),
        Counts.BOTH: "",
    }
    return str(words[counts])


def outlook_words(found: Forecast, *, today: date) -> str:
    """A forecast as it is read."""
    if found.outlook is Outlook.USED_UP:
        return str(gettext("Used up"))
    if found.outlook is Outlook.NOT_USED:
        return str(gettext("Nothing was used in the last 14 days"))
    if found.outlook is Outlook.RENEWS_FIRST:
        return str(gettext("At this pace it will do until it renews"))
    if found.outlook is Outlook.LONG:
        return str(gettext("At this pace it lasts for more than a year"))
    return str(gettext("At this pace it lasts until %(day)s", day=_near(found.until, today=today)))


def _near(day: date | None, *, today: date) -> str:
    """A day of the next week by its name, any other by its date."""
    if day is None:
        return formats.MISSING
    if day == today:
        return str(gettext("today"))
    if day - today <= _WEEK:
        return format_date(day, "EEEE", locale=locale())
    return formats.day(day)
