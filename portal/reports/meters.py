"""What a client has left that is counted in parts: its bundles of this period, and its quotas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from portal.accounts.models import SubAccount
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.pricing.free_parts import Counts
from portal.pricing.models import Bundle, Package
from portal.reports.pace import BundleKind


@dataclass(frozen=True, kw_only=True)
class BundleMeter:
    """A bundle in its period; without countries and prefixes it is good for every destination.

    `since` is the first day on which its owner had one of its kind, `sub_account` empty for one
    that is shared.
    """

    kind: BundleKind
    package: str
    sub_account: str
    size: int
    left: int
    renews_on: date
    since: date
    counts: Counts
    countries: tuple[str, ...]
    prefixes: tuple[str, ...]

    @property
    def is_pooled(self) -> bool:
        """Whether several sub-accounts share it."""
        return self.kind[2] is None


@dataclass(frozen=True, kw_only=True)
class QuotaMeter:
    """A sub-account that is prepaid in parts; `left` is None where there is no end to them."""

    sub_account_id: int
    sub_account: str
    left: int | None


def bundles(
    session: ResellerSession, sub_accounts: Sequence[SubAccount], *, on: date
) -> list[BundleMeter]:
    """The bundles that these sub-accounts of one client take from on a day, each once."""
    names = {each.id: each.name for each in sub_accounts}
    own = [(each.id, each.package_id) for each in sub_accounts if each.package_id is not None]
    if not own:
        return []
    client_id = sub_accounts[0].client_id
    rows = session.execute(
        select(Bundle, Package.name)
        .join(
            Package,
            (Package.reseller_id == Bundle.reseller_id) & (Package.id == Bundle.package_id),
        )
        .where(
            Bundle.client_id == client_id,
            Bundle.package_id.in_({package_id for _, package_id in own}),
            Bundle.begins_on <= on,
            Bundle.ends_on > on,
        )
        .order_by(Bundle.sub_account_id.nulls_first(), Bundle.n, Bundle.id)
    ).all()
    found = [
        (bundle, package)
        for bundle, package in rows
        if bundle.sub_account_id is None or (bundle.sub_account_id, bundle.package_id) in own
    ]
    left = statements.balances(session, [bundle.account_id for bundle, _ in found])
    since = _first_days(session, client_id)
    return [
        BundleMeter(
            kind=_kind(bundle),
            package=package,
            sub_account=names.get(bundle.sub_account_id or 0, ""),
            size=bundle.size,
            left=left[bundle.account_id],
            renews_on=bundle.ends_on,
            since=since[_kind(bundle)],
            counts=Counts(bundle.counts),
            countries=tuple(bundle.countries),
            prefixes=tuple(bundle.prefixes),
        )
        for bundle, package in found
    ]


def quotas(session: ResellerSession, sub_accounts: Sequence[SubAccount]) -> list[QuotaMeter]:
    """Those of these sub-accounts that are prepaid in parts."""
    accounts = [each.quota_account_id for each in sub_accounts if each.quota_account_id is not None]
    left = statements.balances(session, accounts) if accounts else {}
    return [
        QuotaMeter(
            sub_account_id=each.id,
            sub_account=each.name,
            left=None if each.quota_unlimited else left[each.quota_account_id or 0],
        )
        for each in sub_accounts
        if each.quota_unlimited or each.quota_account_id is not None
    ]


def _kind(bundle: Bundle) -> BundleKind:
    return bundle.package_id, bundle.n, bundle.sub_account_id


def _first_days(session: ResellerSession, client_id: int) -> dict[BundleKind, date]:
    rows = session.execute(
        select(Bundle.package_id, Bundle.n, Bundle.sub_account_id, func.min(Bundle.begins_on))
        .where(Bundle.client_id == client_id)
        .group_by(Bundle.package_id, Bundle.n, Bundle.sub_account_id)
    )
    return {(package_id, n, sub_account_id): day for package_id, n, sub_account_id, day in rows}
