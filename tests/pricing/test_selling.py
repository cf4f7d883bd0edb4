"""Packages in people's hands: sold, changed, renamed, closed, and what stands in the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity, SubAccount
from portal.infra import clock
from portal.pricing import packages, rated, selling, shelf
from portal.pricing.conditions import Route
from portal.pricing.models import PackageVersion
from portal.pricing.packages import ChangedBefore, PackageExists
from portal.pricing.selling import NegativeMarkup, StillAssigned
from portal.tenancy import settings
from tests.builders.asked import statements
from tests.builders.conditions import in_one_currency
from tests.builders.selling import another
from tests.cast import SUNNY

CHEAP = in_one_currency("USD", markup_fixed=-1)
PLAIN = in_one_currency("USD", markup_fixed=1_000)
DEARER = in_one_currency("USD", markup_fixed=2_000)


def acts(session, what):
    session.flush()
    return [row.details for row in session.scalars(select(Activity).where(Activity.what == what))]


def test_a_markup_below_zero_is_for_those_who_allow_it(session, cast):
    with pytest.raises(NegativeMarkup):
        selling.sell(session, name="Cheap", conditions=CHEAP, by=cast.sam)
    with pytest.raises(NegativeMarkup):
        selling.set_defaults(session, CHEAP, valid_from=selling.today(session), by=cast.sam)
    settings.change(session, negative_markup_allowed=True)
    assert selling.sell(session, name="Cheap", conditions=CHEAP, by=cast.sam).name == "Cheap"
    assert selling.is_negative(in_one_currency("USD", markup_percent_millionths=-1))
    assert not selling.is_negative(PLAIN)


def test_a_name_is_taken_also_by_what_was_closed(session, cast):
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    selling.close(session, made, by=cast.sam)
    selling.close(session, made, by=cast.sam)
    assert made not in packages.listed(session)
    assert selling.is_taken(session, "Gold")
    assert not selling.is_taken(session, "Silver")
    with pytest.raises(PackageExists):
        selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    assert acts(session, "package.closed") == [{"package": "Gold", "valid_from": None}]


def test_what_somebody_has_is_not_closed(session, cast):
    (starter,) = packages.listed(session)
    with pytest.raises(StillAssigned) as refused:
        selling.close(session, starter, by=cast.sam)
    assert refused.value.sub_accounts == 2
    assert starter.closed_at is None


def test_what_somebody_who_is_closed_had_is_closed(session, cast):
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    shop = session.get_one(SubAccount, (SUNNY, another(session, cast.alice, "Shop", by=cast.sam)))
    shop.package_id = made.id
    session.flush()
    with pytest.raises(StillAssigned) as refused:
        selling.close(session, made, by=cast.sam)
    assert str(refused.value) == "1 sub-accounts have it"
    shop.closed_at = clock.now()
    session.flush()
    selling.close(session, made, by=cast.sam)
    assert made.closed_at is not None


def test_whoever_closes_a_package_holds_it(session, cast):
    """An assignment that begins in the meantime waits, and finds it closed."""
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    session.flush()
    with statements(session.get_bind()) as asked:
        selling.close(session, made, by=cast.sam)
    assert [each for each in asked if "FOR UPDATE" in each and "FROM packages" in each]


@pytest.mark.parametrize(("hour", "day"), [(4, date(2026, 12, 31)), (5, date(2027, 1, 1))])
def test_the_day_is_that_of_the_resellers_zone(session, hour, day):
    with clock.pretending(datetime(2027, 1, 1, hour, tzinfo=UTC)):
        assert selling.today(session) == day


def test_versions_and_acts_say_who_and_which_package(session, cast):
    today = selling.today(session)
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    selling.change(session, made, DEARER, valid_from=today + timedelta(days=3), by=cast.sam)
    defaults = selling.set_defaults(session, PLAIN, valid_from=today, by=cast.sam)
    session.flush()
    versions = session.execute(
        select(PackageVersion.package_id, PackageVersion.person_id)
        .where(PackageVersion.package_id.in_((made.id, defaults.id)))
        .order_by(PackageVersion.package_id, PackageVersion.number)
    )
    who = cast.sam.person_id
    assert [tuple(row) for row in versions] == [(made.id, who), (made.id, who), (defaults.id, who)]
    noted = session.execute(
        select(Activity.what, Activity.about_id)
        .where(Activity.what.in_(("package.created", "package.changed")))
        .order_by(Activity.id)
    )
    assert [tuple(row) for row in noted] == [
        ("package.created", made.id),
        ("package.changed", made.id),
        ("package.created", defaults.id),
    ]


def test_a_change_is_made_once_and_never_for_a_day_that_is_over(session, cast):
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    today = selling.today(session)
    with pytest.raises(ChangedBefore):
        selling.change(session, made, DEARER, valid_from=today - timedelta(days=1), by=cast.sam)
    assert selling.change(session, made, PLAIN, valid_from=today, by=cast.sam) is None
    later = today + timedelta(days=3)
    version = selling.change(session, made, DEARER, valid_from=later, by=cast.sam)
    assert version is not None
    assert (version.number, version.valid_from) == (2, later)
    assert acts(session, "package.changed") == [
        {"package": "Gold", "valid_from": later.isoformat()}
    ]
    (gold, starter) = shelf.sold(session, on=today)
    assert (gold.package.name, gold.conditions, gold.changes_on) == ("Gold", PLAIN, later)
    assert (starter.package.name, starter.changes_on) == ("Starter", None)
    assert shelf.sold(session, on=later)[0].conditions == DEARER


def test_of_several_versions_the_latest_day_holds_and_of_one_day_the_latest(session, cast):
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    today = selling.today(session)
    later = today + timedelta(days=3)
    said = [in_one_currency("USD", markup_fixed=number) for number in (1, 2, 3, 4)]
    for day, conditions in zip((later, later, today, today), said, strict=True):
        selling.change(session, made, conditions, valid_from=day, by=cast.sam)

    def gold(on):
        return next(each for each in shelf.sold(session, on=on) if each.package is made)

    assert (gold(today).conditions, gold(today).since) == (said[3], today)
    assert gold(today).changes_on == later
    assert (gold(later).conditions, gold(later).since) == (said[1], later)
    assert gold(later).changes_on is None


def test_a_name_is_changed_once(session, cast):
    made = selling.sell(session, name="Gold", conditions=PLAIN, by=cast.sam)
    with pytest.raises(PackageExists):
        selling.rename(session, made, "Starter", by=cast.sam)
    selling.rename(session, made, "Gold", by=cast.sam)
    assert acts(session, "package.renamed") == []
    selling.rename(session, made, "Platinum", by=cast.sam)
    assert packages.by_id(session, made.id).name == "Platinum"
    assert len(acts(session, "package.renamed")) == 1


def test_the_defaults_are_made_and_then_changed(session, cast):
    today = selling.today(session)
    made = selling.set_defaults(session, PLAIN, valid_from=today, by=cast.sam)
    again = selling.set_defaults(session, DEARER, valid_from=today, by=cast.sam)
    assert again.id == made.id
    assert packages.default(session).id == made.id
    assert packages.holding(session, made.id, on=today).conditions == DEARER
    assert "without" not in {each.package.name for each in shelf.sold(session, on=today)}


def test_those_that_are_priced_in_a_currency(session, cast):
    today = selling.today(session)
    selling.sell(session, name="Euros", conditions=in_one_currency("EUR"), by=cast.sam)
    assert [each.name for each in shelf.priced_in(session, "USD", on=today)] == ["Starter"]
    assert [each.name for each in shelf.priced_in(session, "EUR", on=today)] == ["Euros"]


def test_the_lists_that_a_package_is_rated_by(session):
    (starter,) = packages.listed(session)
    today = selling.today(session)
    found = rated.tables(session, package_id=starter.id, currency="USD")
    assert found.wholesale[Route.VALUE].match("1202", today).price == 9_000
    assert found.wholesale[Route.PREMIUM].match("1202", today) is None
    assert found.own.match("4915", today).price == 30_000
    assert rated.tables(session, package_id=None, currency="USD").own.match("4915", today) is None
    empty = rated.tables(session, package_id=starter.id, currency="EUR")
    assert empty.wholesale[Route.VALUE].match("1202", today) is None
