"""Clients ask for countries that are not open for them, and staff open or decline them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import func, select

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.messaging import country_letters
from portal.messaging.deciding import EVERY_COUNTRY
from portal.messaging.models import CountryRequest
from portal.pricing import destinations
from portal.tenancy import resellers, settings

OPEN_MAX: Final = 20
"""How many countries a client may have asked for and not been answered."""

_UNDECIDED: Final = ""


@unique
class Decision(StrEnum):
    """What became of a request."""

    FOR_CLIENT = "for_client"
    FOR_ALL = "for_all"
    DECLINED = "declined"


class AlreadyOpen(PortalError):
    """The client may send to this country."""

    code = "already_open"


class TooManyRequests(PortalError):
    """The client has asked for as many countries as wait for an answer at once."""

    code = "too_many_requests"

    def __init__(self, *, most: int) -> None:
        super().__init__(f"{most} requests wait for an answer")
        self.most = most


class AlreadyDecided(PortalError):
    """Somebody else has answered this request."""

    code = "already_decided"


@dataclass(frozen=True)
class Waiting:
    """A request that waits, and the client that asks."""

    request: CountryRequest
    client: Client


def ask(
    session: ResellerSession, *, client_id: int, country: str, by: Actor, origin: str
) -> CountryRequest:
    """Ask for a country in a client's name; the reseller is told. Asked again, it changes nothing.

    Raises:
        NotFound: there is no such client, or no such country.
        AlreadyOpen: it is open for the client.
        TooManyRequests: too many wait for an answer.
    """
    if destinations.dial_code(country) is None:
        raise NotFound("country", country)
    client = access.locked_client(session, client_id)  # two clicks ask one after the other
    waiting = list(
        session.scalars(
            select(CountryRequest).where(
                CountryRequest.client_id == client.id, CountryRequest.decision == _UNDECIDED
            )
        )
    )
    for request in waiting:
        if request.country == country:
            return request
    if _is_open(session, client, country):
        raise AlreadyOpen(country)
    if len(waiting) >= OPEN_MAX:
        raise TooManyRequests(most=OPEN_MAX)
    request = CountryRequest(
        id=ids.new(),
        client_id=client.id,
        country=country,
        person_id=by.person_id,
        asked_at=clock.now(),
        decision=_UNDECIDED,
        reason="",
    )
    session.add(request)
    activity.record(
        session,
        by=by,
        what="country.asked",
        client_id=client.id,
        about_id=request.id,
        country=country,
    )
    country_letters.tell_staff(session, client, country, origin=origin)
    session.flush()
    return request


def waiting(session: ResellerSession) -> list[Waiting]:
    """The requests that nobody has answered yet, oldest first."""
    rows = session.execute(
        select(CountryRequest, Client)
        .join(
            Client,
            (Client.reseller_id == CountryRequest.reseller_id)
            & (Client.id == CountryRequest.client_id),
        )
        .where(CountryRequest.decision == _UNDECIDED)
        .order_by(CountryRequest.id)
    )
    return [Waiting(request, client) for request, client in rows]


def by_id(session: ResellerSession, request_id: int) -> CountryRequest:
    """A request, answered or not.

    Raises:
        NotFound: there is no such request.
    """
    found = session.get(CountryRequest, (session.reseller_id, request_id))
    if found is None:
        raise NotFound("country request", request_id)
    return found


def count_waiting(session: ResellerSession) -> int:
    """How many requests nobody has answered yet."""
    return session.scalar(select(func.count()).where(CountryRequest.decision == _UNDECIDED)) or 0


def latest_of(session: ResellerSession, client_id: int) -> dict[str, CountryRequest]:
    """A client's latest request for each country that it ever asked for."""
    rows = session.scalars(
        select(CountryRequest)
        .where(CountryRequest.client_id == client_id)
        .order_by(CountryRequest.id)
    )
    return {request.country: request for request in rows}


def open_for_client(
    session: ResellerSession, request_id: int, *, by: Actor, origin: str
) -> CountryRequest:
    """Open the country for the client that asked; it is told.

    Raises:
        NotFound: there is no such request.
        AlreadyDecided: somebody was faster.
    """
    request = _held(session, request_id)
    client = access.locked_client(session, request.client_id)
    if not _is_open(session, client, request.country):
        client.countries = [*client.countries, request.country]
    _decide(session, [request], Decision.FOR_CLIENT, what="country.opened", by=by, origin=origin)
    return request


def open_for_all(
    session: ResellerSession, request_id: int, *, by: Actor, origin: str
) -> CountryRequest:
    """Open the country for all clients; everybody who asked for it is told.

    Raises:
        NotFound: there is no such request.
        AlreadyDecided: somebody was faster.
    """
    request = _held(session, request_id)
    session.refresh(resellers.own(session), with_for_update=True)  # settings change one by one
    open_to_all = settings.read(session).countries
    if not {request.country, EVERY_COUNTRY}.intersection(open_to_all):
        settings.change(session, countries=[*open_to_all, request.country])
    others = session.scalars(
        select(CountryRequest)
        .where(
            CountryRequest.country == request.country,
            CountryRequest.decision == _UNDECIDED,
            CountryRequest.id != request.id,
        )
        .order_by(CountryRequest.id)
        .with_for_update()
    ).all()
    _decide(
        session,
        [request, *others],
        Decision.FOR_ALL,
        what="country.opened_for_all",
        by=by,
        origin=origin,
    )
    return request


def decline(
    session: ResellerSession, request_id: int, *, reason: str, by: Actor, origin: str
) -> CountryRequest:
    """Leave the country closed, for a reason that the client is told.

    Raises:
        NotFound: there is no such request.
        AlreadyDecided: somebody was faster.
    """
    request = _held(session, request_id)
    request.reason = reason
    _decide(session, [request], Decision.DECLINED, what="country.declined", by=by, origin=origin)
    return request


def _held(session: ResellerSession, request_id: int) -> CountryRequest:
    request = session.scalars(
        select(CountryRequest)
        .where(CountryRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if request is None:
        raise NotFound("country request", request_id)
    if request.decision != _UNDECIDED:
        raise AlreadyDecided(request.decision)
    return request


def _decide(
    session: ResellerSession,
    requests: Sequence[CountryRequest],
    decision: Decision,
    *,
    what: str,
    by: Actor,
    origin: str,
) -> None:
    for request in requests:
        request.decision, request.decided_at = decision.value, clock.now()
        request.decided_by_id = by.person_id
        activity.record(
            session,
            by=by,
            what=what,
            client_id=request.client_id,
            about_id=request.id,
            country=request.country,
            reason=request.reason,
        )
        client = access.client_by_id(session, actor=by, client_id=request.client_id)
        if decision is Decision.DECLINED:
            country_letters.declined(
                session, client, request.country, reason=request.reason, origin=origin
            )
        else:
            country_letters.opened(session, client, request.country, origin=origin)
    session.flush()


def _is_open(session: ResellerSession, client: Client, country: str) -> bool:
    open_to = {client.country, *client.countries, *settings.read(session).countries}
    return not open_to.isdisjoint({country, EVERY_COUNTRY})
