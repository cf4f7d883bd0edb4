"""A reseller's sub-accounts, each with its client and its package."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.models import Client, SubAccount
from portal.infra.db import ResellerSession


@dataclass(frozen=True, kw_only=True)
class Held:
    """A sub-account, and the package that it has; None for one without."""

    id: int
    name: str
    user: str
    client_id: int
    client_name: str
    package_id: int | None


def without_package(session: ResellerSession) -> int:
    """How many sub-accounts have no package."""
    return (
        session.scalar(
            select(func.count())
            .select_from(SubAccount)
            .where(SubAccount.package_id.is_(None), SubAccount.closed_at.is_(None))
        )
        or 0
    )


def that_could_have(
    session: ResellerSession,
    package_id: int,
    *,
    currencies: Collection[str],
    words: str = "",
    limit: int,
) -> list[Held]:
    """Sub-accounts without this package whose clients pay in one of these currencies, newest first.

    Only of clients that were let in. Each of `words` begins one of its names, its user or a name of
    its client's.
    """
    query = (
        select(SubAccount, Client)
        .join(
            Client,
            (Client.reseller_id == SubAccount.reseller_id) & (Client.id == SubAccount.client_id),
        )
        .where(
            SubAccount.package_id.is_distinct_from(package_id),
            SubAccount.closed_at.is_(None),
            Client.activated_at.is_not(None),
            Client.closed_at.is_(None),
            Client.currency.in_(currencies),
        )
        .order_by(SubAccount.id.desc())
        .limit(limit)
    )
    for word in words.split():
        query = query.where(_has(word))
    return [
        Held(
            id=sub_account.id,
            name=sub_account.name,
            user=sub_account.user,
            client_id=client.id,
            client_name=client.name,
            package_id=sub_account.package_id,
        )
        for sub_account, client in session.execute(query)
    ]


def _has(word: str) -> ColumnElement[bool]:
    columns = (
        SubAccount.name,
        SubAccount.user,
        Client.company,
        Client.firstname,
        Client.lastname,
        Client.email,
    )
    return or_(
        *(func.lower(column).startswith(word.lower(), autoescape=True) for column in columns)
    )
