"""What is connected to a client: sub-accounts, and to each its package, numbers, keys, quota."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.accounts import quotas
from portal.accounts.key_models import ApiKey
from portal.accounts.models import SubAccount
from portal.accounts.quotas import Mode
from portal.billing.models import Assignment
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.numbers.models import InboundNumber
from portal.pricing.models import Package


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key for programs that holds now."""

    id: int
    name: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Number:
    """An inbound number of the client's."""

    id: int
    e164: str
    country: str


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A sub-account with all that hangs on it; `left` are parts, None where it has no quota.

    `billed_until` is when the package's next monthly fee is due.
    """

    id: int
    name: str
    user: str
    default_sender: str
    package_id: int | None
    package: str
    assigned_on: date | None
    billed_until: date | None
    mode: Mode
    left: int | None
    numbers: tuple[Number, ...]
    keys: tuple[Key, ...]
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A client's sub-accounts, oldest first, and the keys that speak for all of them."""

    branches: tuple[Branch, ...]
    keys: tuple[Key, ...]


def of_client(session: ResellerSession, *, client_id: int, closed: bool = False) -> Tree:
    """What is connected to a client now, in five statements; `closed`: what it has closed, too."""
    query = select(SubAccount).where(SubAccount.client_id == client_id)
    if not closed:
        query = query.where(SubAccount.closed_at.is_(None))
    found = session.scalars(query.order_by(SubAccount.id)).all()
    keys = _keys(session, client_id)
    numbers = _numbers(session, client_id)
    packages = _packages(session, [each.id for each in found])
    held = statements.balances(
        session, [each.quota_account_id for each in found if each.quota_account_id is not None]
    )
    return Tree(
        branches=tuple(
            _branch(each, packages.get(each.id), numbers=numbers, keys=keys, held=held)
            for each in found
        ),
        keys=tuple(keys[None]),
    )


def _branch(
    found: SubAccount,
    package: tuple[str, Assignment] | None,
    *,
    numbers: dict[int, list[Number]],
    keys: dict[int | None, list[Key]],
    held: dict[int, int],
) -> Branch:
    name, assignment = package or ("", None)
    return Branch(
        id=found.id,
        name=found.name,
        user=found.user,
        default_sender=found.default_sender,
        package_id=found.package_id,
        package=name,
        assigned_on=assignment.assigned_on if assignment else None,
        billed_until=assignment.billed_until if assignment else None,
        mode=quotas.mode_of(found),
        left=held.get(found.quota_account_id or 0),
        numbers=tuple(numbers[found.id]),
        keys=tuple(keys[found.id]),
        closed_at=found.closed_at,
    )


def _keys(session: ResellerSession, client_id: int) -> dict[int | None, list[Key]]:
    now = clock.now()
    found: defaultdict[int | None, list[Key]] = defaultdict(list)
    for key in session.scalars(
        select(ApiKey)
        .where(
            ApiKey.client_id == client_id,
            ApiKey.revoked_at.is_(None),
            (ApiKey.expires_at.is_(None)) | (ApiKey.expires_at > now),
        )
        .order_by(ApiKey.name)
    ):
        found[key.sub_account_id].append(Key(id=key.id, name=key.name, expires_at=key.expires_at))
    return found


def _numbers(session: ResellerSession, client_id: int) -> dict[int, list[Number]]:
    found: defaultdict[int, list[Number]] = defaultdict(list)
    for each in session.scalars(
        select(InboundNumber)
        .where(InboundNumber.client_id == client_id)
        .order_by(InboundNumber.digits)
    ):
        if each.sub_account_id is not None:
            found[each.sub_account_id].append(
                Number(id=each.id, e164=each.e164, country=each.country)
            )
    return found


def _packages(
    session: ResellerSession, sub_account_ids: Collection[int]
) -> dict[int, tuple[str, Assignment]]:
    rows = session.execute(
        select(Package.name, Assignment)
        .join(
            Package,
            (Package.reseller_id == Assignment.reseller_id) & (Package.id == Assignment.package_id),
        )
        .where(Assignment.sub_account_id.in_(sub_account_ids), Assignment.ended_on.is_(None))
    )
    return {each.sub_account_id: (name, each) for name, each in rows}
