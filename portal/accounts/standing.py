"""What a change of the wallet does to its client: suspension, its lifting, the mails, the debt.

Looked at after every change of the wallet and of SOFT and HARD, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts import activity, receivables
from portal.accounts.actor import system
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock, queue
from portal.infra.db import ResellerSession


@dataclass(frozen=True)
class Effect:
    """What a balance does to a client's facts."""

    suspends: bool = False
    lifts: bool = False
    fires: bool = False
    arms: bool = False
    crosses_zero: bool = False
    """A debt begins, or is paid."""

    @property
    def changes_anything(self) -> bool:
        """Whether any fact of the client has to be written."""
        return self.suspends or self.lifts or self.fires or self.arms or self.crosses_zero


def effect(  # the facts one by one, so that the send path needs no row of the ORM
    *,
    management: BalanceManagement,
    suspended: bool,
    on_quota: bool,
    threshold: int | None,
    armed: bool,
    before: int,
    after: int,
) -> Effect:
    """What it does that a wallet went from `before` to `after`.

    HARD is suspended at zero, but a client wholly on quota, which pays in parts, is not. The
    low-balance mail fires when the threshold is crossed downward while armed; it is armed again
    only above the threshold.
    """
    empty = management is BalanceManagement.HARD and after <= 0 and not on_quota
    low = threshold is not None and after <= threshold
    crossed = low and threshold is not None and before > threshold
    return Effect(
        suspends=empty and not suspended,
        lifts=suspended and not empty,
        fires=armed and crossed,
        arms=not armed and not low,
        crosses_zero=(before < 0) != (after < 0),
    )


def apply(session: ResellerSession, client: Client, *, before: int, after: int) -> None:
    """Bring a client's facts in line with its balance and queue the mails that follow.

    What it owes, in any currency and beside its wallets too, is looked at as it is now.
    """
    found = effect(
        management=client.balance_management,
        suspended=client.suspended_by_balance_at is not None,
        on_quota=client.wholly_on_quota,
        threshold=client.low_balance_threshold,
        armed=client.low_balance_armed,
        before=before,
        after=after,
    )
    _take(session, client, found)
    look_at_debt(session, client)


def look_at_debt(session: ResellerSession, client: Client) -> bool:
    """Note since when the client owes, or that it does no longer; whether it does."""
    owes = receivables.owes(session, client.id)
    if owes != (client.debt_since is not None):
        client.debt_since = clock.now() if owes else None
        client.debt_reminders = 0
    return owes


def _take(session: ResellerSession, client: Client, found: Effect) -> None:
    if found.suspends:
        client.suspended_by_balance_at = clock.now()
        _note(session, client, "client.suspended_by_balance")
    if found.lifts:
        client.suspended_by_balance_at = None
        _note(session, client, "client.lifted_by_balance")
    if found.fires:
        client.low_balance_armed = False
    if found.arms:
        client.low_balance_armed = True
    if found.suspends:
        _notify(session, client, "suspended")
    elif found.fires:
        _notify(session, client, "low_balance")
    if found.lifts and client.standing is Standing.ACTIVE:
        _notify(session, client, "reactivated")


def threshold_raised(session: ResellerSession, client: Client, *, balance: int) -> None:
    """Raising the threshold over the balance fires once; lowering it under arms again."""
    threshold = client.low_balance_threshold
    low = threshold is not None and balance <= threshold
    if low and client.low_balance_armed:
        client.low_balance_armed = False
        _notify(session, client, "low_balance")
    elif not low:
        client.low_balance_armed = True


def _note(session: ResellerSession, client: Client, what: str) -> None:
    by = system(session.reseller_id)
    activity.record(session, by=by, what=what, client_id=client.id)


def _notify(session: ResellerSession, client: Client, notice: str) -> None:
    """The mail is written by a job, so that no message waits for its wording.

    Who was not let in yet hears of that first, and of a wallet later.
    """
    if client.activated_at is None:
        return
    queue.enqueue(
        session,
        "clients.notify",
        reseller_id=session.reseller_id,
        client_id=client.id,
        notice=notice,
    )
