"""Wallets brought to where a test wants them, and what a change of them has queued."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from portal.accounts import dues, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import proof
from tests.cast import UNIT, Firm


def client_of(session: ResellerSession, firm: Firm) -> Client:
    """The firm's client, as the database has it now."""
    session.flush()
    found = session.get(Client, (firm.reseller_id, firm.client_id), populate_existing=True)
    assert found is not None
    return found


def balance(session: ResellerSession, firm: Firm) -> int:
    """What the firm's wallet holds, in millionths."""
    return wallet.balance(session, client_of(session, firm))


def bring_to(session: ResellerSession, firm: Firm, amount: int, *, by: Actor) -> None:
    """Pay or charge by hand until the wallet holds this amount."""
    missing = amount - balance(session, firm)
    act = wallet.payment if missing > 0 else wallet.charge
    if missing:
        act(session, client_id=firm.client_id, amount=abs(missing), description="Test", by=by)


def manage(
    session: ResellerSession,
    firm: Firm,
    management: BalanceManagement,
    *,
    by: Actor,
    limit: int | None = None,
) -> None:
    """Make the firm's client SOFT or HARD."""
    wallet.set_balance_management(
        session, client_id=firm.client_id, management=management, credit_limit=limit, by=by
    )


def owe(
    session: ResellerSession, firm: Firm, amount: int, *, by: Actor, words: str = "Starter"
) -> None:
    """Make the firm's client HARD, and have it owe so much for a fee beside its empty wallet."""
    held = 5 * UNIT
    manage(session, firm, BalanceManagement.HARD, by=by)
    bring_to(session, firm, held, by=by)
    dues.charge_fee(
        session,
        client_id=firm.client_id,
        cause=ids.new(),
        n=0,
        amount=held + amount,
        currency="USD",
        description=words,
    )


def notices(session: ResellerSession, firm: Firm) -> list[str]:
    """The mails about its wallet that were queued for the firm, oldest first."""
    return [job["notice"] for job in queued(session, "clients.notify", firm)]


def queued(session: ResellerSession, name: str, firm: Firm) -> list[dict[str, Any]]:
    """What jobs of this name were given that are about the firm, oldest first."""
    session.flush()
    found = session.scalars(
        text(
            "SELECT args FROM procrastinate_jobs"
            " WHERE task_name = :name AND (args ->> 'client_id')::bigint = :client"
            " ORDER BY id"
        ),
        {"name": name, "client": firm.client_id},
    )
    return list(found)


def disagreements(session: ResellerSession) -> list[str]:
    """What the proof of the books finds wrong."""
    session.flush()
    return [str(one) for one in proof.prove(session).disagreements]
