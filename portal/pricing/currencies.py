"""The currencies that a client can pay in: those in which all of its packages have amounts."""

from __future__ import annotations

from datetime import date

from portal.accounts import access
from portal.infra.db import ResellerSession
from portal.pricing import packages


def priced(session: ResellerSession, *, client_id: int, on: date) -> frozenset[str]:
    """What every package of a client's sub-accounts has amounts in on a day.

    A sub-account without a package counts with what holds for those. A client without any
    sub-account has no such currency.
    """
    fallback = packages.default(session)
    default_id = None if fallback is None else fallback.id
    chosen = {
        each.package_id or default_id
        for each in access.sub_accounts_of(session, client_id=client_id)
    }
    offered = [
        frozenset(packages.holding(session, package_id, on=on).conditions.amounts)
        for package_id in chosen
        if package_id is not None
    ]
    return frozenset.intersection(*offered) if offered else frozenset()
