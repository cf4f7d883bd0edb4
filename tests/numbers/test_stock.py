"""Numbers: one owner in the whole installation, one sub-account at a time."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.numbers import connecting, finding, stock
from portal.numbers.errors import NotANumber, NumberConnected, NumberTaken, OtherCurrency
from tests.builders.inbound import GATEWAY, NUMBER, OTHER_NUMBER, TODAY, give
from tests.builders.money import client_of
from tests.cast import HARBOUR, SUNNY, Cast


@pytest.mark.parametrize(
    "given",
    ["", "nonsense", "0151 2345678", "+", "+0151", "12345", "7070", "+1 202 555", "+999555012345",
     "+1٢٠٢٥٥٥٠١٩٩", "+1202555018100000", "+12025550181 x", "1" * 500],
)  # fmt: skip
def test_what_is_no_number_is_refused(session: ResellerSession, cast: Cast, given: str) -> None:
    with pytest.raises(NotANumber):
        stock.add(session, number=given, by=cast.sam)
    assert stock.listed(session) == []


def test_a_number_is_written_with_its_country(session: ResellerSession, cast: Cast) -> None:
    for given in ("+1 202 555 0181", "+4915112345678", "0048 600 111-222"):
        stock.add(session, number=given, by=cast.sam)
    assert [(each.e164, each.country) for each in stock.listed(session)] == [
        ("+4915112345678", "DE"),
        ("+48600111222", "PL"),
        ("+12025550181", "US"),
    ]


def test_a_number_has_one_owner_whoever_that_is(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        stock.add(session, number=NUMBER, by=cast.sam)
    with database.session(HARBOUR) as session, session.begin():
        with pytest.raises(NumberTaken) as refused:
            stock.add(session, number=NUMBER, by=cast.hanna)
        assert "sunny" not in str(refused.value).lower()
        assert stock.listed(session) == []
    with database.session(SUNNY) as session, session.begin():
        with pytest.raises(NumberTaken):
            stock.add(session, number=NUMBER, by=cast.sam)
        number = finding.by_digits(session, NUMBER[1:])
        stock.end(session, number_id=number.id, by=cast.sam)
        with pytest.raises(NotFound):
            finding.by_digits(session, NUMBER[1:])
    with database.session(HARBOUR) as session, session.begin():
        stock.add(session, number=NUMBER, by=cast.hanna)
    with database.across_resellers() as everywhere:
        assert finding.owner_of(everywhere, NUMBER[1:], gateway_id=GATEWAY) == HARBOUR


def test_a_number_of_one_gateway_is_unknown_to_others(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        stock.add(session, number=NUMBER, gateway_id=7, by=cast.sam)
    with database.across_resellers() as everywhere:
        assert finding.owner_of(everywhere, NUMBER[1:], gateway_id=7) == SUNNY
        for digits, gateway_id in ((NUMBER[1:], 8), (OTHER_NUMBER[1:], 7)):
            with pytest.raises(NotFound):
                finding.owner_of(everywhere, digits, gateway_id=gateway_id)


def test_fees_are_the_resellers_currency_and_not_negative(
    session: ResellerSession, cast: Cast
) -> None:
    number = stock.add(
        session, number=NUMBER, setup_fee=5, monthly_fee=2, fee_per_message=1, by=cast.sam
    )
    assert (number.currency, number.setup_fee, number.monthly_fee) == ("USD", 5, 2)
    assert number.fee_per_message == 1


def test_connecting_is_for_one_at_a_time(session: ResellerSession, cast: Cast) -> None:
    number = give(session, cast.alice)
    first = number.connection_id
    assert (number.client_id, number.assigned_on) == (cast.alice.client_id, TODAY)
    assert (number.billing_day, number.billed_until) == (TODAY.day, TODAY)
    again = connecting.connect(
        session,
        number_id=number.id,
        sub_account_id=cast.alice.sub_account_id,
        by=cast.sam,
        on=date(2026, 12, 1),
    )
    assert (again.connection_id, again.assigned_on) == (first, TODAY)
    with pytest.raises(NumberConnected):
        connecting.connect(
            session,
            number_id=number.id,
            sub_account_id=cast.henry.sub_account_id,
            by=cast.sam,
            on=TODAY,
        )
    with pytest.raises(NumberConnected):
        stock.end(session, number_id=number.id, by=cast.sam)
    connecting.disconnect(session, number_id=number.id, by=cast.sam)
    connecting.disconnect(session, number_id=number.id, by=cast.sam)
    assert finding.listed_assigned(session) == []
    connecting.connect(
        session,
        number_id=number.id,
        sub_account_id=cast.henry.sub_account_id,
        by=cast.sam,
        on=TODAY,
    )
    assert number.connection_id not in {None, first}
    assert [each.client_id for each in finding.listed_assigned(session)] == [cast.henry.client_id]
    session.flush()
    said = session.scalars(
        select(Activity.what).where(Activity.what.startswith("number.")).order_by(Activity.id)
    ).all()
    assert said == [
        "number.added", "number.connected", "number.disconnected", "number.connected",
    ]  # fmt: skip


def test_the_billing_day_is_the_clients(session: ResellerSession, cast: Cast) -> None:
    client_of(session, cast.alice).next_billing_on = date(2026, 11, 17)
    assert give(session, cast.alice).billing_day == 17


def test_what_cannot_be_connected(session: ResellerSession, cast: Cast) -> None:
    number = stock.add(session, number=NUMBER, currency="EUR", by=cast.sam)
    for number_id, sub_account_id in (
        (number.id, cast.berta.sub_account_id),
        (number.id, 7),
        (7, cast.alice.sub_account_id),
    ):
        with pytest.raises(NotFound):
            connecting.connect(
                session, number_id=number_id, sub_account_id=sub_account_id, by=cast.sam, on=TODAY
            )
    with pytest.raises(OtherCurrency):
        connecting.connect(
            session,
            number_id=number.id,
            sub_account_id=cast.alice.sub_account_id,
            by=cast.sam,
            on=TODAY,
        )


def test_who_may_know_of_which(session: ResellerSession, cast: Cast) -> None:
    give(session, cast.alice)
    give(session, cast.henry, number=OTHER_NUMBER)
    stock.add(session, number="+12025550183", by=cast.sam)
    assert [each.e164 for each in finding.of_actor(session, cast.alice.owner)] == [NUMBER]
    assert [each.e164 for each in finding.of_actor(session, cast.sam)] == [NUMBER, OTHER_NUMBER]
