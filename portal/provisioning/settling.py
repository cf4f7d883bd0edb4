"""Change a reseller's settings as somebody, so that it is written down."""

from __future__ import annotations

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.tenancy import settings
from portal.tenancy.settings import ResellerSettings


def change(session: ResellerSession, *, by: Actor, **values: object) -> ResellerSettings:
    """Set some; the others stay. What changes nothing is not written down.

    Raises:
        pydantic.ValidationError: for a value that is out of bounds.
    """
    before = settings.read(session)
    after = settings.change(session, **values)
    changed = [name for name, value in after if getattr(before, name) != value]
    if changed:
        activity.record(session, by=by, what="settings.changed", settings=", ".join(changed))
    return after
