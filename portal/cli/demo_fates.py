"""What became of the messages of a made-up past: handed over, reported on, refused."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import datetime, timedelta

from portal.gateways.choosing import Candidate
from portal.gateways.models import Gateway
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import dispatching, failing, moving
from portal.messaging.dispatching import Claimed, Result
from portal.messaging.moving import Move
from portal.messaging.statuses import Status

_MANY = 1000
_REJECTED = 0.01
_UNDELIVERED = 0.03
SLOW = 0.12
"""Which part of the reports takes a quarter of an hour."""

_CLAIMED_AFTER = timedelta(seconds=1)
_ANSWERED_AFTER = timedelta(seconds=2)
_REPORTED_AFTER = timedelta(seconds=6)
_SLOWLY_AFTER = timedelta(minutes=17)


class Fates:
    """Does what the dispatcher does, without a gateway: nothing leaves.

    It shares the transaction in which the messages were accepted; nothing else may stand in the
    queue that this transaction sees.
    """

    def __init__(
        self, session: ResellerSession, gateway: Gateway, *, now: datetime, seed: int
    ) -> None:
        self._session = session
        self._gateway = gateway
        self._candidate = Candidate(id=gateway.id, priority=gateway.priority)
        self._now = now
        self._random = random.Random(seed)  # noqa: S311 - no secret

    def meet(self, *, slow: float = SLOW) -> None:
        """Let all that was accepted at the pretended moment meet its fate, as far as it is over.

        What would be reported on later than now stays on its way; `slow` is the part of the
        reports that take a quarter of an hour.
        """
        accepted_at = clock.now()
        with clock.pretending(accepted_at + _CLAIMED_AFTER):
            claimed = dispatching.claim(
                self._session,
                candidates=[self._candidate],
                senders={self._gateway.id: self._gateway.sender},
                report_urls={self._gateway.id: ""},
                limit=_MANY,
            )
        with clock.pretending(accepted_at + _ANSWERED_AFTER):
            submitted = self._answered(claimed)
        ends: dict[datetime, list[Move]] = defaultdict(list)
        for each in submitted:
            late = self._random.random() < slow
            at = accepted_at + (_SLOWLY_AFTER if late else _REPORTED_AFTER)
            ends[at].append(self._end(each))
        for at in sorted(ends):
            if at < self._now:
                with clock.pretending(at):
                    moving.move(self._session, ends[at])

    def _answered(self, claimed: list[Claimed]) -> list[Claimed]:
        """What the gateway took; what it refused is given back."""
        refused = [each for each in claimed if self._random.random() < _REJECTED]
        taken = [each for each in claimed if each not in refused]
        dispatching.record(
            self._session,
            [
                Result(
                    claimed=each,
                    status=Status.SUBMITTED,
                    upstream_id=f"{self._random.getrandbits(64):016x}",
                )
                for each in taken
            ],
        )
        if refused:
            failing.reject(
                self._session,
                [
                    Result(claimed=each, status=Status.REJECTED, reason="The number is barred.")
                    for each in refused
                ],
            )
        return taken

    def _end(self, each: Claimed) -> Move:
        """What a delivery report would do; the portals of the demonstration refund none."""
        lost = self._random.random() < _UNDELIVERED
        return Move(
            reseller_id=each.reseller_id,
            message_id=each.submission.message_id,
            attempt=each.submission.attempt,
            to=Status.UNDELIVERED if lost else Status.DELIVERED,
            gateway_id=each.gateway_id,
            reason="The phone could not be reached." if lost else "",
        )
