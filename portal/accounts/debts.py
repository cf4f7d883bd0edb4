"""What clients owe: who owes what, the reminders, and what may be sent after the last of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import select

from portal.accounts import access, letters, receivables, standing
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.ledger import owned
from portal.ledger.codes import AccountCode
from portal.tenancy import settings

REMINDED_AFTER: Final = tuple(timedelta(days=days) for days in (3, 10, 20))
"""How old a debt is when its owner is reminded of it."""

CODES_ONLY_FOR: Final = timedelta(days=10)
"""For how long after the last reminder replies and sign-in codes still pass."""


@unique
class Policy(StrEnum):
    """What a reseller does about a debt of which a client was reminded in vain."""

    NOTHING = "nothing"
    RESTRICT = "restrict"
    STOP = "stop"


@unique
class Allowed(StrEnum):
    """What a client in debt may send: all, sign-in codes and replies alone, or nothing."""

    ALL = "all"
    CODES_ONLY = "codes_only"
    NONE = "none"


@dataclass(frozen=True)
class Debt:
    """What a client owes in one currency, in millionths: in the wallet, and beside it."""

    client: Client
    currency: str
    wallet: int
    beside: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.wallet + self.beside


def sending_allowed(debt_since: datetime | None, now: datetime, policy: Policy) -> Allowed:
    """What a client may send that owes since a moment, or does not owe."""
    if debt_since is None or policy is Policy.NOTHING:
        return Allowed.ALL
    since_last_reminder = now - debt_since - REMINDED_AFTER[-1]
    if since_last_reminder < timedelta():
        return Allowed.ALL
    if policy is Policy.RESTRICT and since_last_reminder < CODES_ONLY_FOR:
        return Allowed.CODES_ONLY
    return Allowed.NONE


def policy(session: ResellerSession) -> Policy:
    """What the session's reseller has chosen."""
    return Policy(settings.read(session).after_debt_reminders)


def owed_by_clients(session: ResellerSession) -> list[Debt]:
    """What is owed to the reseller, by client number and currency."""
    sums: defaultdict[tuple[int, str], dict[AccountCode, int]] = defaultdict(dict)
    for each in owned.below_zero(session, receivables.MONEY):
        sums[each.owner_id, each.unit][each.code] = -each.balance
    clients = session.scalars(select(Client).where(Client.id.in_({key[0] for key in sums})))
    by_id = {client.id: client for client in clients}
    debts = [
        Debt(
            by_id[client_id],
            currency,
            wallet=held.get(AccountCode.WALLET, 0),
            beside=held.get(AccountCode.RECEIVABLE, 0),
        )
        for (client_id, currency), held in sums.items()
    ]
    return sorted(debts, key=lambda debt: (debt.client.number, debt.currency))


def owed_by(session: ResellerSession, client: Client) -> dict[str, int]:
    """What one client owes altogether by currency, in millionths; empty if nothing."""
    sums: defaultdict[str, int] = defaultdict(int)
    for each in owned.accounts(session, receivables.MONEY, owner_id=client.id):
        if each.balance < 0:
            sums[each.unit] -= each.balance
    return dict(sums)


def to_remind(session: ResellerSession, *, now: datetime) -> Sequence[int]:
    """The clients whose next reminder is due, the oldest first."""
    return [
        client.id
        for client in session.scalars(
            select(Client)
            .where(Client.debt_since.is_not(None), Client.closed_at.is_(None))
            .order_by(Client.id)
        )
        if _reminders_due(client, now=now) > client.debt_reminders
    ]


def remind(session: ResellerSession, *, client_id: int, now: datetime, url: str) -> bool:
    """Write to a client that it owes, if a reminder is due; whether one was written.

    After a standstill one mail stands for those that were missed. A debt that is paid meanwhile is
    forgotten.

    Raises:
        NotFound: there is no such client.
    """
    client = access.locked_client(session, client_id)
    due = _reminders_due(client, now=now)
    if not standing.look_at_debt(session, client) or due <= client.debt_reminders:
        return False
    client.debt_reminders = due
    debts = sorted(owed_by(session, client).items())
    letters.write(
        session,
        client,
        "debt_reminder",
        url=url,
        to=client.low_balance_email,
        debt=", ".join(letters.amount(client, debt, currency=unit) for unit, debt in debts),
    )
    return True


def _reminders_due(client: Client, *, now: datetime) -> int:
    since = client.debt_since
    return 0 if since is None else sum(now - since >= age for age in REMINDED_AFTER)
