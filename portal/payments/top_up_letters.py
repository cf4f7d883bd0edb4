"""What clients are written about the card that they keep and its charges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

from portal.accounts import letters
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.payments import deposits, saved_methods, top_up_rules
from portal.payments.statuses import State, Trouble
from portal.tenancy import links, resellers

WARNED_BEFORE: Final = timedelta(days=21)
"""How long before a card expires its client is written to."""


def failed(session: ResellerSession, *, deposit_id: int, origin: str) -> None:
    """Write to a client why its card was not charged, and what it can do; not if it was after all.

    Raises:
        NotFound: there is no such deposit.
    """
    deposit = deposits.by_id(session, deposit_id)
    client = session.get_one(Client, (session.reseller_id, deposit.client_id))
    if client.closed_at is not None or deposit.state is not State.ABANDONED:
        return
    assert deposit.method_id is not None
    method = saved_methods.by_id(session, deposit.method_id)
    letters.write(
        session,
        client,
        "top_up_confirm" if deposit.trouble is Trouble.CONFIRM else "top_up_failed",
        url=links.top_up(origin),
        amount=letters.amount(client, deposit.amount, currency=deposit.currency),
        card=saved_methods.label(method),
    )


def tell_expiring(session: ResellerSession, *, origin: str, now: datetime) -> int:
    """Write once to each client whose card expires soon and is charged by itself; to how many."""
    today = now.astimezone(ZoneInfo(resellers.own(session).time_zone)).date()
    told = 0
    for method in saved_methods.expiring(session, until=today + WARNED_BEFORE):
        rule = top_up_rules.own(session, method.client_id)
        client = session.get_one(Client, (session.reseller_id, method.client_id))
        if rule is None or not rule.is_on or client.closed_at is not None:
            continue
        assert method.expires_on is not None
        method.warned_at = now
        locale = client.language.replace("-", "_")
        letters.write(
            session,
            client,
            "card_expiring",
            url=links.top_up(origin),
            card=saved_methods.label(method),
            expires=format_date(method.expires_on, "long", locale=locale),
        )
        told += 1
    return told
