"""What becomes of a top-up that came to nothing: nothing is owed, and the next one waits."""

from __future__ import annotations

from typing import Final

from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.payments import crediting, top_up_rules
from portal.payments.models import Deposit
from portal.payments.statuses import State, Trouble

TELL: Final = "payments.tell_of_failed_top_up"
"""The job that writes to a client that its card was not charged."""


def fail(session: ResellerSession, deposit: Deposit, *, why: Trouble) -> None:
    """Give up a deposit that is held: no other follows until its client says so, and is told.

    One that is decided stays as it is. Should money come all the same, it is credited.
    """
    if not _gave_up(deposit, why):
        return
    top_up_rules.pause(session, client_id=crediting.client_of(deposit), why=why)
    queue.enqueue(session, TELL, reseller_id=session.reseller_id, deposit_id=deposit.id)


def call_off(session: ResellerSession, deposit: Deposit) -> None:
    """Give up a deposit that is held and whose charge was never begun: somebody has decided so."""
    _gave_up(deposit, Trouble.CALLED_OFF)
    session.flush()


def _gave_up(deposit: Deposit, why: Trouble) -> bool:
    if deposit.state is not State.PENDING:
        return False
    deposit.state, deposit.trouble = State.ABANDONED, why
    deposit.look_at, deposit.is_processing = None, False
    return True
