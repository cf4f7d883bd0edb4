"""Free parts: granted for a billing period and carried into the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy import Select, select

from portal.accounts.models import SubAccount
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.ledger import opening, posting, statements
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.posting import Transfer
from portal.ledger.units import PARTS
from portal.pricing.free_parts import Counts, Left, Offer
from portal.pricing.models import Bundle, Package


def begin(
    session: ResellerSession,
    *,
    client_id: int,
    sub_account_id: int | None,
    package: Package,
    n: int,
    offer: Offer,
    begins_on: date,
    ends_on: date,
    before: Bundle | None = None,
) -> Bundle:
    """Open the bundle of one billing period and fill it with the free parts of an offer.

    A pooled one has no sub-account. Of `before`, the bundle of the period that is over, as many
    parts are carried as the offer allows; its account is held by the caller. What else was left in
    it lapses. A period that was opened before, and ended early, goes on with what it had left.
    """
    again = session.scalars(
        _owned(client_id, sub_account_id, package.id).where(
            Bundle.n == n, Bundle.begins_on == begins_on
        )
    ).one_or_none()
    if again is not None:
        again.ends_on = ends_on
        return again
    carried = _carried(session, before, most=offer.rollover_max)
    bundle_id = ids.new()
    account_id = opening.account(
        session, AccountCode.BUNDLE, unit=PARTS, owner_id=bundle_id, overdraft=0
    )
    bundle = Bundle(
        id=bundle_id,
        client_id=client_id,
        sub_account_id=sub_account_id,
        package_id=package.id,
        n=n,
        account_id=account_id,
        size=offer.parts + carried,
        counts=offer.counts.value,
        countries=list(offer.countries),
        prefixes=list(offer.prefixes),
        begins_on=begins_on,
        ends_on=ends_on,
    )
    session.add(bundle)
    session.flush()  # one bundle per owner and period: the key decides before parts move
    grant = Transfer(
        debit=opening.account(session, AccountCode.PARTS_GRANTED, unit=PARTS),
        credit=account_id,
        unit=PARTS,
        amount=offer.parts,
        code=TransferCode.BUNDLE_GRANT,
        cause=bundle_id,
        description=package.name,
    )
    transfers = [grant]
    if before is not None and carried:
        transfers.append(
            Transfer(
                debit=before.account_id,
                credit=account_id,
                unit=PARTS,
                amount=carried,
                code=TransferCode.BUNDLE_ROLLOVER,
                cause=bundle_id,
                description=package.name,
            )
        )
    posting.post(session, transfers)
    return bundle


def _carried(session: ResellerSession, before: Bundle | None, *, most: int) -> int:
    if before is None or not most:
        return 0
    return min(most, statements.balance(session, before.account_id))


def giving(
    session: ResellerSession, sub_account: SubAccount, *, on: date, counts: Counts
) -> list[Left]:
    """The bundles that messages of this kind take from on a day; what they hold is not read."""
    found = session.scalars(
        select(Bundle).where(
            Bundle.client_id == sub_account.client_id,
            (Bundle.sub_account_id == sub_account.id) | Bundle.sub_account_id.is_(None),
            Bundle.package_id == sub_account.package_id,
            Bundle.counts.in_((counts.value, Counts.BOTH.value)),
            Bundle.begins_on <= on,
            Bundle.ends_on > on,
        )
    )
    return [
        Left(
            bundle_id=bundle.id,
            account_id=bundle.account_id,
            parts=0,
            size=bundle.size,
            ends_on=bundle.ends_on,
            noticed_percent=bundle.noticed_percent,
            countries=tuple(bundle.countries),
            prefixes=tuple(bundle.prefixes),
        )
        for bundle in found
    ]


def ending_on(
    session: ResellerSession,
    *,
    client_id: int,
    sub_account_id: int | None,
    package_id: int,
    on: date,
) -> list[Bundle]:
    """The bundles whose period ends on this day, in the package's order."""
    found = session.scalars(
        _owned(client_id, sub_account_id, package_id).where(Bundle.ends_on == on).order_by(Bundle.n)
    )
    return list(found)


def followed(offers: Mapping[int, Offer], ended: Iterable[Bundle]) -> dict[int, Bundle]:
    """Which of the bundles that are over each offer goes on with, by the offers' places.

    The one that was good for the same, wherever it stood, so that who puts bundles into another
    order moves nothing; else the one in the same place, which has become good for something else.
    """
    left = list(ended)
    found: dict[int, Bundle] = {}
    for n, offer in offers.items():
        alike = [each for each in left if _good_for_the_same(each, offer)]
        if alike:
            found[n] = min(alike, key=lambda each: abs(each.n - n))
            left.remove(found[n])
    for each in left:
        if each.n in offers:
            found.setdefault(each.n, each)
    return found


def _good_for_the_same(bundle: Bundle, offer: Offer) -> bool:
    return (
        bundle.counts == offer.counts.value
        and set(bundle.countries) == set(offer.countries)
        and set(bundle.prefixes) == set(offer.prefixes)
    )


def move_end(
    session: ResellerSession,
    *,
    client_id: int,
    sub_account_id: int | None,
    package_id: int,
    on: date,
    to: date,
) -> None:
    """Let the bundles that are not over on this day end on another; never before they begin."""
    for bundle in session.scalars(
        _owned(client_id, sub_account_id, package_id).where(Bundle.ends_on > on)
    ):
        bundle.ends_on = max(to, bundle.begins_on)
    session.flush()  # the next period may begin on the same day


def go_on(
    session: ResellerSession,
    *,
    client_id: int,
    sub_account_id: int | None,
    package_id: int,
    on: date,
    end_of: Callable[[date], date],
) -> None:
    """Undo the early end of bundles: those ended on this day last until their periods are over.

    `end_of` says when the period that began on a day is.
    """
    for bundle in session.scalars(
        _owned(client_id, sub_account_id, package_id).where(Bundle.ends_on >= on)
    ):
        bundle.ends_on = max(bundle.ends_on, end_of(bundle.begins_on))


def _owned(client_id: int, sub_account_id: int | None, package_id: int) -> Select[Bundle]:
    return select(Bundle).where(
        Bundle.client_id == client_id,
        Bundle.sub_account_id.is_not_distinct_from(sub_account_id),
        Bundle.package_id == package_id,
    )
