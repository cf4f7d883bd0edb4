"""Names for ids, many at once, for lists that show them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from portal.accounts.models import Client, Person, SubAccount
from portal.infra.db import ResellerSession


def client_names(session: ResellerSession, client_ids: Collection[int]) -> dict[int, str]:
    """What to call each of these clients."""
    if not client_ids:
        return {}
    found = session.scalars(select(Client).where(Client.id.in_(set(client_ids))))
    return {client.id: client.name for client in found}


def person_names(session: ResellerSession, person_ids: Collection[int]) -> dict[int, str]:
    """What to call each of these people; those of other firms are left out."""
    if not person_ids:
        return {}
    found = session.scalars(select(Person).where(Person.id.in_(set(person_ids))))
    return {person.id: person.name for person in found}


def people_of(session: ResellerSession, *, client_id: int) -> dict[int, str]:
    """What to call each of a client's people."""
    found = session.scalars(select(Person).where(Person.client_id == client_id))
    return {person.id: person.name for person in found}


def staff_names(session: ResellerSession) -> dict[int, str]:
    """What to call each of the firm's own people."""
    found = session.scalars(select(Person).where(Person.client_id.is_(None)))
    return {person.id: person.name for person in found}


def last_login(session: ResellerSession, *, client_id: int) -> datetime | None:
    """When anybody of this client signed in last; None for never."""
    return session.scalar(
        select(func.max(Person.last_login_at)).where(Person.client_id == client_id)
    )


def sub_accounts_by_package(session: ResellerSession) -> dict[int, int]:
    """How many open sub-accounts each package has; those that have none are left out."""
    rows = session.execute(
        select(SubAccount.package_id, func.count())
        .where(SubAccount.package_id.is_not(None), SubAccount.closed_at.is_(None))
        .group_by(SubAccount.package_id)
    )
    return {package_id: count for package_id, count in rows if package_id is not None}


def sub_account_names(session: ResellerSession, *, client_id: int) -> dict[int, str]:
    """What a client's sub-accounts are called, those that were closed too."""
    rows = session.execute(
        select(SubAccount.id, SubAccount.name).where(SubAccount.client_id == client_id)
    )
    return dict(rows.all())
