"""What a reseller's clients owe it, and what its sub-accounts have left to send with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts import quotas
from portal.accounts.debts import Debt
from portal.accounts.models import Client, SubAccount
from portal.accounts.quotas import Mode
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.pricing.models import Package

CHOSEN_MAX: Final = 1_000
"""How many sub-accounts can be chosen at once."""


def owed_in_all(found: Iterable[Debt]) -> dict[str, int]:
    """What all of them owe, by currency."""
    sums: Counter[str] = Counter()
    for each in found:
        sums[each.currency] += each.total
    return dict(sorted(sums.items()))


@dataclass(frozen=True, kw_only=True)
class SubAccountFilter:
    """Which sub-accounts: of a client or itself named so, with this package, paying so."""

    text: str = ""
    package_id: int | None = None
    mode: Mode | None = None


@dataclass(frozen=True, kw_only=True)
class SubAccountBalance:
    """A sub-account with whom it belongs to; `left` are parts, None where it has no quota."""

    id: int
    name: str
    user: str
    client_id: int
    client_number: int
    client_name: str
    package: str
    mode: Mode
    left: int | None


def sub_accounts(
    session: ResellerSession,
    chosen: SubAccountFilter,
    *,
    below_id: int | None = None,
    limit: int = 50,
) -> list[SubAccountBalance]:
    """Open sub-accounts that the filter lets through, the newest first."""
    wanted = _chosen(chosen)
    if below_id is not None:
        wanted.append(SubAccount.id < below_id)
    return _read(session, wanted, limit=limit)


def sub_accounts_of_ids(
    session: ResellerSession, sub_account_ids: Sequence[int]
) -> list[SubAccountBalance]:
    """These of the reseller's sub-accounts, the newest first; what is none is left out."""
    wanted = [*_chosen(SubAccountFilter()), SubAccount.id.in_(sub_account_ids)]
    return _read(session, wanted, limit=len(sub_account_ids))


def sub_account_ids(session: ResellerSession, chosen: SubAccountFilter) -> list[int]:
    """The ids of all that the filter lets through, `CHOSEN_MAX` and one at most."""
    query = select(SubAccount.id).join(Client, Client.id == SubAccount.client_id)
    return list(
        session.scalars(
            query.where(*_chosen(chosen)).order_by(SubAccount.id.desc()).limit(CHOSEN_MAX + 1)
        )
    )


def count_sub_accounts(session: ResellerSession, chosen: SubAccountFilter) -> int:
    """How many the filter lets through."""
    query = select(func.count(SubAccount.id)).join(Client, Client.id == SubAccount.client_id)
    return session.scalar(query.where(*_chosen(chosen))) or 0


def _chosen(chosen: SubAccountFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        SubAccount.closed_at.is_(None),
        Client.closed_at.is_(None),
    ]
    if chosen.text:
        wanted.append(_begins_with(chosen.text.strip().lower()))
    if chosen.package_id is not None:
        wanted.append(SubAccount.package_id == chosen.package_id)
    if chosen.mode is not None:
        wanted.append(_MODES[chosen.mode])
    return wanted


_MODES: Final[dict[Mode, ColumnElement[bool]]] = {
    Mode.MONEY: SubAccount.quota_account_id.is_(None) & SubAccount.quota_unlimited.is_(False),
    Mode.PREPAID: SubAccount.quota_account_id.is_not(None) & SubAccount.quota_unlimited.is_(False),
    Mode.UNLIMITED: SubAccount.quota_unlimited.is_(True),
}


def _begins_with(text: str) -> ColumnElement[bool]:
    columns = (SubAccount.name, SubAccount.user, Client.company, Client.lastname, Client.email)
    found = [func.lower(column).startswith(text, autoescape=True) for column in columns]
    if text.isascii() and text.isdigit() and len(text) < 19:
        found.append(Client.number == int(text))
    return or_(*found)


def _read(
    session: ResellerSession, wanted: Sequence[ColumnElement[bool]], *, limit: int
) -> list[SubAccountBalance]:
    rows = session.execute(
        select(SubAccount, Client, Package.name)
        .join(Client, Client.id == SubAccount.client_id)
        .outerjoin(Package, Package.id == SubAccount.package_id)
        .where(*wanted)
        .order_by(SubAccount.id.desc())
        .limit(limit)
    ).all()
    accounts = [each.quota_account_id for each, _, _ in rows if each.quota_account_id is not None]
    held = statements.balances(session, accounts)
    return [
        SubAccountBalance(
            id=each.id,
            name=each.name,
            user=each.user,
            client_id=client.id,
            client_number=client.number,
            client_name=client.name,
            package=package or "",
            mode=quotas.mode_of(each),
            left=held.get(each.quota_account_id or 0),
        )
        for each, client, package in rows
    ]
