"""What is known of a host name, how it is doing by that, and when it is looked up again."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final


class GivenBy(StrEnum):
    """Why a reseller has a name: only one that it asked for itself needs a proof."""

    ZONE = "zone"  # its short name in the zone of the installation
    OPERATOR = "operator"  # the operator vouches for it
    RESELLER = "reseller"


class Finding(StrEnum):
    """What a look-up has brought."""

    UNCHECKED = "unchecked"
    RIGHT = "right"
    MISSING = "missing"
    OTHER = "other"
    NO_ANSWER = "no_answer"
    TAKEN = "taken"  # the proof is there, but another portal was first


class State(StrEnum):
    """How a name is doing."""

    WAITING = "waiting"
    PROVEN = "proven"
    READY = "ready"
    FAILING = "failing"
    RELEASED = "released"


_CERTAIN: Final = frozenset({Finding.RIGHT, Finding.MISSING, Finding.OTHER, Finding.TAKEN})
_WRONG: Final = frozenset({Finding.MISSING, Finding.OTHER})

_FIRST_PAUSE: Final = timedelta(seconds=30)
_PAUSE_MAX: Final = timedelta(hours=1)
_DOUBLINGS: Final = 7
# With the pauses above, some two weeks: then only a person looks again.
TRIES_MAX: Final = 350


def state(*, released: bool, proven: bool, reached: bool, proof: Finding, reach: Finding) -> State:
    """How a name is doing; `reached` is whether it has ever led to this installation."""
    if released:
        return State.RELEASED
    if not proven:
        return State.WAITING
    if not reached:
        return State.PROVEN
    return State.FAILING if _WRONG & {proof, reach} else State.READY


def remembered(before: Finding, now: Finding) -> Finding:
    """What holds after another look-up: no answer says nothing against what was known."""
    return before if now is Finding.NO_ANSWER and before in _CERTAIN else now


def is_wrong(finding: Finding) -> bool:
    """Whether the look-up was answered, and not as it should be."""
    return finding in _WRONG


def pause(found: State, *, tries: int) -> timedelta | None:
    """How long until the next look-up after so many in this state; None is never by itself."""
    if found is State.READY:
        return timedelta(days=1)
    if found is State.FAILING:
        return _PAUSE_MAX
    if found is State.RELEASED or tries >= TRIES_MAX:
        return None
    doubled: timedelta = _FIRST_PAUSE * 2 ** min(tries, _DOUBLINGS)
    return min(doubled, _PAUSE_MAX)
