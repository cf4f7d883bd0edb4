"""Answers to writes that carried an idempotency key, so that trying again is safe.

The answer is kept in the transaction of its effect. Only acceptances are kept: after a refusal the
key may be used again, so that topping up and trying again works.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import BigInteger, String, delete, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.infra import clock
from portal.infra.columns import Base, Code, Json, Moment, ResellerOwned
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError

KEPT_DAYS = 7
KEY_LENGTH_MAX = 200
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


class KeptAnswer(ResellerOwned, Base):
    """The answer that a key was given, with the fingerprint of what was asked."""

    __tablename__ = "kept_answers"

    owner_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    endpoint: Mapped[Code] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(KEY_LENGTH_MAX), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Json] = mapped_column(JSONB)
    created_at: Mapped[Moment] = mapped_column(index=True)


class KeyReused(PortalError):
    """The key was used before, for something else."""

    code = "idempotency_key_reused"


class StillInProgress(PortalError):
    """Another request with this key has not been answered yet."""

    code = "idempotency_in_progress"


def recall(
    session: ResellerSession, *, owner_id: int, endpoint: str, key: str, asked: bytes
) -> dict[str, Any] | None:
    """The answer kept for this key, or None if the caller is the first and may go on.

    Whoever goes on holds the key until its transaction ends.

    Raises:
        KeyReused: the key stands for another request.
        StillInProgress: the first request with it is not done.
    """
    # A plain unique insert would wait for the other transaction; the lock answers at once.
    name = f"{session.reseller_id}/{owner_id}/{endpoint}/{key}"
    if not session.scalar(_LOCK, {"name": name}):
        raise StillInProgress("a request with this key is still being answered")
    kept = session.scalars(
        select(KeptAnswer).where(
            KeptAnswer.owner_id == owner_id,
            KeptAnswer.endpoint == endpoint,
            KeptAnswer.key == key,
            KeptAnswer.created_at > clock.ago(days=KEPT_DAYS),
        )
    ).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint(asked):
        raise KeyReused("this key was used for another request")
    return kept.answer


def keep(
    session: ResellerSession,
    *,
    owner_id: int,
    endpoint: str,
    key: str,
    asked: bytes,
    answer: dict[str, Any],
) -> None:
    """Keep the answer, in the transaction of its effect."""
    session.merge(
        KeptAnswer(
            reseller_id=session.reseller_id,
            owner_id=owner_id,
            endpoint=endpoint,
            key=key,
            fingerprint=fingerprint(asked),
            answer=answer,
            created_at=clock.now(),
        )
    )


def act_once(
    session: ResellerSession,
    *,
    owner_id: int,
    endpoint: str,
    key: str,
    asked: bytes,
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Do it and keep its answer; or give the answer that was kept, and do nothing.

    What `act` refuses half-way is undone, so that the caller may go on reading in the session.

    Raises:
        KeyReused: the key stands for another request.
        StillInProgress: the first request with it is not done.
    """
    kept = recall(session, owner_id=owner_id, endpoint=endpoint, key=key, asked=asked)
    if kept is not None:
        return kept
    with session.begin_nested():
        answer = act()
    keep(session, owner_id=owner_id, endpoint=endpoint, key=key, asked=asked, answer=answer)
    return answer


def forget_old(session: ResellerSession) -> int:
    """Delete what is older than promised, of every reseller; how many rows that were."""
    old = delete(KeptAnswer).where(KeptAnswer.created_at <= clock.ago(days=KEPT_DAYS))
    gone = session.execute(old.returning(KeptAnswer.key))
    return len(gone.all())


def forget_of(session: ResellerSession, *, owner_ids: Collection[int]) -> None:
    """Delete the answers that these owners were given: they may say what is to be erased."""
    session.execute(delete(KeptAnswer).where(KeptAnswer.owner_id.in_(owner_ids)))


def fingerprint(asked: bytes) -> str:
    """The SHA-256 of a canonical request."""
    return hashlib.sha256(asked).hexdigest()
