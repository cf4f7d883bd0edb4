"""The record of who did what: rows are only added."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Activity
from portal.infra import clock, seals
from portal.infra.db import ResellerSession

BOOK: Final = seals.Book(
    name="activity",
    row="act",
    table=Activity,
    columns=(
        "reseller_id", "id", "at", "what", "person_id", "person_name", "acting_as_client_id",
        "client_id", "about_id", "address", "details",
    ),
)  # fmt: skip
"""What is sealed of an act: all of it."""


def record(
    session: ResellerSession,
    *,
    by: Actor,
    what: str,
    client_id: int | None = None,
    about_id: int | None = None,
    **details: str | int | bool | None,
) -> None:
    """Add a row, in the transaction of the act itself.

    A reseller's staff read it, so it does not name the operator's: their number says who it was.
    """
    session.add(
        Activity(
            reseller_id=session.reseller_id,
            at=clock.now(),
            what=what,
            person_id=by.person_id,
            person_name=by.name if by.reseller_id == session.reseller_id else "",
            acting_as_client_id=by.client_id if by.viewing else None,
            client_id=client_id if client_id is not None else by.client_id,
            about_id=about_id,
            address=by.address,
            details=details,
        )
    )


def latest(
    session: ResellerSession,
    *,
    client_id: int | None = None,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Activity]:
    """The newest rows below an id, of one client or of the whole reseller."""
    query = select(Activity).order_by(Activity.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(Activity.id < below_id)
    if client_id is not None:
        query = query.where(Activity.client_id == client_id)
    return list(session.scalars(query))
