"""Acts that are done although the transaction that met their cause is undone.

A feature notes them on its session; the door that settles the session does them, each in a
transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from portal.infra.db import ResellerSession

Act = Callable[[ResellerSession], None]
_KEY: Final = "afterwards"


def note(session: ResellerSession, act: Act) -> None:
    """Have this done once the session's transaction has ended, however it ends."""
    session.info.setdefault(_KEY, []).append(act)


def taken(session: ResellerSession) -> list[Act]:
    """What was noted, oldest first; from here on it is the caller's to do."""
    acts: list[Act] = session.info.pop(_KEY, [])
    return acts
