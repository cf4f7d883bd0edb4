"""What a client is at a moment: three independent facts and the words for them."""

from __future__ import annotations

from enum import StrEnum


class BalanceManagement(StrEnum):
    """SOFT may go below zero, HARD may not and is suspended at zero."""

    SOFT = "SOFT"
    HARD = "HARD"


class Standing(StrEnum):
    """The one word for a client's facts; the gravest wins."""

    WAIT = "WAIT"
    REFUSED = "REFUSED"
    CLOSED = "CLOSED"
    SUSPENDED_BY_STAFF = "SUSPENDED_BY_STAFF"
    SUSPENDED_BY_BALANCE = "SUSPENDED_BY_BALANCE"
    ACTIVE = "ACTIVE"


MAY_SIGN_IN = frozenset(
    {Standing.ACTIVE, Standing.SUSPENDED_BY_BALANCE, Standing.SUSPENDED_BY_STAFF}
)
