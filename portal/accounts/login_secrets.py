"""What a reseller's own website signs login links with: two secrets at most, each shown once."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.errors import TooManySecrets
from portal.accounts.key_models import LoginSecret
from portal.accounts.roles import Audience, Right
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Vault

ACTIVE_MAX: Final = 2
"""The old one holds until websites have the new one."""

PURPOSE: Final = "login links"


def make(session: ResellerSession, *, by: Actor, vault: Vault) -> str:
    """A new secret, of 256 random bits; its text is shown this once.

    Raises:
        NotAllowed: the actor is no member of staff who may do this, or is in another's place.
        TooManySecrets: there are two that hold; one is revoked first.
    """
    _refuse_others(by)
    held = {each.place for each in listed(session)}
    place = next((each for each in range(1, ACTIVE_MAX + 1) if each not in held), None)
    if place is None:
        raise TooManySecrets(f"there are {ACTIVE_MAX} already")
    secret = signing.random_token()
    made = LoginSecret(
        place=place,
        sealed=vault.seal(secret, purpose=PURPOSE),
        made_at=clock.now(),
        made_by=by.name,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # somebody else was faster
        raise TooManySecrets(f"there are {ACTIVE_MAX} already") from None
    activity.record(session, by=by, what="login_secret.made", about_id=made.id)
    return secret


def listed(session: ResellerSession) -> list[LoginSecret]:
    """Those that hold, the oldest first."""
    return list(
        session.scalars(
            select(LoginSecret)
            .where(LoginSecret.revoked_at.is_(None))
            .order_by(LoginSecret.made_at, LoginSecret.id)
        )
    )


def revoke(session: ResellerSession, *, by: Actor, secret_id: int) -> None:
    """End a secret and every link that was signed with it; ending it twice does nothing more.

    Raises:
        NotAllowed: as for `make`.
        NotFound: there is no such secret.
    """
    _refuse_others(by)
    found = session.get(LoginSecret, (session.reseller_id, secret_id), with_for_update=True)
    if found is None:
        raise NotFound("login secret", secret_id)
    if found.revoked_at is None:
        found.revoked_at, found.place, found.sealed = clock.now(), None, ""
        activity.record(session, by=by, what="login_secret.revoked", about_id=found.id)


def used(session: ResellerSession, *, secret_id: int) -> None:
    """Note that a link was signed with this secret."""
    session.execute(
        update(LoginSecret).where(LoginSecret.id == secret_id).values(last_used_at=clock.now())
    )


def _refuse_others(by: Actor) -> None:
    if by.viewing is not None or by.key_id is not None or by.audience is not Audience.RESELLER:
        raise NotAllowed("secrets are made by staff themselves")
    if not by.can(Right.LOGIN_LINKS_MAKE):
        raise NotAllowed("secrets are made by whoever may make login links")
