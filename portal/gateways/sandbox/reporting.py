"""Call the portal back with delivery reports, as a real gateway does: over HTTP, a while later."""

import asyncio
import logging
import time
from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp

from portal.infra import exchanging, outgoing

PENDING_MAX = 10_000
# The portal may be starting again: with these waits, a report has half a minute to get through.
RETRY_SECONDS = (0.5, 1, 2, 4, 8, 16)
_ANSWER_SECONDS = 10.0

logger = logging.getLogger(__name__)


class Reporter:
    """Reports on their way, held by this process alone: they are lost when it ends.

    No phone network waits for us either. A message whose report is lost stays submitted until its
    validity is over, or until the gateway is asked about it.
    """

    def __init__(self, http: aiohttp.ClientSession, *, pending_max: int = PENDING_MAX) -> None:
        self._http = http
        self._pending_max = pending_max
        self._pending: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        """Whether no further report can be taken on."""
        return len(self._pending) >= self._pending_max

    def report_later(self, url: str, words: Mapping[str, str], *, after_seconds: float) -> None:
        """Call `url` with these words added to its query, once the time has come."""
        task = asyncio.create_task(self._report(url, dict(words), after_seconds))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def drop(self) -> None:
        """Forget every report that is still to come."""
        dropped = list(self._pending)
        for task in dropped:
            task.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)

    async def _report(self, url: str, words: dict[str, str], after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        words["at"] = str(int(time.time()))
        whole = f"{url}{'&' if '?' in url else '?'}{urlencode(words)}"
        for wait_seconds in RETRY_SECONDS:
            if await self._told(whole):
                return
            await asyncio.sleep(wait_seconds)
        if not await self._told(whole):
            logger.warning("sandbox: gave up on a delivery report")

    async def _told(self, url: str) -> bool:
        try:
            with outgoing.call("sandbox report"):
                answer = await exchanging.exchange(
                    self._http, "GET", url, answer_seconds=_ANSWER_SECONDS
                )
        except exchanging.ExchangeError:
            return False
        return 200 <= answer.status < 300
