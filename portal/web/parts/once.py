"""Forms that act once: a second click, or the same form sent again, does nothing more."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from portal.infra import kept_answers
from portal.infra.db import ResellerSession

KEY_LENGTH_MAX = 64


def new_key() -> str:
    """A key for one form that is about to be shown."""
    return secrets.token_urlsafe(18)


def act(
    session: ResellerSession,
    *,
    owner_id: int,
    endpoint: str,
    key: str,
    asked: Mapping[str, str],
    verb: Callable[[], int],
) -> int:
    """Do it, and answer the id of what it made; or answer that id again, and do nothing.

    Raises:
        StillInProgress: the first click has not been answered yet.
        KeyReused: the form was filled in differently and sent a second time.
    """
    kept = answer(
        session,
        owner_id=owner_id,
        endpoint=endpoint,
        key=key,
        asked=asked,
        verb=lambda: {"id": str(verb())},
    )
    return int(kept["id"])


def answer(
    session: ResellerSession,
    *,
    owner_id: int,
    endpoint: str,
    key: str,
    asked: Mapping[str, str],
    verb: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """The same for what answers with more than an id: any JSON.

    Raises:
        StillInProgress: the first click has not been answered yet.
        KeyReused: the form was filled in differently and sent a second time.
    """
    return kept_answers.act_once(
        session,
        owner_id=owner_id,
        endpoint=endpoint,
        key=key,
        asked=json.dumps(dict(asked), sort_keys=True).encode(),
        act=verb,
    )
