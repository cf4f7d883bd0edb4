"""Sessions in browsers: rows here, found by the hash of a cookie, each good on one host name.

A session ends 12 hours after its last use and 14 days after its first, when its person signs out or
gets a new password, and with its cookie on any other host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import aliased

from portal.accounts import activity, reach
from portal.accounts.actor import Actor
from portal.accounts.models import Client, Person
from portal.accounts.session_models import SignedIn
from portal.accounts.statuses import MAY_SIGN_IN, Proof
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound

IDLE_MAX: Final = timedelta(hours=12)
AGE_MAX: Final = timedelta(days=14)
SEEN_EVERY: Final = timedelta(minutes=1)
CONFIRMED_FOR: Final = timedelta(minutes=10)
BROWSER_LENGTH_MAX: Final = 300

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """A session that holds, its person, their client, and the client whose place they take."""

    signed_in: SignedIn
    person: Person
    client: Client | None
    viewed: Client | None
    sub_account_ids: frozenset[int] | None = None
    """Those that the person reaches; None is all of their client's."""

    @property
    def seen_lately(self) -> bool:
        """Whether its last use was noted a moment ago."""
        return clock.now() - self.signed_in.last_seen_at < SEEN_EVERY

    @property
    def is_confirmed(self) -> bool:
        """Whether its person has proved who they are a moment ago."""
        confirmed_at = self.signed_in.confirmed_at
        return confirmed_at is not None and clock.now() - confirmed_at < CONFIRMED_FOR


def start(
    session: ResellerSession,
    *,
    person: Person,
    host: str,
    address: str,
    browser: str,
    proof: Proof = Proof.PASSWORD,
) -> str:
    """A new session, and the cookie's value, which is kept nowhere.

    Where a link alone has let its person in, sensitive acts ask them for more.
    """
    token = signing.random_token()
    now = clock.now()
    session.add(
        SignedIn(
            hash=signing.digest(token),
            person_id=person.id,
            auth_epoch=person.auth_epoch,
            host=host,
            address=address,
            browser=browser[:BROWSER_LENGTH_MAX],
            created_at=now,
            last_seen_at=now,
            expires_at=now + AGE_MAX,
            proof=proof,
            confirmed_at=None if proof is Proof.LINK else now,
        )
    )
    return token


_VIEWED: Final = aliased(Client)
# Said once: every page asks this, and saying it takes as long as answering it.
_HOLDING: Final = (
    select(SignedIn, Person, Client, _VIEWED, reach.NAMED)
    .join(Person, Person.id == SignedIn.person_id)
    .outerjoin(Client, Client.id == Person.client_id)
    .outerjoin(_VIEWED, _VIEWED.id == SignedIn.viewing_client_id)
    .where(
        SignedIn.hash == bindparam("hash"),
        SignedIn.host == bindparam("host"),
        SignedIn.auth_epoch == Person.auth_epoch,
        SignedIn.expires_at > bindparam("now"),
        SignedIn.last_seen_at > bindparam("seen"),
        *reach.LET_IN,
    )
)


def find(session: ResellerSession, *, token: str, host: str) -> Recognised | None:
    """The session of a cookie on this host, or None for whatever reason it does not hold."""
    if not _TOKEN.fullmatch(token):
        return None
    now = clock.now()
    told = {"hash": signing.digest(token), "host": host, "now": now, "seen": now - IDLE_MAX}
    row = session.execute(_HOLDING, told).one_or_none()
    if row is None:
        return None
    signed_in, person, client, in_place_of, named = row
    if client is not None and client.standing not in MAY_SIGN_IN:
        return None
    return Recognised(
        signed_in=signed_in,
        person=person,
        client=client,
        viewed=in_place_of,
        sub_account_ids=reach.among(person, named),
    )


def seen(session: ResellerSession, *, token: str) -> None:
    """Note that a session is in use."""
    session.execute(
        update(SignedIn)
        .where(SignedIn.hash == signing.digest(token))
        .values(last_seen_at=clock.now())
    )


def confirm(session: ResellerSession, *, token: str, proof: Proof) -> None:
    """Note that its person has proved once more who they are; less than before takes nothing."""
    found = session.scalars(
        select(SignedIn).where(SignedIn.hash == signing.digest(token)).with_for_update()
    ).one_or_none()
    if found is not None:
        found.confirmed_at = clock.now()
        found.proof = max(found.proof, proof, key=list(Proof).index)


def renew(session: ResellerSession, *, token: str) -> str:
    """Give a session a fresh cookie when what it may do changes; the old one is worth nothing."""
    fresh = signing.random_token()
    session.execute(
        update(SignedIn)
        .where(SignedIn.hash == signing.digest(token))
        .values(hash=signing.digest(fresh), last_seen_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return fresh


def end(session: ResellerSession, *, token: str) -> None:
    """End a session; ending it twice does nothing more."""
    session.execute(delete(SignedIn).where(SignedIn.hash == signing.digest(token)))


def sign_out(session: ResellerSession, *, token: str, by: Actor) -> None:
    """End the session of whoever has asked for it."""
    end(session, token=token)
    activity.record(session, by=by, what="login.ended")


def end_all_of(session: ResellerSession, *, person_id: int) -> None:
    """End every session of a person."""
    session.execute(delete(SignedIn).where(SignedIn.person_id == person_id))


def own(session: ResellerSession, *, person: Person) -> list[SignedIn]:
    """Those of a person's that hold, the one that was used last first."""
    now = clock.now()
    return list(
        session.scalars(
            select(SignedIn)
            .where(
                SignedIn.person_id == person.id,
                SignedIn.auth_epoch == person.auth_epoch,
                SignedIn.expires_at > now,
                SignedIn.last_seen_at > now - IDLE_MAX,
            )
            .order_by(SignedIn.last_seen_at.desc(), SignedIn.id.desc())
        )
    )


def end_one(session: ResellerSession, *, session_id: int, by: Actor) -> None:
    """End one of the actor's own.

    Raises:
        NotFound: it has ended already, or is not theirs.
    """
    ended = session.scalar(
        delete(SignedIn)
        .where(SignedIn.id == session_id, SignedIn.person_id == by.person_id)
        .returning(SignedIn.browser)
        .execution_options(synchronize_session=False)
    )
    if ended is None:
        raise NotFound("session", session_id)
    activity.record(session, by=by, what="session.ended")


def end_others(session: ResellerSession, *, token: str, by: Actor) -> int:
    """End all of the actor's own but the one of this cookie; how many they were."""
    ended = session.scalars(
        delete(SignedIn)
        .where(SignedIn.person_id == by.person_id, SignedIn.hash != signing.digest(token))
        .returning(SignedIn.id)
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        activity.record(session, by=by, what="session.others_ended", count=len(ended))
    return len(ended)


def forget_old(session: ResellerSession) -> None:
    """Delete sessions that hold no more; in a session across resellers, those of all."""
    now = clock.now()
    session.execute(
        delete(SignedIn).where(
            (SignedIn.expires_at <= now) | (SignedIn.last_seen_at <= now - IDLE_MAX)
        )
    )
