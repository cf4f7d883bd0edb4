"""What the portal of a reseller must not show: words of the operator's and of other resellers'."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from portal.accounts.models import Person
from portal.gateways.models import Gateway
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.reports.traces import Detector, Foreign
from portal.tenancy.models import Brand, Hostname, Reseller
from portal.tenancy.resellers import OPERATOR_ID

_OPERATOR: Final = "the operator"
OF_OPERATOR: Final = frozenset(
    f"the {each} of {_OPERATOR}" for each in ("name", "address", "title")
)
"""What the operator is called and where it is written to, as traces say what they are."""


def detector(session: ResellerSession, *, reseller_id: int, settings: Settings) -> Detector:
    """One that knows the words of everybody but this reseller; in a session across resellers.

    Of the operator: its name, title, address, host names, people, gateways and the sender of its
    mail; of other resellers: name, title, address and host names; and the name of the zone, where
    the reseller's links have a name of its own.
    """
    foreign = [
        *_names(session, reseller_id),
        *_of_operator(session, settings),
        *_zone(session, reseller_id, settings),
    ]
    return Detector(foreign, own=_own(session, reseller_id))


def _names(session: ResellerSession, reseller_id: int) -> Iterator[Foreign]:
    """Names, titles, addresses and host names of everybody else."""
    rows = session.execute(
        select(Reseller.id, Reseller.name, Reseller.email, Brand.title)
        .outerjoin(Brand, Brand.reseller_id == Reseller.id)
        .where(Reseller.id != reseller_id)
    )
    whose: dict[int, str] = {}
    for row in rows:
        who = whose[row.id] = _who(row.id, row.name)
        yield Foreign(row.name, f"the name of {who}")
        yield Foreign(row.email, f"the address of {who}")
        yield Foreign(row.title or "", f"the title of {who}")
    for owner, name in session.execute(
        select(Hostname.reseller_id, Hostname.name).where(Hostname.reseller_id != reseller_id)
    ):
        yield Foreign(name, f"a host name of {whose[owner]}")


def _of_operator(session: ResellerSession, settings: Settings) -> Iterator[Foreign]:
    for person in session.scalars(select(Person).where(Person.reseller_id == OPERATOR_ID)):
        yield Foreign(person.name, "the name of one of the operator's people")
        yield Foreign(person.email, "the address of one of the operator's people")
    for name in session.scalars(select(Gateway.name)):
        yield Foreign(name, "the name of a gateway of the operator's")
    yield Foreign(settings.mail_from, "the sender address of the installation's mail")


def _zone(session: ResellerSession, reseller_id: int, settings: Settings) -> Iterator[Foreign]:
    """The zone's name, which the portal was given until it had one of its own."""
    primary = session.scalar(
        select(Hostname.name).where(Hostname.reseller_id == reseller_id, Hostname.primary)
    )
    if settings.zone and primary and not primary.endswith(f".{settings.zone}"):
        yield Foreign(settings.zone, "the name of the installation's zone")


def _own(session: ResellerSession, reseller_id: int) -> list[str]:
    """Words of the reseller's own, which another may happen to have as well."""
    own = session.execute(
        select(Reseller.name, Reseller.email, Brand.title)
        .outerjoin(Brand, Brand.reseller_id == Reseller.id)
        .where(Reseller.id == reseller_id)
    ).one()
    people = session.scalars(select(Person).where(Person.reseller_id == reseller_id))
    return [each or "" for each in own] + [
        word for person in people for word in (person.name, person.email)
    ]


def _who(reseller_id: int, name: str) -> str:
    return _OPERATOR if reseller_id == OPERATOR_ID else f"the reseller {name!r}"
