"""Packages given to sub-accounts, and their bundles from one billing day to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.accounts import activity
from portal.accounts.models import SubAccount
from portal.billing import assignments, periods
from portal.billing.assignments import OtherCurrency
from portal.billing.models import Assignment
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import posting
from portal.ledger.codes import AccountCode, TransferCode
from portal.ledger.opening import account
from portal.ledger.posting import Transfer
from portal.pricing import conditions, packages
from portal.pricing.models import Bundle, Package
from portal.reports.meters import BundleMeter
from tests.builders.conditions import in_one_currency
from tests.builders.money import balance, disagreements
from tests.builders.selling import another, bundles_of
from tests.cast import SUNNY, UNIT, Cast

JAN_31 = date(2027, 1, 31)


class TestBillingDay:
    """29 to 31 are clamped to the month's end, and do not drift."""

    @pytest.mark.parametrize(
        ("begin", "days"),
        [
            ("2027-01-31", ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]),
            ("2027-01-30", ["2027-02-28", "2027-03-30", "2027-04-30"]),
            ("2028-01-29", ["2028-02-29", "2028-03-29"]),
            ("2027-01-29", ["2027-02-28", "2027-03-29"]),
            ("2026-11-15", ["2026-12-15", "2027-01-15"]),
            ("2026-12-31", ["2027-01-31"]),
        ],
    )
    def test_follows(self, begin: str, days: list[str]) -> None:
        day = date.fromisoformat(begin)
        number, found = day.day, []
        for _ in days:
            day = periods.next_billing_day(day, day=number)
            found.append(str(day))
        assert found == days

    @given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 31))
    def test_is_the_next_within_a_month(self, after: date, number: int) -> None:
        found = periods.next_billing_day(after, day=number)
        assert timedelta() < found - after <= timedelta(days=31)
        tomorrow = found + timedelta(days=1)
        assert found.day == number or (found.day < number and tomorrow.day == 1)


Make = Callable[..., Package]


@pytest.fixture
def package(session: ResellerSession) -> Make:
    """Make a package with so many free parts."""

    def make(parts: int, *, currency: str = "USD") -> Package:
        return packages.create(
            session,
            name=f"P{parts}{currency}",
            conditions=in_one_currency(currency, bundle_parts=parts),
        )

    return make


@pytest.fixture
def give(session: ResellerSession, cast: Cast) -> Callable[[Package, date], Assignment]:
    """Assign a package to alice's sub-account."""

    def assign(chosen: Package, on: date) -> Assignment:
        made = assignments.assign(
            session,
            sub_account_id=cast.alice.sub_account_id,
            package_id=chosen.id,
            by=cast.sam,
            on=on,
        )
        session.flush()
        return made

    return assign


Give = Callable[[Package, date], Assignment]


def periods_of(session: ResellerSession, cast: Cast) -> list[tuple[str, str, int]]:
    session.flush()
    found = session.scalars(
        select(Bundle)
        .where(Bundle.sub_account_id == cast.alice.sub_account_id)
        .order_by(Bundle.begins_on, Bundle.id)
    )
    return [(str(b.begins_on), str(b.ends_on), b.size) for b in found]


def take(session: ResellerSession, cast: Cast, parts: int, *, on: date) -> None:
    bundle = session.scalars(
        select(Bundle).where(
            Bundle.sub_account_id == cast.alice.sub_account_id,
            Bundle.begins_on <= on,
            Bundle.ends_on > on,
        )
    ).one()
    taken = Transfer(
        debit=bundle.account_id,
        credit=account(session, AccountCode.PARTS_USED, unit="parts"),
        unit="parts",
        amount=parts,
        code=TransferCode.BUNDLE_PARTS,
        cause=bundle.id,
    )
    posting.post(session, [taken])


def left(session: ResellerSession, cast: Cast, on: date) -> BundleMeter | None:
    found = bundles_of(session, cast.alice.sub_account_id, on)
    assert len(found) <= 1
    return found[0] if found else None


