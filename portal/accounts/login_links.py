"""Links that sign a client in once, within a minute: made by a reseller's own programs.

There are two kinds. A *signed* one is made by the reseller's website without asking anybody: a
JSON Web Token (RFC 7519) signed with HMAC-SHA-256 and a secret of `login_secrets`. It says whom it
is for (`sub`, an e-mail address or a client's number), until when it is good (`exp`, a minute at
most) and has a name of its own (`jti`), which is good once. An *issued* one is asked for by the
interface, and is a ticket like those of the form for other websites.

Only clients come in so, never staff. Who makes such links can sign in as any client: that is the
reseller's own power over its clients, and each of them reads in its record how it was signed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import jwt
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity, login_secrets, one_time_links
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import LinkSpent, WrongStanding
from portal.accounts.key_models import SpentLink
from portal.accounts.models import Client, Person
from portal.accounts.roles import Audience, Right, Role
from portal.accounts.statuses import MAY_SIGN_IN, Standing
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault

GOOD_FOR: Final = timedelta(minutes=1)
SKEW: Final = timedelta(seconds=5)
"""How far the website's clock may be ahead of ours."""

TOKEN_LENGTH_MAX: Final = 2_000
JTI_LENGTH_MIN: Final = 8
JTI_LENGTH_MAX: Final = 200
PURPOSE: Final = "login_link"
_ALGORITHM: Final = "HS256"
_ISSUED = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What a signed link says, once its signature is found to be right."""

    sub: str
    jti: str
    secret_id: int


def issue(session: ResellerSession, *, by: Actor, person: Person) -> str:
    """The token of a link for somebody of a client, good once and for a minute.

    Raises:
        NotAllowed: the actor may not make such links, or is in another's place.
        WrongStanding: the client is not let in.
        NotFound: they are nobody of a client, or not let in themselves.
    """
    allowed = by.audience is Audience.RESELLER and by.can(Right.LOGIN_LINKS_MAKE)
    if by.viewing is not None or not allowed:
        raise NotAllowed("only the reseller's own programs make login links")
    client = _client_of(session, person)
    if client is None:
        raise NotFound("person", person.id)
    if client.standing not in MAY_SIGN_IN:
        raise WrongStanding(client.standing)
    token = one_time_links.issue(session, person_id=person.id, purpose=PURPOSE, good_for=GOOD_FOR)
    activity.record(session, by=by, what="login_link.made", client_id=client.id, about_id=person.id)
    return token


def person_by_email(session: ResellerSession, email: str) -> Person | None:
    """Who of a client's people signs in with this address."""
    return session.scalars(
        select(Person).where(
            func.lower(Person.email) == email.strip().lower(), Person.client_id.is_not(None)
        )
    ).one_or_none()


def owner_by_number(session: ResellerSession, number: int) -> Person | None:
    """Who owns the client of this number: the first of several who is let in."""
    people = session.scalars(
        select(Person)
        .join(Client, Client.id == Person.client_id)
        .where(Client.number == number, Person.role == Role.OWNER)
        .order_by(Person.id)
    )
    return next((each for each in people if each.is_let_in), None)


def owner_of(session: ResellerSession, *, token: str, vault: Vault) -> Person:
    """Whom a link is for; it stays good.

    Raises:
        LinkSpent: it was used, is too old or good for too long, is not signed by the reseller, or
            is for nobody of a client who is let in.
    """
    if _ISSUED.fullmatch(token):
        return _checked(session, one_time_links.owner_of(session, token=token, purpose=PURPOSE))
    signed = _signed(session, token, vault)
    if session.get(SpentLink, (session.reseller_id, _name(signed))) is not None:
        raise LinkSpent("this link was used")
    return _checked(session, _person_of(session, signed.sub))


def redeem(session: ResellerSession, *, token: str, vault: Vault) -> Person:
    """Use a link up: of two who try at once, one gets whom it is for.

    How their firm stands is for the caller to settle (`login.settle`), as after a password.

    Raises:
        LinkSpent: as for `owner_of`.
    """
    person = owner_of(session, token=token, vault=vault)
    if _ISSUED.fullmatch(token):
        if one_time_links.spend(session, token=token, purpose=PURPOSE) is None:
            raise LinkSpent("this link was used")
        return person
    signed = _signed(session, token, vault)
    try:
        with session.begin_nested():
            session.add(SpentLink(hash=_name(signed), used_at=clock.now()))
    except IntegrityError:
        raise LinkSpent("this link was used") from None
    login_secrets.used(session, secret_id=signed.secret_id)
    return person


def forget_old(session: ResellerSession) -> None:
    """Delete the names of links that are too old by now; across resellers, those of all."""
    session.execute(delete(SpentLink).where(SpentLink.used_at < clock.ago(days=1)))


def _signed(session: ResellerSession, token: str, vault: Vault) -> Signed:
    if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
        raise LinkSpent("this is no link")
    for secret in login_secrets.listed(session):
        try:
            plain = vault.open(secret.sealed, purpose=login_secrets.PURPOSE)
            said = jwt.decode(
                token,
                plain,
                algorithms=[_ALGORITHM],
                # Times are compared with our own clock, below.
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False,
                         "verify_aud": False, "verify_sub": False, "verify_jti": False},
            )  # fmt: skip
        except (Unsealable, jwt.InvalidTokenError):
            continue
        return _read(said, secret_id=secret.id)
    raise LinkSpent("this link is not signed with a secret of this portal")


def _read(said: dict[str, Any], *, secret_id: int) -> Signed:
    """What a token says, if it says all that it has to and is good at this moment."""
    sub, jti = said.get("sub"), said.get("jti")
    exp = said.get("exp")
    if not isinstance(sub, str) or not isinstance(jti, str):
        raise LinkSpent("a link says whom it is for, and its own name")
    if not JTI_LENGTH_MIN <= len(jti) <= JTI_LENGTH_MAX:
        raise LinkSpent("the name of a link has 8 to 200 characters")
    if isinstance(exp, bool) or not isinstance(exp, int):
        raise LinkSpent("a link says until when it is good")
    now = clock.now().timestamp()
    if not now < exp <= now + (GOOD_FOR + SKEW).total_seconds():
        raise LinkSpent("a link is good for a minute at most")
    return Signed(sub=sub, jti=jti, secret_id=secret_id)


def _person_of(session: ResellerSession, sub: str) -> Person | None:
    if _NUMBER.fullmatch(sub):
        return owner_by_number(session, int(sub))
    return person_by_email(session, sub) if "\x00" not in sub else None


def _checked(session: ResellerSession, person: Person | None) -> Person:
    """Somebody of a client who is let in, whatever their client waits for."""
    client = _client_of(session, person) if person else None
    if person is None or client is None or client.standing is Standing.CLOSED:
        raise LinkSpent("this link is for nobody who signs in")
    return person


def _client_of(session: ResellerSession, person: Person) -> Client | None:
    if person.client_id is None or not person.is_let_in:
        return None
    return session.get(Client, (session.reseller_id, person.client_id))


def _name(signed: Signed) -> str:
    """What is kept of a link that was used; a name is good once, whichever secret signed it."""
    return signing.digest(signed.jti)
