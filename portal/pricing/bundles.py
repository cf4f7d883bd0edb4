"""Free parts: granted for a billing period, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS
from portal.pricing.models import Bundle, Package


@dataclass(frozen=True)
class BundleLeft:
    """A bundle as its owner sees it, in parts."""

    package_name: str
    size: int
    left: int
    renews_on: date


def begin(
    session: ResellerSession,
    *,
    sub_account_id: int,
    package: Package,
    begins_on: date,
    ends_on: date,
) -> Bundle:
    """Open the bundle of one billing period and fill it with the package's free parts.

    A period that was opened before, and ended early, goes on with what it had left.
    """
    again = session.scalars(
        select(Bundle).where(
            Bundle.sub_account_id == sub_account_id,
            Bundle.package_id == package.id,
            Bundle.begins_on == begins_on,
        )
    ).one_or_none()
    if again is not None:
        again.ends_on = ends_on
        return again
    bundle_id = ids.new()
    account_id = opening.account(
        session, AccountCode.BUNDLE, unit=PARTS, owner_id=bundle_id, overdraft=0
    )
    bundle = Bundle(
        id=bundle_id,
        sub_account_id=sub_account_id,
        package_id=package.id,
        account_id=account_id,
        size=package.bundle_parts,
        begins_on=begins_on,
        ends_on=ends_on,
    )
    session.add(bundle)
    session.flush()  # one bundle per sub-account and period: the key decides before parts move
    posting.post(
        session,
        [
            Transfer(
                debit=opening.account(session, AccountCode.PARTS_GRANTED, unit=PARTS),
                credit=account_id,
                unit=PARTS,
                amount=package.bundle_parts,
                code=TransferCode.BUNDLE_GRANT,
                cause=bundle_id,
                description=package.name,
            )
        ],
    )
    return bundle


def current(session: ResellerSession, *, sub_account_id: int, on: date) -> BundleLeft | None:
    """What is left of the bundle whose period holds this day, or None without one."""
    row = session.execute(
        select(Bundle, Package.name)
        .join(
            Package,
            (Package.reseller_id == Bundle.reseller_id) & (Package.id == Bundle.package_id),
        )
        .where(Bundle.sub_account_id == sub_account_id, Bundle.begins_on <= on, Bundle.ends_on > on)
    ).one_or_none()
    if row is None:
        return None
    bundle, name = row
    left = statements.balance(session, bundle.account_id)
    return BundleLeft(name, bundle.size, left, bundle.ends_on)
