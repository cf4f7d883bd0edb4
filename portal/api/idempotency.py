"""Do a write once, however often it is asked for with the same key."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portal.infra import kept_answers
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
_KEY = re.compile(rf"[\x20-\x7e]{{1,{kept_answers.KEY_LENGTH_MAX}}}", re.ASCII)


class KeyInvalid(PortalError):
    """An idempotency key is 1 to 200 printable characters of ASCII."""

    code = "invalid_idempotency_key"


def checked(key: str | None) -> str | None:
    """The key of a request, or None where it has none.

    Raises:
        KeyInvalid: it has one that is none.
    """
    if key is not None and not _KEY.fullmatch(key):
        raise KeyInvalid(f"{HEADER} has to be 1 to {kept_answers.KEY_LENGTH_MAX} ASCII characters")
    return key


def once(
    session: ResellerSession,
    *,
    owner_id: int,
    endpoint: str,
    key: str | None,
    asked: bytes,
    act: Callable[[], dict[str, Any]],
) -> tuple[dict[str, Any], bool]:
    """The answer of `act`, or the one that the key was given before; and whether it is that one.

    What `act` raises is not kept, so that the key may be used again after a refusal.

    Raises:
        KeyReused: the key stands for another request.
        StillInProgress: the first request with it is not done.
    """
    if key is None:
        return act(), False
    kept = kept_answers.recall(session, owner_id=owner_id, endpoint=endpoint, key=key, asked=asked)
    if kept is not None:
        return kept, True
    answer = act()
    kept_answers.keep(
        session, owner_id=owner_id, endpoint=endpoint, key=key, asked=asked, answer=answer
    )
    return answer, False
