"""What each reseller has and owes, by currency."""

from __future__ import annotations

from sqlalchemy import text

from portal.accounts import cover, wallet
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock
from portal.infra.db import Database
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.reports import positions
from portal.reports.positions import Position
from tests.builders.money import bring_to, manage
from tests.cast import UNIT, Cast


def of_sunny(database: Database, currency: str = "USD") -> Position:
    with database.across_resellers() as session:
        found = positions.positions(session)
    return next(each for each in found if (each.name, each.currency) == ("SunnyText", currency))


def test_who_has_done_nothing_has_its_cover_and_its_clients_money(
    database: Database, cast: Cast
) -> None:
    del cast
    found = of_sunny(database)
    assert (found.cover, found.balances) == (1000 * UNIT, 200 * UNIT)
    assert (found.debts, found.receivables, found.credit_open) == (0, 0, 0)
    assert (found.quota_parts, found.quota_cost, found.in_flight, found.unknown) == (0, 0, 0, 0)
    assert found.unlimited == 1  # Alice pays afterwards, without a limit
    assert (found.spent_per_day, found.runway_days) == (0, None)


def test_debts_limits_and_receivables_stand_apart(database: Database, cast: Cast) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        bring_to(session, cast.alice, -30 * UNIT, by=cast.sam)
        manage(session, cast.alice, BalanceManagement.SOFT, by=cast.sam, limit=50 * UNIT)
        manage(session, cast.henry, BalanceManagement.SOFT, by=cast.sam)
        bring_to(session, cast.henry, -7 * UNIT, by=cast.sam)
        manage(session, cast.henry, BalanceManagement.HARD, by=cast.sam)
    found = of_sunny(database)
    assert (found.balances, found.debts, found.credit_open) == (0, 30 * UNIT, 20 * UNIT)
    assert (found.receivables, found.unlimited) == (7 * UNIT, 0)


def test_messages_that_wait_count_at_cost(database: Database, cast: Cast) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        for _ in range(2):
            sending.accept_one(
                session,
                actor=cast.alice.owner,
                sub_account_id=None,
                order=Order(to="+12025550142", text="Hello"),
            )
    with database.across_resellers() as session, session.begin():
        session.execute(
            text("UPDATE messages SET status = 'unknown' WHERE id = (SELECT min(id) FROM messages)")
        )
    found = of_sunny(database)
    assert (found.in_flight, found.in_flight_cost) == (1, 9_000)
    assert (found.unknown, found.unknown_cost) == (1, 9_000)


def test_the_runway_is_told_from_days_that_are_over(database: Database, cast: Cast) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        account_id = cover.account(session, currency="USD")
        for days_ago, amount in ((9, 900 * UNIT), (4, 80 * UNIT), (1, 120 * UNIT)):
            session.execute(
                text(
                    "INSERT INTO daily_closings (reseller_id, account_id, day, debits, credits,"
                    " balance) VALUES (1, :account, :day, :amount, 0, 0)"
                ),
                {
                    "account": account_id,
                    "day": clock.ago(days=days_ago).date(),
                    "amount": amount,
                },
            )
    found = of_sunny(database)
    assert found.spent_per_day == 50 * UNIT  # 200 in the four days since the first
    assert found.runway_days == 20


def test_a_currency_beside_the_resellers_own_is_a_row_of_its_own(
    database: Database, cast: Cast
) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        cover.pay_in(session, amount=5 * UNIT, description="x", by=cast.olga, currency="EUR")
    assert of_sunny(database, "EUR").cover == 5 * UNIT
    assert of_sunny(database, "EUR").balances == 0


def test_totals_add_what_is_in_one_currency(database: Database, cast: Cast) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        cover.pay_in(session, amount=5 * UNIT, description="x", by=cast.olga, currency="EUR")
        wallet.payment(
            session, client_id=cast.alice.client_id, amount=UNIT, description="x", by=cast.sam
        )
    with database.across_resellers() as session:
        sums = positions.totals(positions.positions(session))
    assert [(each.currency, each.cover, each.balances) for each in sums] == [
        ("EUR", 1005 * UNIT, 100 * UNIT),
        ("USD", 1000 * UNIT, 201 * UNIT),
    ]
