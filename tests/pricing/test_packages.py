"""Packages in the database: what they say from which day on; nobody can change the past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.pricing import package_rows, packages
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.packages import ChangedBefore, PackageExists
from portal.pricing.rating import FreeZone, Pulse
from tests.builders.asked import statements
from tests.builders.conditions import in_one_currency
from tests.cast import Cast

TODAY = date(2027, 3, 10)
PLAIN = in_one_currency("USD", markup_fixed=1_000)
DEARER = in_one_currency("USD", markup_fixed=2_000)
EVERYTHING = Conditions(
    amounts={
        "USD": Amounts(
            markup_fixed=-5,
            addition_per_message=1,
            flat_fee=2,
            monthly_fee=3,
            setup_fee=4,
            incoming_fee=5,
            outgoing_mms_fee=6,
            incoming_mms_fee=7,
            free_zones=(FreeZone(country="DE"), FreeZone(prefix="4915", cost_max=9)),
        ),
        "EUR": Amounts(),
    },
    pulse=Pulse.MESSAGE,
    markup_percent_millionths=8,
    on_net_free=True,
    refused_countries=("CU", "KP"),
    refused_prefixes=("881",),
    routes={"DE": Route.PREMIUM, "*": Route.VALUE},
    bundles=(
        Offer(parts=100),
        Offer(
            parts=5,
            counts=Counts.SENT,
            countries=("US",),
            prefixes=("49",),
            rollover_max=3,
            pooled=True,
        ),
    ),
)


def test_two_packages_do_not_share_a_name(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(PackageExists, match=r"^Starter$"):
        packages.create(session, name="Starter", conditions=PLAIN)
    other = packages.create(session, name="Other", conditions=PLAIN)
    with pytest.raises(PackageExists, match=r"^Starter$"):
        packages.rename(session, other, "Starter")
    assert other.name == "Other"
    packages.rename(session, other, "Another")
    assert [each.name for each in packages.listed(session)] == ["Another", "Starter"]


def test_there_is_one_package_for_those_without_one(session: ResellerSession, cast: Cast) -> None:
    assert packages.default(session) is None
    made = packages.create(session, name="Default", conditions=PLAIN, is_default=True)
    assert packages.default(session) is made
    assert made.name not in [each.name for each in packages.listed(session)]
    with pytest.raises(PackageExists):
        packages.create(session, name="Second", conditions=PLAIN, is_default=True)


def test_what_a_package_says_is_read_as_it_was_written(
    session: ResellerSession, cast: Cast
) -> None:
    made = packages.create(session, name="All", conditions=EVERYTHING, person_id=7)
    session.expire_all()
    found = packages.holding(session, made.id, on=TODAY)
    assert found.conditions == EVERYTHING
    assert (found.number, found.valid_from) == (1, packages.ALWAYS)
    assert packages.version_by_id(session, found.id) == found


def test_a_day_that_is_over_cannot_be_changed(session: ResellerSession, cast: Cast) -> None:
    made = packages.create(session, name="Plain", conditions=PLAIN)
    with pytest.raises(ChangedBefore) as refused:
        packages.change(session, made, DEARER, valid_from=TODAY - timedelta(days=1), today=TODAY)
    assert (refused.value.day, refused.value.today) == (TODAY - timedelta(days=1), TODAY)
    assert str(refused.value) == "2027-03-09 is before 2027-03-10"


def test_a_change_holds_from_its_day_on(session: ResellerSession, cast: Cast) -> None:
    made = packages.create(session, name="Plain", conditions=PLAIN)
    first_of_april = date(2027, 4, 1)
    planned = packages.change(
        session, made, DEARER, valid_from=first_of_april, today=TODAY, person_id=7
    )
    assert packages.version_by_id(session, planned.id) == planned
    assert (planned.package_id, planned.number) == (made.id, 2)
    last_of_march = first_of_april - timedelta(days=1)
    assert packages.holding(session, made.id, on=last_of_march).conditions == PLAIN
    assert packages.holding(session, made.id, on=first_of_april).conditions == DEARER


def test_of_two_changes_for_one_day_the_later_holds(session: ResellerSession, cast: Cast) -> None:
    made = packages.create(session, name="Plain", conditions=PLAIN)
    packages.change(session, made, DEARER, valid_from=TODAY, today=TODAY)
    packages.change(session, made, EVERYTHING, valid_from=TODAY, today=TODAY)
    assert packages.holding(session, made.id, on=TODAY).conditions == EVERYTHING
    assert [v.number for v in packages.versions(session, made.id)] == [3, 2, 1]


def test_what_is_planned_for_later_stays_planned(session: ResellerSession, cast: Cast) -> None:
    made = packages.create(session, name="Plain", conditions=PLAIN)
    later = TODAY + timedelta(days=20)
    packages.change(session, made, EVERYTHING, valid_from=later, today=TODAY)
    packages.change(session, made, DEARER, valid_from=TODAY, today=TODAY)
    assert packages.holding(session, made.id, on=TODAY).conditions == DEARER
    assert packages.holding(session, made.id, on=later).conditions == EVERYTHING


def test_another_resellers_package_and_version_are_not_there(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    (theirs,) = packages.listed(harbour_session)
    version = packages.holding(harbour_session, theirs.id, on=TODAY)
    with pytest.raises(NotFound) as package:
        packages.by_id(session, theirs.id)
    assert (package.value.kind, package.value.key) == ("package", theirs.id)
    with pytest.raises(NotFound) as missing:
        packages.version_by_id(session, version.id)
    assert (missing.value.kind, missing.value.key) == ("package version", version.id)


def test_versions_are_counted_one_by_one(session: ResellerSession, cast: Cast) -> None:
    """Whoever adds one holds the package, so that two at once do not have one number."""
    made = packages.create(session, name="Plain", conditions=PLAIN)
    session.flush()
    with statements(session.get_bind()) as asked:
        packages.change(session, made, DEARER, valid_from=TODAY, today=TODAY)
    assert [each for each in asked if "FROM packages" in each and "FOR UPDATE" in each]


def test_what_comes_in_costs_what_the_package_says_else_what_the_defaults_say(
    session: ResellerSession, cast: Cast
) -> None:
    def saying(fee: int | None) -> Conditions:
        return Conditions(amounts={"USD": Amounts(incoming_fee=fee)})

    def cost(package_id: int | None, currency: str = "USD") -> int | None:
        return packages.incoming_fee(session, package_id, currency=currency, on=TODAY)

    silent = packages.create(session, name="Silent", conditions=saying(None))
    free = packages.create(session, name="Free", conditions=saying(0))
    assert (cost(None), cost(silent.id), cost(free.id)) == (None, None, 0)
    packages.create(session, name="Default", conditions=saying(9), is_default=True)
    assert (cost(None), cost(silent.id), cost(free.id)) == (9, 9, 0)
    assert (cost(None, "EUR"), cost(free.id, "EUR")) == (None, None)
    packages.change(session, silent, saying(4), valid_from=TODAY, today=TODAY)
    assert cost(silent.id) == 4
    day_before = TODAY - timedelta(days=1)
    assert packages.incoming_fee(session, silent.id, currency="USD", on=day_before) == 9


def test_a_bundle_from_before_there_was_a_choice() -> None:
    assert package_rows.offer({"parts": 5}) == Offer(parts=5)
