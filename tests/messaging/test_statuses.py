import pytest

from portal.messaging import statuses
from portal.messaging.statuses import Shown, Status

# The line "Moves" of the rules, word for word.
MOVES = {
    "scheduled": "accepted cancelled expired",
    "accepted": "submitting rejected expired cancelled",
    "submitting": "submitted accepted rejected unknown",
    "unknown": "submitted delivered undelivered accepted",
    "submitted": "delivered undelivered expired",
    "expired": "delivered",
    "undelivered": "delivered",
    "delivered": "",
    "rejected": "",
    "cancelled": "",
}


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_only_these_moves_are_made(old: Status, new: Status) -> None:
    assert statuses.may_move(old, new) is (new in MOVES[old].split())


@pytest.mark.parametrize("status", Status)
def test_nothing_moves_to_where_it_is(status: Status) -> None:
    assert not statuses.may_move(status, status)


def test_sources_are_the_moves_the_other_way_round() -> None:
    assert statuses.sources(Status.DELIVERED) == {
        Status.SUBMITTED,
        Status.UNKNOWN,
        Status.EXPIRED,
        Status.UNDELIVERED,
    }
    assert statuses.sources(Status.SCHEDULED) == frozenset()


def test_failed_and_final() -> None:
    assert {"undelivered", "rejected", "expired"} == statuses.FAILED
    assert {"undelivered", "rejected", "expired", "delivered", "cancelled"} == statuses.FINAL


def test_what_is_not_final_can_still_move() -> None:
    assert all(statuses.MOVES[status] for status in set(Status) - statuses.FINAL)


def test_what_is_final_moves_to_delivered_at_most() -> None:
    assert all(statuses.MOVES[status] <= {Status.DELIVERED} for status in statuses.FINAL)


def test_shown() -> None:
    assert {status: statuses.shown(status) for status in Status} == {
        Status.SCHEDULED: Shown.ON_ITS_WAY,
        Status.ACCEPTED: Shown.ON_ITS_WAY,
        Status.SUBMITTING: Shown.ON_ITS_WAY,
        Status.SUBMITTED: Shown.ON_ITS_WAY,
        Status.UNKNOWN: Shown.ON_ITS_WAY,
        Status.DELIVERED: Shown.DELIVERED,
        Status.UNDELIVERED: Shown.NOT_DELIVERED,
        Status.REJECTED: Shown.NOT_DELIVERED,
        Status.EXPIRED: Shown.NOT_DELIVERED,
        Status.CANCELLED: Shown.NOT_DELIVERED,
    }
