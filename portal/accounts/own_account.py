"""What somebody who is signed in says about themselves, and, of a client, about its clocks."""

from __future__ import annotations

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.errors import UnknownTimeZone
from portal.accounts.models import Client, Person
from portal.infra import time_zones
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound


def person(session: ResellerSession, *, by: Actor) -> Person:
    """The actor's own row.

    Raises:
        NotFound: they are nobody's, or gone.
    """
    found = by.person_id and session.get(Person, (session.reseller_id, by.person_id))
    if not found or found.removed_at is not None:
        raise NotFound("person", by.person_id)
    return found


def choose_time_zone(session: ResellerSession, *, by: Actor, time_zone: str) -> None:
    """Read all times of the actor's client in this zone from now on.

    Raises:
        NotFound: the actor belongs to no client.
        UnknownTimeZone: there is no such zone.
    """
    if by.client_id is None:
        raise NotFound("client", None)
    client: Client = access.locked_client(session, by.client_id)
    if client.time_zone == time_zone:
        return
    if time_zone not in time_zones.of_places():
        raise UnknownTimeZone(time_zone)
    client.time_zone = time_zone
    activity.record(session, by=by, what="client.changed", facts="time_zone")
