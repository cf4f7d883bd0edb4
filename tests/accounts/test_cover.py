"""The reseller's own money with the operator."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.accounts import activity, cover, wallet
from portal.accounts.errors import AmountNotPositive, InsufficientFunds
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.ledger import origins
from portal.ledger.errors import AlreadyReversed, OverdraftBelowDebt
from portal.messaging import sending
from portal.messaging.errors import TemporarilyUnavailable
from portal.messaging.sending import Order
from tests.builders.money import disagreements
from tests.cast import UNIT, Cast

NO_ONE = 10**18


def alerts(session: ResellerSession) -> list[tuple[str, str]]:
    """The alerts that were queued, oldest first: which, and of which currency."""
    session.flush()
    return [
        (row.notice, row.currency)
        for row in session.execute(
            text(
                "SELECT args ->> 'notice' AS notice, args ->> 'currency' AS currency"
                " FROM procrastinate_jobs WHERE task_name = 'alerts.cover' ORDER BY id"
            )
        )
    ]


def spend(session: ResellerSession, cast: Cast) -> None:
    """One message of Alice's, for 0.009 of the cover."""
    sending.accept_one(
        session,
        actor=cast.alice.owner,
        sub_account_id=None,
        order=Order(to="+12025550142", text="Hello"),
    )


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_payment(session: ResellerSession, cast: Cast, amount: int) -> None:
    with pytest.raises(AmountNotPositive):
        cover.pay_in(session, amount=amount, description="x", by=cast.olga)


def test_each_currency_has_its_own_cover(session: ResellerSession, cast: Cast) -> None:
    cover.pay_in(session, amount=7 * UNIT, description="x", by=cast.olga, currency="EUR")
    assert cover.balance(session) == 1000 * UNIT
    assert cover.balance(session, currency="EUR") == 7 * UNIT
    assert [(each.currency, each.balance, each.is_low) for each in cover.listed(session)] == [
        ("USD", 1000 * UNIT, False),
        ("EUR", 7 * UNIT, True),
    ]


def test_a_payment_is_taken_back_for_all_to_see(session: ResellerSession, cast: Cast) -> None:
    paid = cover.pay_in(session, amount=5 * UNIT, description="Bank", by=cast.olga)
    back = cover.reverse(
        session, currency="USD", transfer_id=paid, by=cast.olga, reason="wrong account"
    )
    assert cover.balance(session) == 1000 * UNIT
    newest = cover.movements(session, currency="USD", limit=2)
    assert [(each.transfer_id, each.amount) for each in newest] == [
        (back, -5 * UNIT),
        (paid, 5 * UNIT),
    ]
    found = origins.of(session, [paid, back])
    assert (found[paid].reversed_by_id, found[paid].reverses_id) == (back, None)
    assert (found[back].reversed_by_id, found[back].reverses_id) == (None, paid)
    assert found[back].actor_id == cast.olga.person_id
    assert disagreements(session) == []


def test_it_is_taken_back_once(session: ResellerSession, cast: Cast) -> None:
    paid = cover.pay_in(session, amount=5, description="x", by=cast.olga)
    cover.reverse(session, currency="USD", transfer_id=paid, by=cast.olga, reason="x")
    with pytest.raises(AlreadyReversed):
        cover.reverse(session, currency="USD", transfer_id=paid, by=cast.olga, reason="x")


def test_what_is_no_payment_into_it_is_not_taken_back(session: ResellerSession, cast: Cast) -> None:
    of_a_client = wallet.payment(
        session, client_id=cast.alice.client_id, amount=5, description="x", by=cast.sam
    )
    for transfer_id in (of_a_client, NO_ONE):
        with pytest.raises(NotFound):
            cover.reverse(
                session, currency="USD", transfer_id=transfer_id, by=cast.olga, reason="x"
            )


def test_what_is_spent_is_not_taken_back(session: ResellerSession, cast: Cast) -> None:
    opening = cover.movements(session, currency="USD")[-1].transfer_id
    spend(session, cast)
    with pytest.raises(InsufficientFunds) as refused:
        cover.reverse(session, currency="USD", transfer_id=opening, by=cast.olga, reason="x")
    assert (refused.value.needs, refused.value.has) == (1000 * UNIT, 1000 * UNIT - 9_000)
    assert cover.balance(session) == 1000 * UNIT - 9_000


