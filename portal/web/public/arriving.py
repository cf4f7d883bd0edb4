"""Who is signed in already where somebody comes from another website."""

from __future__ import annotations

from flask import g
from flask_babel import gettext

from portal.accounts.models import Person


def somebody_else(owner: Person) -> str:
    """As whom the browser is signed in, if that is not this person on their own pages."""
    actor = g.actor
    if actor is None or (actor.person_id == owner.id and actor.viewing is None):
        return ""
    return str(actor.name or gettext("Visitor"))
