"""Keys that were shown in vain: written down once an hour, for whoever owns the key to see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import select

from portal.accounts import activity, networks
from portal.accounts.actor import system
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Person
from portal.infra import clock, signing, throttle
from portal.infra.db import ResellerSession

NOTED_EVERY: Final = timedelta(hours=1)


@unique
class Refusal(StrEnum):
    """Why a key does not hold."""

    REVOKED = "revoked"
    EXPIRED = "expired"
    ELSEWHERE = "elsewhere"
    OWNER = "owner"


def note(session: ResellerSession, *, token: str, address: str) -> None:
    """Record that a key was refused, if it ever was one; again only after an hour.

    The caller commits, though the request is refused.
    """
    row = session.execute(
        select(ApiKey, Person)
        .join(Person, Person.id == ApiKey.person_id)
        .where(ApiKey.hash == signing.digest(token))
    ).one_or_none()
    if row is None:
        return
    key, person = row
    refusal = _refusal(key, address)
    if not throttle.first_in(session, f"key-refused/{key.id}/{refusal.value}", NOTED_EVERY):
        return
    by = replace(
        system(session.reseller_id),
        person_id=person.id,
        name=person.name,
        client_id=key.client_id,
        key_id=key.id,
        address=address,
    )
    activity.record(
        session, by=by, what="key.refused", about_id=key.id, name=key.name, refusal=refusal.value
    )


def _refusal(key: ApiKey, address: str) -> Refusal:
    if key.revoked_at is not None:
        return Refusal.REVOKED
    if key.expires_at is not None and key.expires_at <= clock.now():
        return Refusal.EXPIRED
    if not networks.holds(key.networks, address):
        return Refusal.ELSEWHERE
    return Refusal.OWNER