def test_a_threshold_is_not_below_zero(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(AmountNotPositive):
        cover.set_low_threshold(session, threshold=-1, by=cast.sam)


@pytest.mark.parametrize(
    ("threshold", "alerted"),
    [
        (1000 * UNIT - 9_001, []),
        (1000 * UNIT - 9_000, [("low_cover", "USD")]),
        (1000 * UNIT - 1, [("low_cover", "USD")]),
        (1000 * UNIT, []),  # it was as low before
        (None, []),
    ],
)
def test_crossing_the_threshold_alerts(
    session: ResellerSession,
    cast: Cast,
    threshold: int | None,
    alerted: list[tuple[str, str]],
) -> None:
    cover.set_low_threshold(session, threshold=threshold, by=cast.sam)
    spend(session, cast)
    assert alerts(session) == alerted


def test_a_payment_taken_back_alerts_as_well(session: ResellerSession, cast: Cast) -> None:
    paid = cover.pay_in(session, amount=500 * UNIT, description="x", by=cast.olga)
    cover.set_low_threshold(session, threshold=1200 * UNIT, by=cast.sam)
    cover.reverse(session, currency="USD", transfer_id=paid, by=cast.olga, reason="x")
    assert alerts(session) == [("low_cover", "USD")]


def test_going_up_and_down_alerts_once_an_hour_unless_it_was_paid(
    session: ResellerSession, cast: Cast
) -> None:
    cover.set_low_threshold(session, threshold=1000 * UNIT - 1, by=cast.sam)
    spend(session, cast)
    cover.set_low_threshold(session, threshold=1000 * UNIT - 9_001, by=cast.sam)
    spend(session, cast)
    assert alerts(session) == [("low_cover", "USD")]
    cover.pay_in(session, amount=18_000, description="x", by=cast.olga)
    cover.set_low_threshold(session, threshold=1000 * UNIT - 1, by=cast.sam)
    spend(session, cast)
    assert alerts(session) == [("low_cover", "USD"), ("low_cover", "USD")]


def test_a_refused_message_alerts_once_an_hour(
    session: ResellerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        cover.refused(session, currency="USD")
    cover.refused(session, currency="EUR")
    assert alerts(session) == [("cover_used_up", "USD"), ("cover_used_up", "EUR")]
    later = clock.now() + cover._BETWEEN_ALERTS
    monkeypatch.setattr(clock, "now", lambda: later)
    cover.refused(session, currency="USD")
    assert len(alerts(session)) == 3


def test_a_message_beyond_the_cover_leaves_no_alert_in_its_own_transaction(
    session: ResellerSession, cast: Cast
) -> None:
    account_id = cover.account(session, currency="USD")
    session.execute(
        text("UPDATE ledger_accounts SET debits = credits WHERE id = :id"), {"id": account_id}
    )
    with pytest.raises(TemporarilyUnavailable):
        spend(session, cast)
    assert alerts(session) == []


def test_a_limit_is_how_far_the_cover_may_fall(session: ResellerSession, cast: Cast) -> None:
    assert cover.limit(session, currency="USD") == 0
    with pytest.raises(AmountNotPositive):
        cover.set_limit(session, currency="USD", limit=-1, by=cast.olga)
    cover.set_limit(session, currency="USD", limit=50 * UNIT, by=cast.olga)
    assert cover.limit(session, currency="USD") == 50 * UNIT
    assert cover.limit(session, currency="EUR") == 0
    cover.charge_for_name(session, amount=1040 * UNIT, name="sms.example.com", by=cast.olga)
    assert cover.balance(session) == -40 * UNIT
    with pytest.raises(InsufficientFunds):
        cover.charge_for_name(session, amount=11 * UNIT, name="sms.example.com", by=cast.olga)
    with pytest.raises(OverdraftBelowDebt):
        cover.set_limit(session, currency="USD", limit=39 * UNIT, by=cast.olga)
    cover.pay_in(session, amount=40 * UNIT, description="Paid", by=cast.olga)
    cover.set_limit(session, currency="USD", limit=0, by=cast.olga)
    assert activity.latest(session)[0].what == "cover.limit"
