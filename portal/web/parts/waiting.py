"""How much waits for an answer, by the page where it can be given."""

from __future__ import annotations

from portal.accounts import sign_up_inbox
from portal.accounts.actor import Actor
from portal.accounts.roles import Audience, Right
from portal.http.unit_of_work import session
from portal.messaging import country_requests


def counts(actor: Actor | None) -> dict[str, int]:
    """What waits for somebody, by endpoint; nothing for visitors and clients."""
    if actor is None or actor.audience is not Audience.RESELLER:
        return {}
    if not actor.can(Right.CLIENTS_READ):
        return {}
    return {
        "reseller.sign_ups": sign_up_inbox.counted(session()).ready,
        "reseller.country_requests": country_requests.count_waiting(session()),
    }
