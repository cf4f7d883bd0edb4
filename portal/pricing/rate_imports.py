"""Sheets on their way into a price list: kept while their preview is looked at, then applied."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select

from portal.accounts.actor import Actor
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.pricing import price_lists, rate_changes, rate_lists
from portal.pricing.conditions import Route
from portal.pricing.models import PriceListDraft
from portal.pricing.rate_changes import Changes
from portal.pricing.rate_faults import Fault, Reason
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from portal.pricing.rating import Rate

KEPT_FOR: Final = timedelta(hours=1)


class BadRowsLeft(PortalError):
    """Some rows of the sheet are faulty, and nobody has said to import the others alone."""

    code = "bad_rows_left"

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} faults in the sheet")
        self.count = count


class ListChanged(PortalError):
    """The list has been changed since the preview was drawn, so that it may show something else."""

    code = "list_changed"


class AppliedBefore(PortalError):
    """The sheet is in the list already: the button was pressed twice."""

    code = "applied_before"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A sheet that waits for somebody's word."""

    id: int
    name: ListName
    rates: tuple[Rate, ...]
    faults: tuple[Fault, ...]
    made_at: datetime
    applied_at: datetime | None


@dataclass(frozen=True)
class Preview:
    """What a draft would change in the list as it is now; `version` says as which that is."""

    changes: Changes
    version: int


def keep(session: ResellerSession, name: ListName, sheet: Sheet, *, today: date, by: Actor) -> int:
    """Keep a sheet for an hour, and forget those that nobody applied in theirs; the draft's id.

    A line without a day holds from `today`, also if it is applied after midnight.
    """
    forget_old(session)
    draft = PriceListDraft(
        id=ids.new(),
        package_id=name.package_id,
        currency=name.currency,
        route=name.route.value,
        person_id=by.person_id or 0,
        sheet={
            "rates": [
                [rate.prefix, rate.price, rate.valid_from.isoformat()]
                for rate in sheet.rates(today=today)
            ],
            "faults": [asdict(fault) for fault in sheet.faults],
        },
        made_at=clock.now(),
    )
    session.add(draft)
    session.flush()
    return draft.id


def forget_old(session: ResellerSession) -> None:
    """Delete drafts whose hour is over; in a session across resellers, those of all."""
    session.execute(
        delete(PriceListDraft)
        .where(PriceListDraft.made_at < clock.now() - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )


def draft(session: ResellerSession, draft_id: int, *, name: ListName, by: Actor) -> Draft:
    """What somebody has uploaded for this list.

    Raises:
        NotFound: it is another's, for another list, or older than an hour.
    """
    return _read(_found(session, draft_id, name=name, by=by))


def preview(session: ResellerSession, found: Draft) -> Preview:
    """What it would change now."""
    version = rate_lists.version(session, found.name)
    present = rate_lists.rates(session, found.name)
    return Preview(rate_changes.compare(present, found.rates), version)


def apply(
    session: ResellerSession,
    draft_id: int,
    *,
    name: ListName,
    by: Actor,
    seen_version: int,
    good_rows: bool = False,
) -> int:
    """Write a draft into its list exactly as the preview showed it; how many lines were written.

    `seen_version` is that of the preview. `good_rows` says that faulty rows may be left out.

    Raises:
        NotFound: as `draft` does.
        AppliedBefore: it was applied already.
        BadRowsLeft: it has faulty rows.
        ListChanged: the list is another than the one that was seen.
    """
    row = _found(session, draft_id, name=name, by=by, lock=True)
    if row.applied_at is not None:
        raise AppliedBefore(str(draft_id))
    found = _read(row)
    if found.faults and not good_rows:
        raise BadRowsLeft(len(found.faults))
    if rate_lists.version(session, name, lock=True) != seen_version:
        raise ListChanged(str(draft_id))
    written = rate_changes.compare(rate_lists.rates(session, name), found.rates).rates
    if written:
        price_lists.set_rates(
            session, written, currency=name.currency, package_id=name.package_id, route=name.route
        )
        rate_lists.record(session, name, by=by, rates=len(written))
    row.applied_at = clock.now()
    return len(written)


def _found(
    session: ResellerSession, draft_id: int, *, name: ListName, by: Actor, lock: bool = False
) -> PriceListDraft:
    query = select(PriceListDraft).where(
        PriceListDraft.id == draft_id,
        PriceListDraft.package_id == name.package_id,
        PriceListDraft.currency == name.currency,
        PriceListDraft.route == name.route.value,
        PriceListDraft.person_id == (by.person_id or 0),
        PriceListDraft.made_at >= clock.now() - KEPT_FOR,
    )
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("price list draft", draft_id)
    return found


def _read(row: PriceListDraft) -> Draft:
    return Draft(
        id=row.id,
        name=ListName(currency=row.currency, package_id=row.package_id, route=Route(row.route)),
        rates=tuple(_rate(line) for line in row.sheet["rates"]),
        faults=tuple(_fault(each) for each in row.sheet["faults"]),
        made_at=row.made_at,
        applied_at=row.applied_at,
    )


def _rate(line: tuple[str, int | None, str]) -> Rate:
    prefix, price, valid_from = line
    return Rate(prefix, price, date.fromisoformat(valid_from))


def _fault(stored: dict[str, Any]) -> Fault:
    return Fault(**{**stored, "reason": Reason(stored["reason"])})
