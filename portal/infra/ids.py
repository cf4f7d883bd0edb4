"""Time-ordered 63-bit ids, unique over all processes without asking anyone for each.

An id is 41 bits of milliseconds since 2024, 12 bits of node and 10 bits of counter. The node is
leased from a database sequence when a process first connects; it comes round again after 4,096
leases, and two holders of one node would have to make the same counter in the same millisecond to
collide, which a primary key then refuses.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from portal.infra import clock

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
NODE_BITS = 12
COUNTER_BITS = 10
NODES = 1 << NODE_BITS
_BELOW_TIME = NODE_BITS + COUNTER_BITS
_COUNTERS = 1 << COUNTER_BITS
_MILLISECOND = timedelta(milliseconds=1)
# Milliseconds that a clock may step back to without an id being made twice: half a minute at least.
_REMEMBERED_MAX = 1 << 15


class NodeUnknown(RuntimeError):
    """An id was asked for before this process had leased its node."""


class Generator:
    """Makes ids for one node; safe for threads."""

    def __init__(self, node: int) -> None:
        self._node = node % NODES
        self._lock = threading.Lock()
        self._counts: OrderedDict[int, int] = OrderedDict()

    def make(self, moment: datetime) -> int:
        """An id for this moment, larger than any made before for an earlier or the same one."""
        asked = (moment - EPOCH) // _MILLISECOND
        with self._lock:
            millisecond = asked
            # A full millisecond spills into the next, so that a burst stays in order.
            while (count := self._counts.get(millisecond, 0)) >= _COUNTERS:
                millisecond += 1
            self._remember(millisecond, count + 1)
        return (millisecond << _BELOW_TIME) | (self._node << COUNTER_BITS) | count

    def _remember(self, millisecond: int, count: int) -> None:
        self._counts[millisecond] = count
        self._counts.move_to_end(millisecond)
        if len(self._counts) > _REMEMBERED_MAX:
            self._counts.popitem(last=False)


_generator: list[Generator] = []


def use_node(node: int) -> None:
    """Make ids for this node from now on; called once when the process first connects."""
    _generator[:] = [Generator(node)]


def has_node() -> bool:
    """Whether this process has leased its node."""
    return bool(_generator)


def new() -> int:
    """An id for now.

    Raises:
        NodeUnknown: if no `Database` was opened in this process.
    """
    if not _generator:
        raise NodeUnknown("open a Database before making ids")
    return _generator[0].make(clock.now())


def floor(moment: datetime) -> int:
    """The smallest id that this moment could have: a bound for partitions and for periods."""
    return ((moment - EPOCH) // _MILLISECOND) << _BELOW_TIME


def moment_of(number: int) -> datetime:
    """When an id was made, to the millisecond."""
    return EPOCH + (number >> _BELOW_TIME) * _MILLISECOND
