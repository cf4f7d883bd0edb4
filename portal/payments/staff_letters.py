"""What a reseller's staff is written about payments: disputes, and accounts that no longer work."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency

from portal.accounts import staff
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.ledger.units import MICROS
from portal.notifications import outbox
from portal.payments import accounts, refunds, registry
from portal.payments.models import Deposit
from portal.payments.statuses import Stage
from portal.tenancy import links


def disputed(session: ResellerSession, *, refund_id: int, origin: str) -> None:
    """Write to whoever works with money that a bank takes a deposit back; not if that is over.

    Raises:
        NotFound: there is no such dispute.
    """
    taken = refunds.by_id(session, refund_id)
    if taken.stage is not Stage.TAKEN:
        return
    deposit = session.get_one(Deposit, (session.reseller_id, taken.deposit_id))
    client = session.get_one(Client, (session.reseller_id, deposit.client_id))
    account = accounts.by_id(session, deposit.account_id)
    for person in staff.who_may(session, Right.MONEY_POST):
        outbox.write(
            session,
            "deposit_disputed",
            to=person.email,
            language=person.language,
            values={
                "client": client.name,
                "amount": format_currency(
                    Decimal(taken.amount) / MICROS,
                    taken.currency,
                    locale=person.language.replace("-", "_"),
                ),
                "provider": registry.adapter(account.provider).label,
                "reason": taken.reason or "–",
                "url": links.reseller_deposit(origin, deposit.id),
            },
        )


def account_fails(session: ResellerSession, *, account_id: int, reason: str, origin: str) -> bool:
    """Note that an account refuses us, and write to whoever may change it; once until it works.

    Raises:
        NotFound: there is no such account.
    """
    account = accounts.by_id(session, account_id)
    account.trouble = reason[: accounts.TROUBLE_LENGTH_MAX]
    if account.failing_since is not None or account.retired_at is not None:
        return False
    account.failing_since = clock.now()
    for person in staff.who_may(session, Right.SETTINGS_MANAGE):
        outbox.write(
            session,
            "payment_account_failing",
            to=person.email,
            language=person.language,
            values={
                "provider": registry.adapter(account.provider).label,
                "answer": account.trouble,
                "url": links.payments(origin),
            },
        )
    return True


def account_works(session: ResellerSession, *, account_id: int) -> None:
    """Note that an account answers as it should again.

    Raises:
        NotFound: there is no such account.
    """
    account = accounts.by_id(session, account_id)
    if account.failing_since is not None:
        account.failing_since, account.trouble = None, ""
