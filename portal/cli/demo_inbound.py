"""What comes in for the clients of the demonstration: answers to what they have sent."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from portal.accounts.actor import Actor
from portal.cli.demo_shapes import DemoPortal
from portal.cli.demo_texts import Place, Trade
from portal.gateways.port import Inbound
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.messaging import inbound
from portal.numbers import stock

_ANSWERING = 0.03
"""Which part of the messages is answered."""

_STOPPING = 35
"""So many answers come for each that is a STOP."""


@dataclass(frozen=True)
class _Answer:
    phone: str
    digits: str
    trade: Trade


class Replies:
    """The answers of one reseller's clients' customers, taken in as those of a gateway are."""

    def __init__(
        self, session: ResellerSession, *, place: Place, gateway_id: int, seed: int
    ) -> None:
        self._session = session
        self._place = place
        self._gateway_id = gateway_id
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._coming: list[_Answer] = []
        self._came = 0

    def expect(self, *, number: str, trade: Trade, phones: Sequence[str]) -> None:
        """Let some of these phones, to which something was sent, answer to a client's number."""
        self._coming += [
            _Answer(phone, number.removeprefix("+"), trade)
            for phone in phones
            if self._random.random() < _ANSWERING
        ]

    def arrive(self, *, seconds_between: tuple[int, int], stopped: Callable[[str], None]) -> None:
        """Let those that are expected come in, one after the other, from the pretended moment on.

        Whoever says STOP is told to `stopped`: nothing more can be sent there.
        """
        coming, self._coming = self._coming, []
        at = clock.now()
        for answer in coming:
            at += timedelta(seconds=self._random.randint(*seconds_between))
            self._came += 1
            stops = self._came % _STOPPING == 0
            with clock.pretending(at):
                inbound.receive(
                    self._session,
                    gateway_id=self._gateway_id,
                    inbound=Inbound(
                        upstream_id=f"{self._random.getrandbits(64):016x}",
                        sender=answer.phone,
                        recipient_digits=answer.digits,
                        text=self._text(answer.trade, stops=stops),
                        at=at - timedelta(seconds=2),
                        raw={},
                    ),
                )
            if stops:
                stopped(answer.phone)

    def _text(self, trade: Trade, *, stops: bool) -> str:
        if stops:
            return "STOP"
        words = self._random.choice(trade.answers)
        return words.format(name=self._random.choice(self._place.names))


def fill_stock(session: ResellerSession, demo: DemoPortal, *, by: Actor) -> dict[str, int]:
    """The numbers of a portal of the demonstration, in stock; the id of each."""
    return {
        each.e164: stock.add(
            session,
            number=each.e164,
            setup_fee=each.setup_fee,
            monthly_fee=each.monthly_fee,
            fee_per_message=each.fee_per_message,
            by=by,
        ).id
        for each in demo.numbers
    }
