"""What all pages of a client share: their blueprint, and whose pages they are."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, g

from portal.accounts import access, receivables
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.infra.errors import NotFound

blueprint = Blueprint("client", __name__)


def own_client() -> Client:
    """The client whose pages these are, also while staff look at them.

    Raises:
        NotFound: the actor belongs to no client.
    """
    actor: Actor = g.actor
    if actor.client_id is None:
        raise NotFound("client", None)
    return access.client_by_id(session(), actor=actor, client_id=actor.client_id)


def suspension(client: Client) -> dict[str, bool]:
    """Why a client cannot send, for the notice above its pages."""
    by_balance = client.suspended_by_balance_at is not None
    return {
        "suspended_by_balance": by_balance,
        "owes_beside": by_balance and bool(receivables.owed(session(), client.id)),
        "suspended_by_staff": client.suspended_by_staff_at is not None,
    }


def today_at(time_zone: str) -> date:
    """The day that it is in a time zone."""
    return clock.now().astimezone(ZoneInfo(time_zone)).date()