class TestAssign:
    """Giving a package to a sub-account."""

    def test_of_another_currency_is_refused(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        with pytest.raises(OtherCurrency) as refused:
            give(package(5, currency="EUR"), JAN_31)
        assert (refused.value.package, refused.value.client) == ("EUR", "USD")
        assert periods_of(session, cast) == []

    def test_of_what_is_not_there_is_refused(
        self, session: ResellerSession, cast: Cast, package: Make
    ) -> None:
        five = package(5)
        for sub_account_id, package_id in (
            (1, five.id),
            (cast.berta.sub_account_id, five.id),
            (cast.alice.sub_account_id, 1),
        ):
            with pytest.raises(NotFound):
                assignments.assign(
                    session,
                    sub_account_id=sub_account_id,
                    package_id=package_id,
                    by=cast.sam,
                    on=JAN_31,
                )

    def test_what_ended_on_another_day_or_was_anothers_does_not_go_on(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        five, seven = package(5), package(7)
        first = give(five, JAN_31)
        second = another(session, cast.alice, "Shop", by=cast.sam)
        ended = date(2027, 2, 10)
        give(seven, ended)
        assert first.ended_on == ended
        moved = assignments.assign(
            session, sub_account_id=second, package_id=five.id, by=cast.sam, on=ended
        )
        assert moved.id != first.id
        later = give(five, date(2027, 2, 20))
        assert (later.id != first.id, first.ended_on) == (True, ended)
        assert (later.assigned_on, later.sub_account_id) == (
            date(2027, 2, 20),
            cast.alice.sub_account_id,
        )

    def test_a_set_up_fee_is_charged_only_where_it_is_asked_for(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        said = in_one_currency("USD", setup_fee=7 * UNIT)
        chosen = packages.create(session, name="Fees", conditions=said)
        for _ in range(2):
            assignments.assign(
                session, sub_account_id=cast.alice.sub_account_id, package_id=chosen.id,
                by=cast.sam, on=JAN_31,
            )  # fmt: skip
        assert balance(session, cast.alice) == 100 * UNIT

    def test_fills_the_bundle_at_once(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        five = package(5)
        made = give(five, JAN_31)
        assert (made.billing_day, made.ended_on) == (31, None)
        assert periods_of(session, cast) == [("2027-01-31", "2027-02-28", 5)]
        for day in (JAN_31, date(2027, 2, 27)):
            found = left(session, cast, day)
            assert found is not None
            assert (found.package, found.left, found.size) == ("P5USD", 5, 5)
            assert found.renews_on == date(2027, 2, 28)
        assert left(session, cast, date(2027, 2, 28)) is None
        assert left(session, cast, JAN_31 - timedelta(1)) is None
        sub_account = session.get_one(SubAccount, (SUNNY, cast.alice.sub_account_id))
        assert sub_account.package_id == five.id
        (noted,) = activity.latest(session, client_id=cast.alice.client_id, limit=1)
        assert (noted.what, noted.details) == ("package.assigned", {"package": "P5USD"})
        assert disagreements(session) == []

    def test_of_the_same_package_begins_nothing_anew(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        five = package(5)
        first = give(five, JAN_31)
        assert give(five, JAN_31 + timedelta(3)) is first
        assert periods_of(session, cast) == [("2027-01-31", "2027-02-28", 5)]

    def test_of_another_package_ends_the_bundle_before(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        first = give(package(5), JAN_31)
        give(package(7), date(2027, 2, 10))
        assert first.ended_on == date(2027, 2, 10)
        assert periods_of(session, cast) == [
            ("2027-01-31", "2027-02-10", 5),
            ("2027-02-10", "2027-03-10", 7),
        ]
        give(package(0), date(2027, 2, 11))
        assert left(session, cast, date(2027, 2, 11)) is None

    def test_there_and_back_on_one_day_goes_on_with_what_was_left(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        five, seven = package(5), package(7)
        give(five, JAN_31)
        take(session, cast, 2, on=JAN_31)
        give(seven, JAN_31)
        give(five, JAN_31)
        found = left(session, cast, JAN_31)
        assert found is not None
        assert (found.package, found.left) == ("P5USD", 3)
        assert disagreements(session) == []

    def test_on_a_day_before_does_not_overlap(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        give(package(5), JAN_31)
        give(package(7), JAN_31 - timedelta(10))
        found = left(session, cast, JAN_31 + timedelta(3))
        assert found is not None
        assert (found.package, found.renews_on) == ("P7USD", date(2027, 2, 21))

    def test_again_after_days_before_goes_on_with_what_was_left(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        five = package(5)
        give(five, JAN_31)
        take(session, cast, 2, on=JAN_31)
        give(package(7), JAN_31 - timedelta(10))
        give(five, JAN_31)
        found = left(session, cast, JAN_31)
        assert found is not None
        assert (found.package, found.left, found.renews_on) == ("P5USD", 3, date(2027, 2, 28))
        assert disagreements(session) == []

    def test_of_what_is_not_sold_is_refused(self, package: Make, give: Give) -> None:
        closed, default = package(5), package(7)
        closed.closed_at = clock.now()
        default.is_default = True
        for chosen in (closed, default):
            with pytest.raises(NotFound) as missing:
                give(chosen, JAN_31)
            assert (missing.value.kind, missing.value.key) == ("package", chosen.id)

    def test_of_other_currencies_names_them_all(self, session: ResellerSession, give: Give) -> None:
        said = conditions.Conditions(
            amounts={"GBP": conditions.Amounts(), "EUR": conditions.Amounts()}
        )
        chosen = packages.create(session, name="Two", conditions=said)
        with pytest.raises(OtherCurrency) as refused:
            give(chosen, JAN_31)
        assert str(refused.value) == "the package is in EUR, GBP, the client pays in USD"


class TestRecord:
    """Who gave and who took away is written down."""

    def test_of_giving_and_taking_away(
        self, session: ResellerSession, cast: Cast, package: Make, give: Give
    ) -> None:
        alice = cast.alice
        give(package(5), JAN_31)
        for _ in range(2):
            assignments.end(session, sub_account_id=alice.sub_account_id, by=cast.sam, on=JAN_31)
        session.flush()
        noted = activity.latest(session, limit=2)
        assert [
            (each.what, each.person_id, each.client_id, each.about_id, each.details)
            for each in noted
        ] == [
            (what, cast.sam.person_id, alice.client_id, alice.sub_account_id, {"package": "P5USD"})
            for what in ("package.ended", "package.assigned")
        ]
        assert assignments.current(session, alice.sub_account_id) is None
        sub_account = session.get_one(SubAccount, (SUNNY, alice.sub_account_id))
        session.refresh(sub_account)
        assert sub_account.package_id is None
        with pytest.raises(NotFound):
            assignments.end(
                session, sub_account_id=cast.berta.sub_account_id, by=cast.sam, on=JAN_31
            )


@pytest.mark.parametrize(("setup_fee", "held"), [(False, 100), (True, 80)])
def test_many_get_a_package_each_for_itself(
    session: ResellerSession, cast: Cast, *, setup_fee: bool, held: int
) -> None:
    said = in_one_currency("USD", setup_fee=20 * UNIT)
    chosen = packages.create(session, name="Setup", conditions=said)
    ours = [cast.henry.sub_account_id, cast.alice.sub_account_id]
    said_so = {"setup_fee": True} if setup_fee else {}

    refused = assignments.assign_each(
        session,
        [ours[0], cast.berta.sub_account_id, ours[1], 1],
        package_id=chosen.id,
        by=cast.sam,
        on=JAN_31,
        **said_so,
    )

    assert refused == [cast.berta.sub_account_id, 1]
    assert [balance(session, firm) // UNIT for firm in (cast.alice, cast.henry)] == [held] * 2
    for sub_account_id in ours:
        made = assignments.current(session, sub_account_id)
        assert made is not None
        assert (made.package_id, made.assigned_on) == (chosen.id, JAN_31)
    assert activity.latest(session, limit=1)[0].person_id == cast.sam.person_id
