"""Sheets on their way into a price list: kept, shown, applied as shown, forgotten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from portal.accounts import activity
from portal.infra import clock, sheets
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.pricing import price_lists, rate_imports, rate_lists, rate_sheets
from portal.pricing.conditions import Route
from portal.pricing.models import PriceListDraft
from portal.pricing.rate_cells import Decimals
from portal.pricing.rate_changes import Kind
from portal.pricing.rate_imports import AppliedBefore, BadRowsLeft, ListChanged
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from portal.pricing.rating import Rate
from tests.builders.asked import statements
from tests.cast import LONG_AGO, SUNNY, Cast

TODAY = date(2026, 11, 20)
DOLLARS = ListName(currency="USD")
NEW = ListName(currency="GBP")


def sheet(text: str) -> Sheet:
    return rate_sheets.read(sheets.read(text.encode()), decimals=Decimals.POINT, today=TODAY)


GOOD = sheet("prefix,price,valid_from\n49,0.07,2026-12-01\n48500,,\n7,0.045,\n")
BAD = sheet("prefix,price\n49,0.07\n0,1\n7,-1\n")


def test_a_draft_is_another_of_another_person_list_and_reseller(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    kept = rate_imports.keep(session, DOLLARS, GOOD, today=TODAY, by=cast.sam)
    assert rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam).id == kept
    strange = [
        (session, DOLLARS, cast.olga),
        (session, ListName(currency="EUR"), cast.sam),
        (session, ListName(currency="USD", route=Route.PREMIUM), cast.sam),
        (session, ListName(currency="USD", package_id=7), cast.sam),
        (harbour_session, DOLLARS, cast.sam),
    ]
    for opened, name, by in strange:
        with pytest.raises(NotFound) as missing:
            rate_imports.draft(opened, kept, name=name, by=by)
        assert (missing.value.kind, missing.value.key) == ("price list draft", kept)


def test_a_draft_is_gone_after_an_hour(session: ResellerSession, cast: Cast) -> None:
    kept = rate_imports.keep(session, DOLLARS, GOOD, today=TODAY, by=cast.sam)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        with pytest.raises(NotFound):
            rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=0)
        rate_imports.keep(session, DOLLARS, GOOD, today=TODAY, by=cast.sam)
    count = select(func.count()).select_from(PriceListDraft).where(PriceListDraft.id == kept)
    assert session.scalar(count) == 0


def test_faulty_rows_have_to_be_given_up_aloud(session: ResellerSession, cast: Cast) -> None:
    kept = rate_imports.keep(session, DOLLARS, BAD, today=TODAY, by=cast.sam)
    draft = rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam)
    assert draft.faults == BAD.faults
    seen = rate_imports.preview(session, draft).version
    with pytest.raises(BadRowsLeft) as refused:
        rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=seen)
    assert (refused.value.count, str(refused.value)) == (2, "2 faults in the sheet")
    assert Rate("49", 70_000, TODAY) not in rate_lists.rates(session, DOLLARS)
    written = rate_imports.apply(
        session, kept, name=DOLLARS, by=cast.sam, seen_version=seen, good_rows=True
    )
    assert written == 1
    assert Rate("49", 70_000, TODAY) in rate_lists.rates(session, DOLLARS)


def test_what_was_shown_is_what_is_written_and_once(session: ResellerSession, cast: Cast) -> None:
    before = rate_lists.rates(session, DOLLARS)
    kept = rate_imports.keep(session, DOLLARS, GOOD, today=TODAY, by=cast.sam)
    shown = rate_imports.preview(
        session, rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam)
    )
    assert [(row.kind, row.prefix) for row in shown.changes.rows] == [
        (Kind.ENDED, "48500"),
        (Kind.RAISED, "49"),
        (Kind.ADDED, "7"),
    ]
    count = rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=shown.version)
    assert count == 3
    assert set(rate_lists.rates(session, DOLLARS)) == {
        *before,
        Rate("49", 70_000, date(2026, 12, 1)),
        Rate("48500", None, TODAY),
        Rate("7", 45_000, TODAY),
    }
    with pytest.raises(AppliedBefore, match=str(kept)):
        rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=shown.version)
    session.flush()
    (noted,) = activity.latest(session, limit=1)
    assert noted.details == {"currency": "USD", "route": "value", "rates": 3}


def test_a_sheet_for_another_route_is_written_into_its_list(
    session: ResellerSession, cast: Cast
) -> None:
    premium = ListName(currency="USD", route=Route.PREMIUM)
    before = rate_lists.rates(session, DOLLARS)
    kept = rate_imports.keep(session, premium, GOOD, today=TODAY, by=cast.sam)
    seen = rate_lists.version(session, premium)
    rate_imports.apply(session, kept, name=premium, by=cast.sam, seen_version=seen)
    assert Rate("7", 45_000, TODAY) in rate_lists.rates(session, premium)
    assert rate_lists.rates(session, DOLLARS) == before


def test_a_line_without_a_day_holds_from_the_day_it_was_sent(
    session: ResellerSession, cast: Cast
) -> None:
    rows = sheets.read(b"prefix,price\n7,0.045\n")
    undated = rate_sheets.read(rows, decimals=Decimals.POINT)
    kept = rate_imports.keep(session, DOLLARS, undated, today=TODAY, by=cast.sam)
    found = rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam)
    assert found.rates == (Rate("7", 45_000, TODAY),)


def test_whoever_applies_a_sheet_holds_it_and_the_list(
    session: ResellerSession, cast: Cast
) -> None:
    """Sent twice at once, it is written once; and what was shown is what is written over."""
    kept = rate_imports.keep(session, DOLLARS, GOOD, today=TODAY, by=cast.sam)
    seen = rate_lists.version(session, DOLLARS)
    with statements(session.get_bind()) as asked:
        rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam)
    assert [each for each in asked if "FOR UPDATE" in each] == []
    with statements(session.get_bind()) as asked:
        rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=seen)
    held = [each for each in asked if "FOR UPDATE" in each]
    assert ["price_list_drafts" in each for each in held] == [True, False]


def test_a_list_that_has_changed_meanwhile_is_looked_at_again(
    session: ResellerSession, cast: Cast
) -> None:
    kept = rate_imports.keep(session, DOLLARS, GOOD, today=TODAY, by=cast.sam)
    draft = rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam)
    seen = rate_imports.preview(session, draft).version
    price_lists.set_rates(session, [Rate("49", 70_000, LONG_AGO)], currency="USD")
    with pytest.raises(ListChanged, match=str(kept)):
        rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=seen)
    again = rate_imports.preview(session, draft)
    assert again.changes.counts()[Kind.RAISED] == 0
    assert (
        rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=again.version)
        == 2
    )


def test_the_first_sheet_makes_the_list(session: ResellerSession, cast: Cast) -> None:
    kept = rate_imports.keep(session, NEW, GOOD, today=TODAY, by=cast.sam)
    draft = rate_imports.draft(session, kept, name=NEW, by=cast.sam)
    assert rate_imports.preview(session, draft).version == 0
    assert rate_imports.apply(session, kept, name=NEW, by=cast.sam, seen_version=0) == 2
    other = rate_imports.keep(session, NEW, GOOD, today=TODAY, by=cast.sam)
    with pytest.raises(ListChanged):
        rate_imports.apply(session, other, name=NEW, by=cast.sam, seen_version=0)


def test_a_sheet_that_says_what_is_there_changes_nothing(
    session: ResellerSession, cast: Cast
) -> None:
    version = rate_lists.version(session, DOLLARS)
    same = sheet("prefix,price\n49,0.06\n")
    kept = rate_imports.keep(session, DOLLARS, same, today=TODAY, by=cast.sam)
    assert rate_imports.apply(session, kept, name=DOLLARS, by=cast.sam, seen_version=version) == 0
    assert rate_lists.version(session, DOLLARS) == version


def test_ten_thousand_prefixes_are_shown_and_written(database: Database, cast: Cast) -> None:
    rows = "".join(f"{prefix},0.0{prefix}\n" for prefix in range(20_000, 30_000))
    data = f"prefix,price\n{rows}".encode()
    with database.session(SUNNY) as session, session.begin():
        found = rate_sheets.read(sheets.read(data), decimals=Decimals.POINT, today=TODAY)
        kept = rate_imports.keep(session, DOLLARS, found, today=TODAY, by=cast.sam)
    with database.session(SUNNY) as session, session.begin():
        draft = rate_imports.draft(session, kept, name=DOLLARS, by=cast.sam)
        shown = rate_imports.preview(session, draft)
        rate_lists.losses(session, DOLLARS, draft.rates, today=TODAY)
    with database.session(SUNNY) as session, session.begin():
        count = rate_imports.apply(
            session, kept, name=DOLLARS, by=cast.sam, seen_version=shown.version
        )
        session.flush()
    assert count == 10_000
