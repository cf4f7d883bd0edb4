"""Read accounts and transfers whole, for whoever recomputes the books."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from portal.infra import snapshot
from portal.infra.db import ResellerSession
from portal.ledger.models import Account, Transfer


def accounts(
    session: ResellerSession, *, above_id: int = 0
) -> Generator[dict[str, Any], None, None]:
    """Every account that this session sees with a larger id, in order of id, by column.

    What the other side of a summed account adds up to is in the transfers only.
    """
    return snapshot.rows(session, Account, above_id=above_id)


def transfers(
    session: ResellerSession, *, above_id: int = 0
) -> Generator[dict[str, Any], None, None]:
    """Every transfer that this session sees with a larger id, in order of id, by column."""
    return snapshot.rows(session, Transfer, above_id=above_id)
