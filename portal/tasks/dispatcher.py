"""The loop that hands messages to gateways and applies their reports."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

import aiohttp
import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from portal.gateways import configured, handover
from portal.gateways.errors import NoAnswer, Refused, TryLater
from portal.gateways.port import reason_of, upstream_id_of
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.messaging import delivery_reports, dispatching, failing
from portal.messaging.dispatching import Claimed, Result
from portal.messaging.statuses import Status
from portal.tasks.asking import Asking
from portal.tasks.routes import Route, Routes
from portal.tasks.transactions import Transactions

WINDOW = 64
"""How many submissions are under way at once: also how many a dying worker can leave unknown."""

IDLE_SECONDS = 0.2
ROUTES_SECONDS = 3.0
SWEEP_SECONDS = 5.0
GRACE_SECONDS = 2.0

logger = structlog.get_logger(__name__)


class Dispatcher:
    """Claims, submits and records until it is told to stop."""

    def __init__(
        self, database: Database, settings: Settings, *, http: aiohttp.ClientSession
    ) -> None:
        self._transactions = Transactions(database)
        self._routes = Routes(settings, http=http)
        self._asking = Asking(self._transactions, self._routes)
        self._under_way: dict[asyncio.Task[Result], Claimed] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, then let go of everything in a few seconds."""
        loops = [
            asyncio.create_task(self._keep(self._refresh_routes, ROUTES_SECONDS, stop)),
            asyncio.create_task(self._keep(self._apply_reports, IDLE_SECONDS, stop)),
            asyncio.create_task(self._keep(self._sweep, SWEEP_SECONDS, stop)),
        ]
        asking = asyncio.create_task(self._keep(self._asking.ask_due, SWEEP_SECONDS, stop))
        await self._keep(self._dispatch, 0, stop)
        asking.cancel()  # an answer that is still awaited can be asked for again
        await asyncio.gather(asking, return_exceptions=True)
        await asyncio.gather(*loops)
        await self._let_go()

    async def _keep(
        self, work: Callable[[], Awaitable[None]], pause: float, stop: asyncio.Event
    ) -> None:
        """Do one piece of work again and again; a database that is away is waited for."""
        while not stop.is_set():
            wait = pause
            try:
                await work()
            except DBAPIError as error:
                logger.warning("database trouble", error=type(error.orig).__name__)
                wait = 1.0
            except Exception:
                logger.exception("the dispatcher stumbled")
                wait = 1.0
            if wait:
                await _sleep(wait, stop)

    async def _dispatch(self) -> None:
        free = WINDOW - len(self._under_way)
        if free >= WINDOW // 2 and self._routes.present:
            # Gateways may come and go meanwhile; what was claimed for one goes out through it.
            routes = self._routes.present
            for claimed in await self._transactions.run(lambda s: _claim(s, routes, limit=free)):
                task = asyncio.create_task(_submit(claimed, routes[claimed.gateway_id]))
                self._under_way[task] = claimed
        if not self._under_way:
            await asyncio.sleep(IDLE_SECONDS)
            return
        done, _ = await asyncio.wait(
            self._under_way, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if done:
            await self._record([task.result() for task in done])
            for task in done:
                del self._under_way[task]

    async def _record(self, results: Sequence[Result]) -> None:
        """Write down what came of submissions, trying until the database has it."""
        kept = [r for r in results if r.status is not Status.REJECTED]
        rejected: dict[int, list[Result]] = defaultdict(list)
        for result in results:
            if result.status is Status.REJECTED:
                rejected[result.claimed.reseller_id].append(result)
        if kept:
            await self._insist(lambda s: dispatching.record(s, kept), None)
        for reseller_id, refused in rejected.items():
            await self._insist(partial(_reject, results=refused), reseller_id)

    async def _insist(
        self, work: Callable[[ResellerSession], object], reseller_id: int | None
    ) -> None:
        """A result is known here and nowhere else: as long as the database is away, it waits.

        What the database refuses for another reason it would refuse for ever: the lease runs out
        then, and the message is UNKNOWN, as if this worker had died.
        """
        while True:
            try:
                await self._transactions.run(work, reseller_id=reseller_id)
            except (OperationalError, InterfaceError, PoolExhausted) as error:
                logger.warning("a result waits", error=type(error).__name__)
                await asyncio.sleep(1)
            except Exception:
                logger.exception("a result is lost")
                return
            else:
                return

    async def _apply_reports(self) -> None:
        waiting = await self._transactions.run(delivery_reports.open_reports)
        for reseller_id, report_ids in waiting.items():
            try:
                await self._transactions.run(
                    partial(_apply, report_ids=report_ids), reseller_id=reseller_id
                )
            except Exception:  # one reseller's trouble is not another's
                logger.exception("reports wait", reseller=reseller_id)

    async def _refresh_routes(self) -> None:
        await self._routes.follow(await self._transactions.run(configured.listed))

    async def _sweep(self) -> None:
        abandoned = await self._transactions.run(dispatching.abandon_expired_leases)
        if abandoned:
            logger.warning("messages of a worker that died are unknown", count=abandoned)

    async def _let_go(self) -> None:
        """Give what is under way a moment; of what is not done then, nobody knows how it ended."""
        if self._under_way:
            done, _ = await asyncio.wait(self._under_way, timeout=GRACE_SECONDS)
            results = [task.result() for task in done]
            unfinished = [c for task, c in self._under_way.items() if task not in done]
            cancelled = self._under_way.keys() - done
            for task in cancelled:
                task.cancel()
            await asyncio.gather(*cancelled, return_exceptions=True)
            await self._record(results)
            await self._transactions.run(lambda s: dispatching.give_up(s, unfinished))
        await self._routes.close()


def _claim(session: ResellerSession, routes: Mapping[int, Route], *, limit: int) -> list[Claimed]:
    return dispatching.claim(
        session,
        candidates=[route.candidate for route in routes.values()],
        senders={number: route.sender for number, route in routes.items()},
        report_urls={number: route.report_url for number, route in routes.items()},
        limit=limit,
    )


async def _submit(claimed: Claimed, route: Route) -> Result:
    """Hand one message over; whatever comes of it is a result that the database can store."""
    if clock.now() >= claimed.leased_until:
        # This process stood still since the claim: the message is somebody else's by now.
        return Result(claimed=claimed, status=Status.ACCEPTED)
    try:
        receipt = await handover.hand_over(
            route.gateway,
            claimed.submission,
            name=route.name,
            answer_seconds=route.answer_seconds,
        )
    except Refused as refused:
        return Result(claimed=claimed, status=Status.REJECTED, reason=reason_of(refused.reason))
    except TryLater as later:
        return Result(claimed=claimed, status=Status.ACCEPTED, reason=reason_of(later.reason))
    except NoAnswer as silence:
        return Result(claimed=claimed, status=Status.UNKNOWN, reason=reason_of(silence.reason))
    upstream_id = upstream_id_of(receipt.upstream_id or "")
    return Result(claimed=claimed, status=Status.SUBMITTED, upstream_id=upstream_id)


def _reject(session: ResellerSession, *, results: Sequence[Result]) -> object:
    return failing.reject(session, results)


def _apply(session: ResellerSession, *, report_ids: Sequence[int]) -> object:
    return delivery_reports.apply_open(session, report_ids)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
