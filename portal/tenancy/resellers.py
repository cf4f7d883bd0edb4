"""Make resellers, find them, stop and resume them."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.tenancy.models import Reseller

OPERATOR_ID = 0
"""The operator itself: reseller 0, whose portal is the console."""


class ResellerExists(PortalError):
    """A reseller with this number or slug is there already."""

    code = "reseller_exists"


def create(
    session: ResellerSession,
    *,
    number: int,
    slug: str,
    name: str,
    currency: str,
    language: str,
    time_zone: str,
    country: str,
    email: str,
) -> Reseller:
    """A new reseller, whose id is the one the session was made for.

    `number` is what clients' forms call it, `UID`; `email` is where notices to its staff go.

    Raises:
        ResellerExists: the id, the number or the slug is taken.
    """
    reseller = Reseller(
        id=session.reseller_id,
        number=number,
        slug=slug,
        name=name,
        currency=currency,
        language=language,
        time_zone=time_zone,
        country=country,
        email=email,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():  # the keys decide, and all else of the reseller's refers to it
            session.add(reseller)
    except IntegrityError:
        raise ResellerExists(f"reseller {number} or {slug!r} is there already") from None
    return reseller


def own(session: ResellerSession) -> Reseller:
    """The reseller that the session is made for.

    Raises:
        NotFound: if there is none yet.
    """
    found = session.get(Reseller, session.reseller_id)
    if found is None:
        raise NotFound("reseller", session.reseller_id)
    return found


def change(
    session: ResellerSession,
    *,
    name: str,
    language: str,
    time_zone: str,
    country: str,
    email: str,
) -> None:
    """Give the session's reseller these facts; its currency and its numbers are for good.

    Raises:
        NotFound: if there is none yet.
    """
    reseller = own(session)
    reseller.name, reseller.language, reseller.time_zone = name, language, time_zone
    reseller.country, reseller.email = country, email


def own_if_any(session: ResellerSession) -> Reseller | None:
    """The reseller that the session is made for, if there is one by now."""
    return session.get(Reseller, session.reseller_id)


def listed(session: ResellerSession) -> list[Reseller]:
    """All resellers by name, without the operator; in a session across resellers."""
    return list(
        session.scalars(select(Reseller).where(Reseller.id != OPERATOR_ID).order_by(Reseller.name))
    )


def by_slug(session: ResellerSession, slug: str) -> Reseller:
    """The reseller of this slug; in a session across resellers.

    Raises:
        NotFound: if there is none.
    """
    found = session.scalars(select(Reseller).where(Reseller.slug == slug)).one_or_none()
    if found is None:
        raise NotFound("reseller", slug)
    return found


def has_number(session: ResellerSession, number: int) -> bool:
    """Whether a reseller has this number; in a session across resellers."""
    return session.scalar(select(Reseller.id).where(Reseller.number == number)) is not None


def next_number(session: ResellerSession) -> int:
    """A number that no reseller has; in a session across resellers."""
    numbers = session.scalars(select(Reseller.number).order_by(Reseller.number.desc()).limit(1))
    return max(numbers.one_or_none() or 0, 1000) + 1


def next_id(session: ResellerSession) -> int:
    """An id that no reseller has; in a session across resellers."""
    highest = session.scalar(select(Reseller.id).order_by(Reseller.id.desc()).limit(1))
    return max(highest or 0, OPERATOR_ID) + 1


def next_client_number(session: ResellerSession) -> int:
    """The next free number for a client of the session's reseller: no two sign-ups get the same."""
    return session.scalars(
        update(Reseller)
        .where(Reseller.id == session.reseller_id)
        .values(last_client_number=Reseller.last_client_number + 1)
        .returning(Reseller.last_client_number)
        .execution_options(synchronize_session=False)
    ).one()


def any_exist(session: ResellerSession) -> bool:
    """Whether anything was installed yet; in a session across resellers."""
    return session.scalar(select(Reseller.id).limit(1)) is not None


def suspend(session: ResellerSession) -> None:
    """Stop the reseller's clients from sending; their own facts stay as they are."""
    own(session).suspended_at = clock.now()


def resume(session: ResellerSession) -> None:
    """Let them send again."""
    own(session).suspended_at = None
