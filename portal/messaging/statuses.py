"""The states of a message, and the moves between them."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Status(StrEnum):
    """Where a message is; stored and answered by its word."""

    SCHEDULED = "scheduled"
    ACCEPTED = "accepted"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@unique
class Shown(StrEnum):
    """What a person is told of a message."""

    DELIVERED = "delivered"
    ON_ITS_WAY = "on_its_way"
    NOT_DELIVERED = "not_delivered"


MOVES: dict[Status, frozenset[Status]] = {
    Status.SCHEDULED: frozenset({Status.ACCEPTED, Status.CANCELLED, Status.EXPIRED}),
    Status.ACCEPTED: frozenset(
        {Status.SUBMITTING, Status.REJECTED, Status.EXPIRED, Status.CANCELLED}
    ),
    Status.SUBMITTING: frozenset(
        {
            Status.SUBMITTED,
            Status.ACCEPTED,  # a clear refusal: it may be tried elsewhere
            Status.REJECTED,
            Status.UNKNOWN,
        }
    ),
    Status.UNKNOWN: frozenset(
        {
            Status.SUBMITTED,
            Status.DELIVERED,
            Status.UNDELIVERED,
            Status.ACCEPTED,  # the gateway says that it never had it
        }
    ),
    Status.SUBMITTED: frozenset({Status.DELIVERED, Status.UNDELIVERED, Status.EXPIRED}),
    Status.EXPIRED: frozenset({Status.DELIVERED}),  # a late report: flagged, not charged again
    Status.UNDELIVERED: frozenset({Status.DELIVERED}),  # likewise
    Status.DELIVERED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.CANCELLED: frozenset(),
}
assert MOVES.keys() == set(Status)

FAILED = frozenset({Status.UNDELIVERED, Status.REJECTED, Status.EXPIRED})
"""What "failed" means in lists and reports."""

FINAL = FAILED | {Status.DELIVERED, Status.CANCELLED}
"""Nothing more is awaited, though a late report may still tell of a delivery."""

_SHOWN = {
    **dict.fromkeys(Status, Shown.ON_ITS_WAY),
    **dict.fromkeys(FAILED | {Status.CANCELLED}, Shown.NOT_DELIVERED),
    Status.DELIVERED: Shown.DELIVERED,
}


def may_move(old: Status, new: Status) -> bool:
    """Whether a message may go from one status to the other; staying is no move."""
    return new in MOVES[old]


def sources(new: Status) -> frozenset[Status]:
    """The statuses from which a message may come to this one: what an UPDATE may match."""
    return frozenset(old for old, targets in MOVES.items() if new in targets)


def shown(status: Status) -> Shown:
    """The short answer for a person (Mailjet's words); the reason of a failure stands beside it."""
    return _SHOWN[status]
