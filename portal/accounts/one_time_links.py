"""Tokens that show once whom they were given to: links in mails, tickets, the first of two steps.

Whoever has one is that person for its purpose, until it is spent or too old. Only its hash is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update

from portal.accounts.models import OneTimeLink, Person
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

TOKEN_LENGTH_MAX: Final = 64


def issue(session: ResellerSession, *, person_id: int, purpose: str, good_for: timedelta) -> str:
    """A new token for somebody; those from before stay good."""
    token, now = signing.random_token(), clock.now()
    session.add(
        OneTimeLink(
            hash=signing.digest(token),
            person_id=person_id,
            purpose=purpose,
            created_at=now,
            expires_at=now + good_for,
        )
    )
    return token


def owner_of(session: ResellerSession, *, token: str, purpose: str) -> Person | None:
    """Whose token it is, which stays good; None where it was spent, is too old, or never was."""
    person_id = session.scalar(select(OneTimeLink.person_id).where(*_good(token, purpose)))
    return _person(session, person_id)


def spend(session: ResellerSession, *, token: str, purpose: str) -> Person | None:
    """Use a token up: of two who try at once, one gets whose it is, the other None."""
    person_id = session.scalar(
        update(OneTimeLink)
        .where(*_good(token, purpose))
        .values(used_at=clock.now())
        .returning(OneTimeLink.person_id)
        .execution_options(synchronize_session=False)
    )
    return _person(session, person_id)


def spend_all(session: ResellerSession, *, person_id: int, purpose: str | None = None) -> None:
    """Let what a person was given, for this purpose or for any, be worth nothing any more."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.person_id == person_id,
            OneTimeLink.used_at.is_(None),
            *([] if purpose is None else [OneTimeLink.purpose == purpose]),
        )
        .values(used_at=clock.now())
        .execution_options(synchronize_session=False)
    )


def _person(session: ResellerSession, person_id: int | None) -> Person | None:
    return None if person_id is None else session.get(Person, (session.reseller_id, person_id))


def _good(token: str, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.hash == signing.digest(token[:TOKEN_LENGTH_MAX]),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
    )
