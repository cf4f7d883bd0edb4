"""What a change of the wallet does to its client: suspension, its lifting, the mails, the debt.

Looked at after every change of the wallet and of SOFT and HARD, in the same transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from portal.accounts import activity, receivables
from portal.accounts.actor import system
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement, Standing
from portal.infra import clock, queue
from portal.infra.db import ResellerSession

TOP_UP: Final = "payments.top_up"
"""The job that looks whether a client's kept card is to be charged, and with what."""


@dataclass(frozen=True)
class Effect:
    """What a balance does to a client's facts."""

    suspends: bool = False
    lifts: bool = False
    fires: bool = False
    arms: bool = False
    crosses_zero: bool = False
    """A debt begins, or is paid."""
    tops_up: bool = False
    """The balance at which the client wants a kept card charged is crossed downward."""

    @property
    def changes_anything(self) -> bool:
        """Whether any fact of the client has to be written."""
        fires = self.fires or self.tops_up
        return self.suspends or self.lifts or fires or self.arms or self.crosses_zero


def effect(  # the facts one by one, so that the send path needs no row of the ORM
    *,
    management: BalanceManagement,
    suspended: bool,
    on_quota: bool,
    threshold: int | None,
    armed: bool,
    top_up_below: int | None,
    before: int,
    after: int,
) -> Effect:
    """What it does that a wallet went from `before` to `after`.

    HARD is suspended at zero, but a client wholly on quota, which pays in parts, is not. The
    low-balance mail fires when the threshold is crossed downward while armed; it is armed again
    only above the threshold. A top-up has a threshold of its own, and nothing to arm.
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
        tops_up=top_up_below is not None and before >= top_up_below > after,
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
        top_up_below=client.top_up_below,
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
    if found.tops_up:
        look_whether_to_top_up(session, client)


def threshold_raised(session: ResellerSession, client: Client, *, balance: int) -> None:
    """Raising the threshold over the balance fires once; lowering it under arms again."""
    threshold = client.low_balance_threshold
    low = threshold is not None and balance <= threshold
    if low and client.low_balance_armed:
        client.low_balance_armed = False
        _notify(session, client, "low_balance")
    elif not low:
        client.low_balance_armed = True


def watch(session: ResellerSession, client: Client, *, below: int | None, balance: int) -> None:
    """From which balance on to look whether the client is to be topped up; None: nobody looks.

    Where the balance is below it already, that is now.
    """
    client.top_up_below = below
    if below is not None and balance < below:
        look_whether_to_top_up(session, client)


def look_whether_to_top_up(session: ResellerSession, client: Client) -> None:
    """Have a job look whether the client's kept card is to be charged."""
    queue.enqueue(session, TOP_UP, reseller_id=session.reseller_id, client_id=client.id)


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
