"""Keys with which programs speak for a person: named, limited to scopes, kept as hashes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import access, activity, reach
from portal.accounts import networks as places
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import ExpiryPassed, NameTaken, ScopeNotOwned, TooManyKeys
from portal.accounts.key_models import ApiKey
from portal.accounts.models import Client, Person
from portal.accounts.roles import AUDIENCES, RIGHTS, Right, Role
from portal.accounts.statuses import MAY_SIGN_IN
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound

MARK: Final = "sms_"
BITS: Final = 160
ACTIVE_MAX: Final = 10  # as Mailjet has it
NAME_LENGTH_MAX: Final = 60
SEEN_EVERY: Final = timedelta(minutes=1)
_SHOWN_CHARACTERS: Final = 8
_TOKEN = re.compile(r"sms_[A-Za-z0-9_-]{27}", re.ASCII)


@dataclass(frozen=True)
class Resolved:
    """Who a key speaks for, and whether its last use was noted a moment ago."""

    actor: Actor
    key_id: int
    seen_lately: bool


def create(
    session: ResellerSession,
    *,
    by: Actor,
    name: str,
    scopes: Collection[Right],
    sub_account_id: int | None = None,
    networks: Collection[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A key that speaks for the actor, and its text, which is shown this once.

    A key for one sub-account sends from no other and sees no other. One with networks (as
    `networks.read` gives them) is taken from there alone.

    Raises:
        NotAllowed: the actor may not make keys, or is in somebody else's place.
        ScopeNotOwned: it asks for a right that the actor does not have, or for none.
        ExpiryPassed: it would be good no more.
        NameTaken: an active key of theirs has this name.
        TooManyKeys: they have as many as they may.
        NotFound: the sub-account is not theirs.
    """
    person = _maker(session, by)
    if not scopes or not set(scopes) <= RIGHTS[Role(person.role)] & by.rights:
        raise ScopeNotOwned("a key has at least one right, and none that its maker has not")
    if sub_account_id is not None:
        access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise ExpiryPassed("a key is good for a while at least")
    place = _free_place(session, by)
    text = MARK + signing.random_token(BITS)
    key = ApiKey(
        person_id=person.id,
        client_id=person.client_id,
        sub_account_id=sub_account_id,
        name=name.strip()[:NAME_LENGTH_MAX],
        prefix=text[:_SHOWN_CHARACTERS],
        hash=signing.digest(text),
        place=place,
        scopes=sorted(scope.value for scope in scopes),
        networks=list(networks),
        created_at=now,
        expires_at=expires_at,
    )
    try:
        with session.begin_nested():
            session.add(key)
    except IntegrityError:
        raise NameTaken("name", key.name) from None
    activity.record(
        session,
        by=by,
        what="key.created",
        about_id=key.id,
        name=key.name,
        scopes=", ".join(key.scopes),
        networks=", ".join(key.networks),
    )
    return key, text


def listed(session: ResellerSession, *, by: Actor) -> list[ApiKey]:
    """The keys of the actor's firm that were not revoked, newest first; of staff, their own."""
    return list(
        session.scalars(
            select(ApiKey).where(_owned(by), ApiKey.revoked_at.is_(None)).order_by(ApiKey.id.desc())
        )
    )


def revoke(session: ResellerSession, *, by: Actor, key_id: int) -> None:
    """End a key at once; ending it twice does nothing more.

    Raises:
        NotAllowed: the actor may not manage keys, or is in somebody else's place.
        NotFound: it is not one of theirs.
    """
    _maker(session, by)
    key = session.scalars(
        select(ApiKey).where(ApiKey.id == key_id, _owned(by)).with_for_update()
    ).one_or_none()
    if key is None:
        raise NotFound("key", key_id)
    if key.revoked_at is None:
        key.revoked_at, key.place = clock.now(), None
        activity.record(session, by=by, what="key.revoked", about_id=key.id, name=key.name)


