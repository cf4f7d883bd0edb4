"""Messages that were refused for a reason that staff can mend: written down once a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Final

from portal.accounts import activity
from portal.accounts.actor import system
from portal.infra import afterwards, throttle
from portal.infra.db import ResellerSession
from portal.messaging.errors import (
    CannotAfford,
    ClientSuspended,
    CountryNotOpen,
    InDebt,
    LimitReached,
    MessagingError,
    NoRate,
    QuotaUsedUp,
    SenderNotAllowed,
)

NOTED_EVERY: Final = timedelta(days=1)
NOTED: Final = (
    CannotAfford,
    ClientSuspended,
    CountryNotOpen,
    InDebt,
    LimitReached,
    NoRate,
    QuotaUsedUp,
    SenderNotAllowed,
)
"""What a payment, a price or a word of staff puts right; who mistypes a number sees that alone."""


def note(session: ResellerSession, *, client_id: int, refusals: Iterable[MessagingError]) -> None:
    """Have these on the client's time line, each kind once a day, though nothing else is kept.

    The send's own transaction may be undone, so this is done in another.
    """
    for code in sorted({each.code for each in refusals if isinstance(each, NOTED)}):
        afterwards.note(session, partial(_record, client_id=client_id, code=code))


def _record(session: ResellerSession, *, client_id: int, code: str) -> None:
    key = f"send-refused/{session.reseller_id}/{client_id}/{code}"
    if throttle.first_in(session, key, NOTED_EVERY):
        activity.record(
            session,
            by=system(session.reseller_id),
            what="client.send_refused",
            client_id=client_id,
            refusal=code,
        )
