"""A reseller's first page: who waits, the cover, the day's messages, the month's revenue."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from flask import Response, g

from portal.accounts import client_list, cover, sign_up_inbox
from portal.accounts.roles import Right
from portal.accounts.statuses import Standing
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import history
from portal.pricing import sold_below_cost
from portal.tenancy import resellers
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

WAITING_SHOWN = 5


@blueprint.get("/")
@requires(Right.CLIENTS_READ)
def dashboard() -> Response:
    """What needs the staff today; days and months are those of the reseller's time zone."""
    reseller = resellers.own(session())
    zone = ZoneInfo(reseller.time_zone)
    today = clock.now().astimezone(zone).date()
    day_begins = datetime.combine(today, time.min, zone)
    month_begins = datetime.combine(today.replace(day=1), time.min, zone)
    messages_today = history.totals(
        session(), actor=g.actor, chosen=history.Filter(since=day_begins)
    ).messages
    revenue = statements.total(
        session(), AccountCode.SALES, unit=reseller.currency, since=month_begins
    )
    low_covers = [each for each in cover.listed(session()) if each.is_low]
    waiting = client_list.search(session(), standing=Standing.WAIT, limit=WAITING_SHOWN)
    counted = sign_up_inbox.counted(session())
    return page(
        "reseller/dashboard.html",
        waiting=counted.ready + counted.unconfirmed,
        waiting_clients=[listed.client for listed in waiting],
        low_covers=low_covers,
        used_up={
            each.currency
            for each in low_covers
            if each.balance + cover.limit(session(), currency=each.currency) <= 0
        },
        below_cost=(
            sold_below_cost.count(session(), on=today) if g.actor.can(Right.PRICES_READ) else 0
        ),
        cover_micros=cover.balance(session()),
        cover_currency=reseller.currency,
        messages_today=messages_today,
        revenue_micros=revenue,
        revenue_currency=reseller.currency,
        chart=history.per_day(session(), actor=g.actor, time_zone=reseller.time_zone),
    )