def revoke_all_of(session: ResellerSession, *, person_id: int, by: Actor) -> None:
    """End every key that a person has made, since what they may do has changed."""
    for key in session.scalars(
        select(ApiKey)
        .where(ApiKey.person_id == person_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.id)
        .with_for_update()
    ):
        key.revoked_at, key.place = clock.now(), None
        activity.record(
            session,
            by=by,
            what="key.revoked",
            client_id=key.client_id,
            about_id=key.id,
            name=key.name,
        )


def resolve(session: ResellerSession, token: str, *, address: str = "") -> Resolved | None:
    """Who this key speaks for, in one statement; None for whatever reason it does not hold here.

    Its rights are those that it was given and that its maker still has. A key of a client that is
    waiting, refused or closed does not hold; one that is suspended may read.
    """
    if not _TOKEN.fullmatch(token):
        return None
    now = clock.now()
    row = session.execute(
        select(ApiKey, Person, Client, reach.NAMED)
        .join(Person, Person.id == ApiKey.person_id)
        .outerjoin(Client, Client.id == ApiKey.client_id)
        .where(
            ApiKey.hash == signing.digest(token),
            ApiKey.revoked_at.is_(None),
            (ApiKey.expires_at.is_(None)) | (ApiKey.expires_at > now),
            ApiKey.client_id.is_not_distinct_from(Person.client_id),
            *reach.LET_IN,
        )
    ).one_or_none()
    if row is None:
        return None
    key, person, client, named = row
    if client is not None and client.standing not in MAY_SIGN_IN:
        return None
    if not places.holds(key.networks, address):
        return None
    role = Role(person.role)
    actor = Actor(
        reseller_id=person.reseller_id,
        person_id=person.id,
        name=person.name,
        email=person.email,
        audience=AUDIENCES[role],
        rights=frozenset(right for right in RIGHTS[role] if right.value in key.scopes),
        client_id=key.client_id,
        sub_account_ids=_reached(key, reach.among(person, named)),
        key_id=key.id,
        address=address,
    )
    seen_lately = (
        key.last_used_at is not None
        and now - key.last_used_at < SEEN_EVERY
        and key.last_used_from == address
    )
    return Resolved(actor=actor, key_id=key.id, seen_lately=seen_lately)


def _reached(key: ApiKey, maker: frozenset[int] | None) -> frozenset[int] | None:
    """What the key is for, as far as its maker reaches it."""
    if key.sub_account_id is None:
        return maker
    own = frozenset({key.sub_account_id})
    return own if maker is None else own & maker


def seen(session: ResellerSession, *, key_id: int, address: str) -> None:
    """Note that a key is in use, and from where."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id)
        .values(last_used_at=clock.now(), last_used_from=address)
    )


def _maker(session: ResellerSession, by: Actor) -> Person:
    """The actor's person, held until the transaction ends, so that no two keys are made at once."""
    if by.person_id is None or by.viewing is not None or not by.can(Right.KEYS_MANAGE):
        raise NotAllowed("keys are managed by their owners only")
    person = session.get(Person, (session.reseller_id, by.person_id), with_for_update=True)
    if person is None:
        raise NotFound("person", by.person_id)
    if by.client_id is not None:
        access.locked_client(session, by.client_id)
    return person


def _free_place(session: ResellerSession, by: Actor) -> int:
    """One of the ten places, which the database gives to one key each.

    A key that has expired gives its own up to the next one.

    Raises:
        TooManyKeys: there is none.
    """
    now = clock.now()
    held = {key.place: key for key in listed(session, by=by)}
    for place in range(1, ACTIVE_MAX + 1):
        key = held.get(place)
        if key is None:
            return place
        if key.expires_at is not None and key.expires_at <= now:
            key.revoked_at, key.place = key.expires_at, None
            session.flush()  # the place is free before the next statement takes it
            return place
    raise TooManyKeys(active_max=ACTIVE_MAX)


def _owned(by: Actor) -> ColumnElement[bool]:
    if by.client_id is not None:
        return ApiKey.client_id == by.client_id
    return (ApiKey.person_id == by.person_id) & ApiKey.client_id.is_(None)
