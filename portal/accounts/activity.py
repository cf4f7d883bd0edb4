"""The record of who did what: rows are only added, and only their words can be erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from portal.accounts.actor import Actor
from portal.accounts.models import Activity, Person
from portal.infra import clock, ids, seals
from portal.infra.db import ResellerSession
from portal.tenancy.resellers import OPERATOR_ID

BOOK: Final = seals.Book(
    name="activity",
    row="act",
    table=Activity,
    columns=(
        "reseller_id", "id", "at", "what", "person_id", "acting_as_client_id", "client_id",
        "about_id", "by_operator", "words_digest",
    ),
)  # fmt: skip
"""What is sealed of an act: all of it, its words by their digest."""

ERASABLE: Final = ("person_name", "address", "details", "words_salt", "erased_by_id")
"""What a digest stands for, since it has to go with the people that it is about."""

_RECORDED: Final = "an act was recorded"
_ID_MAX: Final = 2**63 - 1
_Selected = TypeVar("_Selected", bound=Select[Any])


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which acts; what is empty narrows nothing.

    `who` is a part of a name. `acts` are the acts themselves; `address` is how one begins.
    """

    who: str = ""
    acts: Collection[str] = ()
    client_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    address: str = ""


EVERYTHING: Final = Chosen()


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
    session.info[_RECORDED] = True
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
            by_operator=by.is_of_operator,
        )
    )


def has_recorded(session: ResellerSession) -> bool:
    """Whether any act was recorded in this session."""
    return _RECORDED in session.info


def latest(
    session: ResellerSession,
    *,
    client_id: int | None = None,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Activity]:
    """The newest rows below an id, of one client or of the whole reseller."""
    return page(session, chosen=Chosen(client_id=client_id), below_id=below_id, limit=limit)


def page(
    session: ResellerSession,
    *,
    chosen: Chosen = EVERYTHING,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Activity]:
    """The newest acts on a reseller's portal that are chosen, below an id.

    An address and a name of the operator's people are not looked at: who asks must not find out.
    """
    query = _narrowed(select(Activity), chosen)
    if chosen.address:
        query = query.where(Activity.by_operator.is_(False) | (Activity.reseller_id == OPERATOR_ID))
    return _newest(session, query, below_id=below_id, limit=limit)


def page_for_client(
    session: ResellerSession,
    *,
    client_id: int,
    told: Collection[str],
    chosen: Chosen = EVERYTHING,
    below_id: int | None = None,
    limit: int = 50,
) -> list[Activity]:
    """The same for a client: what its own people did, what was done in its place, and `told` acts.

    What staff does to a client beside those is the reseller's own affair.
    """
    of_own = or_(
        Activity.acting_as_client_id == client_id,
        Activity.what.in_(told),
        Activity.person_id.in_(own_people(client_id)),
    )
    query = _narrowed(select(Activity), chosen).where(Activity.client_id == client_id, of_own)
    if chosen.address:
        query = query.where(Activity.person_id.in_(own_people(client_id)))
    return _newest(session, query, below_id=below_id, limit=limit)


def page_of_operator(
    session: ResellerSession,
    *,
    chosen: Chosen = EVERYTHING,
    people: Collection[int] = (),
    below_id: int | None = None,
    limit: int = 50,
) -> list[Activity]:
    """What the operator's people did, on the console and at resellers; the session sees them all.

    On resellers' portals they have no names: `people` are those of the name in `chosen.who`.
    """
    query = select(Activity).where(or_(Activity.by_operator, Activity.reseller_id == OPERATOR_ID))
    return _newest(session, _narrowed(query, chosen, people=people), below_id=below_id, limit=limit)


def own_people(client_id: int) -> Select[int]:
    """Everybody who signs in for a client, as a subquery."""
    return select(Person.id).where(Person.client_id == client_id)


def _narrowed(query: _Selected, chosen: Chosen, *, people: Collection[int] = ()) -> _Selected:
    found: list[ColumnElement[bool]] = []
    if chosen.who:
        named = func.lower(Activity.person_name).contains(chosen.who.lower(), autoescape=True)
        found.append(or_(named, Activity.person_id.in_(people) if people else false()))
    if chosen.acts:
        found.append(Activity.what.in_(chosen.acts))
    if chosen.client_id is not None:
        found.append(Activity.client_id == chosen.client_id)
    if chosen.address:
        found.append(Activity.address.startswith(chosen.address, autoescape=True))
    # Ids are in order of time, so that a period is a range of the key.
    if chosen.since is not None:
        found.append(Activity.id >= _id_at(chosen.since))
    if chosen.until is not None:
        found.append(Activity.id < _id_at(chosen.until))
    return query.where(*found)


def _newest(
    session: ResellerSession,
    query: Select[Activity],
    *,
    below_id: int | None,
    limit: int,
) -> list[Activity]:
    if below_id is not None:
        query = query.where(Activity.id < below_id)
    return list(session.scalars(query.order_by(Activity.id.desc()).limit(limit)))


def _id_at(moment: datetime) -> int:
    """The smallest id of a moment, or the nearest that the column can hold."""
    return max(0, min(ids.floor(moment), _ID_MAX))
