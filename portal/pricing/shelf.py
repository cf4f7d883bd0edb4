"""All packages that are sold, each with what it says on a day and when that is to change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.infra.db import ResellerSession
from portal.pricing import package_rows, packages
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.models import Package, PackageAmounts, PackageVersion


@dataclass(frozen=True, kw_only=True)
class Shelved:
    """A package with what it says on the day, since when, and when it is to say otherwise."""

    package: Package
    conditions: Conditions
    since: date
    changes_on: date | None


def sold(session: ResellerSession, *, on: date) -> list[Shelved]:
    """The packages that are sold, by name, in three statements however many they are."""
    listed = packages.listed(session)
    ids = [package.id for package in listed]
    holding = {
        row.package_id: row
        for row in session.scalars(
            select(PackageVersion)
            .where(PackageVersion.package_id.in_(ids), PackageVersion.valid_from <= on)
            .ext(distinct_on(PackageVersion.package_id))
            .order_by(
                PackageVersion.package_id,
                PackageVersion.valid_from.desc(),
                PackageVersion.number.desc(),
            )
        )
    }
    changes = _changes(session, ids, after=on)
    amounts: defaultdict[int, dict[str, Amounts]] = defaultdict(dict)
    for each in session.scalars(
        select(PackageAmounts)
        .where(PackageAmounts.version_id.in_([row.id for row in holding.values()]))
        .order_by(PackageAmounts.currency)
    ):
        amounts[each.version_id][each.currency] = package_rows.amounts_of(each)
    return [
        Shelved(
            package=package,
            conditions=package_rows.conditions_of(
                holding[package.id], amounts=amounts[holding[package.id].id]
            ),
            since=holding[package.id].valid_from,
            changes_on=changes.get(package.id),
        )
        for package in listed
    ]


def _changes(session: ResellerSession, ids: list[int], *, after: date) -> dict[int, date]:
    rows = session.execute(
        select(PackageVersion.package_id, func.min(PackageVersion.valid_from))
        .where(PackageVersion.package_id.in_(ids), PackageVersion.valid_from > after)
        .group_by(PackageVersion.package_id)
    )
    return {row[0]: row[1] for row in rows}


def priced_in(session: ResellerSession, currency: str, *, on: date) -> dict[Package, Amounts]:
    """Those that have amounts in a currency: what a client with such a wallet may get."""
    return {
        each.package: each.conditions.amounts[currency]
        for each in sold(session, on=on)
        if currency in each.conditions.amounts
    }
