"""The life of a client: activation, refusal, suspension."""

from __future__ import annotations

from portal.accounts import access, activity, letters, wallet
from portal.accounts import standing as standings
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongStanding
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.tenancy import links


def activate(session: ResellerSession, *, client_id: int, by: Actor, origin: str) -> Client:
    """Let a client in: it gets a wallet and a mail. HARD with nothing in it is suspended at once.

    Raises:
        WrongStanding: it is not waiting.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.WAIT})
    wallet.open_for(session, client)
    client.activated_at = clock.now()
    held = wallet.balance(session, client)
    activity.record(session, by=by, what="client.activated", client_id=client.id)
    if client.balance_management is BalanceManagement.HARD and held <= 0:
        # The mail of the activation says that a deposit comes first; no second one is needed.
        client.suspended_by_balance_at = clock.now()
    letters.write(session, client, "activated", url=links.login(origin))
    return client


def refuse(
    session: ResellerSession, *, client_id: int, by: Actor, reason: str, origin: str
) -> Client:
    """Turn a waiting client down, for a reason that it is told.

    Raises:
        WrongStanding: it is not waiting.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.WAIT})
    client.refused_at = clock.now()
    client.refused_reason = reason
    activity.record(session, by=by, what="client.refused", client_id=client.id, reason=reason)
    letters.write(session, client, "refused", url=links.home(origin), reason=reason)
    return client


def take_refusal_back(session: ResellerSession, *, client_id: int, by: Actor) -> Client:
    """Let a client that was refused wait again, as if nobody had answered; it is told nothing.

    Raises:
        WrongStanding: it was not refused.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.REFUSED})
    client.refused_at = None
    client.refused_reason = ""
    activity.record(session, by=by, what="client.refusal_taken_back", client_id=client.id)
    return client


def suspend(session: ResellerSession, *, client_id: int, by: Actor, reason: str) -> Client:
    """Stop a client from sending by hand, whatever its balance.

    Raises:
        WrongStanding: it is not active, or suspended so already.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.ACTIVE, Standing.SUSPENDED_BY_BALANCE})
    client.suspended_by_staff_at = clock.now()
    client.suspended_by_staff_reason = reason
    activity.record(session, by=by, what="client.suspended", client_id=client.id, reason=reason)
    return client


def lift(session: ResellerSession, *, client_id: int, by: Actor) -> Client:
    """Take back a suspension by hand; one by balance stays until money comes.

    Raises:
        WrongStanding: it is not suspended by hand.
        NotFound: there is no such client.
    """
    client = _in(session, client_id, {Standing.SUSPENDED_BY_STAFF})
    client.suspended_by_staff_at = None
    client.suspended_by_staff_reason = ""
    activity.record(session, by=by, what="client.lifted", client_id=client.id)
    return client


def set_low_balance(
    session: ResellerSession, *, client_id: int, threshold: int | None, email: str, by: Actor
) -> None:
    """Choose at which balance (millionths, or None for never) a mail goes to whom.

    Raises:
        NotFound: there is no such client.
    """
    client = wallet.held_client(session, client_id)
    client.low_balance_threshold = threshold
    client.low_balance_email = email
    standings.threshold_raised(session, client, balance=wallet.balance(session, client))
    activity.record(
        session, by=by, what="client.low_balance", client_id=client.id, threshold=threshold
    )


def _in(session: ResellerSession, client_id: int, expected: set[Standing]) -> Client:
    client = access.locked_client(session, client_id)
    if client.standing not in expected:
        raise WrongStanding(client.standing)
    return client
