"""To where a client may send, and how much on a day."""

from __future__ import annotations

from collections.abc import Collection

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.accounts.errors import AmountNotPositive
from portal.infra.db import ResellerSession


def open_countries(
    session: ResellerSession, *, client_id: int, countries: Collection[str], by: Actor
) -> None:
    """Let a client send to these countries (two letters; `*`: all with a rate) beside its own.

    They take the place of those that were open for it; the ones open for all clients stay so.

    Raises:
        NotFound: there is no such client.
    """
    client = access.locked_client(session, client_id)
    client.countries = sorted(set(countries))
    named = ", ".join(client.countries)
    activity.record(session, by=by, what="client.countries", client_id=client.id, reason=named)


def set_daily_limit(
    session: ResellerSession, *, client_id: int, limit: int | None, by: Actor
) -> None:
    """Choose how many messages a client may send on a day; None: as many as any client may.

    Raises:
        AmountNotPositive: the limit is not above zero.
        NotFound: there is no such client.
    """
    if limit is not None and limit <= 0:
        raise AmountNotPositive("a limit is above zero")
    client = access.locked_client(session, client_id)
    client.daily_limit = limit
    activity.record(session, by=by, what="client.daily_limit", client_id=client.id, limit=limit)
