"""What a client is at a moment, three facts and the words for them; how a session was begun."""

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


class Proof(StrEnum):
    """What somebody has shown to be let in, from the least to the most."""

    LINK = "link"
    """Nothing of their own: another let them in."""
    PASSWORD = "password"  # noqa: S105 - a word for one, and none itself
    SECOND_STEP = "second_step"
    PASSKEY = "passkey"


TWO_STEPS = frozenset({Proof.SECOND_STEP, Proof.PASSKEY})
"""Proofs that a stolen password alone does not give; a passkey asks for a finger or a code."""
