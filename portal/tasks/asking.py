"""Ask the gateways about messages of which nobody knows whether they went out."""

from __future__ import annotations

import asyncio
import time

import structlog

from portal.gateways.errors import NoAnswer, Unsupported
from portal.infra import outgoing
from portal.messaging import settling
from portal.messaging.settling import Doubt
from portal.tasks.routes import Routes
from portal.tasks.transactions import Transactions

ASK_SECONDS = 5.0
ASK_AGAIN_SECONDS = 300.0
ASKED_AT_ONCE = 16

logger = structlog.get_logger(__name__)


class Asking:
    """Remembers what was asked when, so that a mute gateway is not asked all the time."""

    def __init__(self, transactions: Transactions, routes: Routes) -> None:
        self._transactions = transactions
        self._routes = routes
        self._mute: set[int] = set()
        self._ask_at: dict[str, float] = {}

    async def ask_due(self) -> None:
        """Ask about some of the messages whose turn it is, and settle what is answered."""
        askable = [number for number in self._routes.present if number not in self._mute]
        now = time.monotonic()
        doubts = await self._transactions.run(
            lambda session: settling.doubts(session, gateway_ids=askable)
        )
        due = [d for d in doubts if self._ask_at.get(d.asked, 0) <= now]
        await asyncio.gather(*(self._ask(doubt) for doubt in due[:ASKED_AT_ONCE]))

    async def _ask(self, doubt: Doubt) -> None:
        route = self._routes.present.get(doubt.gateway_id)
        if route is None:
            return
        self._ask_at[doubt.asked] = time.monotonic() + ASK_AGAIN_SECONDS
        try:
            with outgoing.call(route.name):
                async with asyncio.timeout(ASK_SECONDS):
                    outcome = await route.gateway.status(doubt.asked)
        except Unsupported:
            self._mute.add(doubt.gateway_id)
        except (NoAnswer, TimeoutError):
            logger.info("a gateway says nothing of a message", reference=doubt.asked)
        else:
            await self._transactions.run(lambda session: settling.settle(session, doubt, outcome))
            self._ask_at.pop(doubt.asked, None)
