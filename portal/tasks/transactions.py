"""Database work of the worker's loop: in a thread, in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from portal.infra.db import Database, ResellerSession

Answer = TypeVar("Answer")


class Transactions:
    """Runs a piece of work with a session, commits it, and lets the loop go on meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(
        self,
        work: Callable[[ResellerSession], Answer],
        *,
        reseller_id: int | None = None,
    ) -> Answer:
        """What the work answers; its session is one reseller's, or sees all of them."""
        return await asyncio.to_thread(self._in_transaction, work, reseller_id)

    def _in_transaction(
        self, work: Callable[[ResellerSession], Answer], reseller_id: int | None
    ) -> Answer:
        database = self._database
        opened = (
            database.across_resellers() if reseller_id is None else database.session(reseller_id)
        )
        with opened as session, session.begin():
            return work(session)
