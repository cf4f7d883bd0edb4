"""What clients owe, the reminders, and what may be sent after the last of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.accounts import debts, dues, wallet
from portal.accounts.debts import Allowed, Policy
from portal.accounts.statuses import BalanceManagement
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.notifications.models import Mail
from portal.tenancy import settings
from tests.builders.money import bring_to, client_of, manage
from tests.cast import UNIT, Cast

BEGAN = datetime(2027, 1, 31, 12, tzinfo=UTC)
URL = "http://sunny.localhost/dashboard"


def after(**time: int) -> datetime:
    return BEGAN + timedelta(**time)


@pytest.mark.parametrize(
    ("policy", "now", "allowed"),
    [
        (Policy.NOTHING, after(days=400), Allowed.ALL),
        (Policy.RESTRICT, after(days=20, microseconds=-1), Allowed.ALL),
        (Policy.RESTRICT, after(days=20), Allowed.CODES_ONLY),
        (Policy.RESTRICT, after(days=30, microseconds=-1), Allowed.CODES_ONLY),
        (Policy.RESTRICT, after(days=30), Allowed.NONE),
        (Policy.STOP, after(days=20, microseconds=-1), Allowed.ALL),
        (Policy.STOP, after(days=20), Allowed.NONE),
    ],
)
def test_what_may_be_sent(policy: Policy, now: datetime, allowed: Allowed) -> None:
    assert debts.sending_allowed(BEGAN, now, policy) is allowed
    assert debts.sending_allowed(None, now, policy) is Allowed.ALL


def test_the_reseller_chooses(session: ResellerSession) -> None:
    assert debts.policy(session) is Policy.NOTHING
    settings.change(session, after_debt_reminders="stop")
    assert debts.policy(session) is Policy.STOP


class TestSince:
    """Since when a client owes."""

    def test_begins_below_zero_and_ends_at_zero(self, session: ResellerSession, cast: Cast) -> None:
        alice = cast.alice
        bring_to(session, alice, 0, by=cast.sam)
        assert client_of(session, alice).debt_since is None
        with clock.pretending(BEGAN):
            bring_to(session, alice, -1, by=cast.sam)
        with clock.pretending(after(days=1)):
            bring_to(session, alice, -2, by=cast.sam)
        client = client_of(session, alice)
        client.debt_reminders = 1
        assert client.debt_since == BEGAN
        bring_to(session, alice, 0, by=cast.sam)
        client = client_of(session, alice)
        assert (client.debt_since, client.debt_reminders) == (None, 0)

    def test_begins_with_a_message_too(self, session: ResellerSession, cast: Cast) -> None:
        bring_to(session, cast.alice, 1, by=cast.sam)
        sending.accept_one(
            session,
            actor=cast.alice.owner,
            sub_account_id=None,
            order=Order(to="+12025550123", text="Hello"),
        )
        assert client_of(session, cast.alice).debt_since is not None

    def test_goes_on_while_it_is_owed_beside_the_wallet(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        alice = cast.alice
        with clock.pretending(BEGAN):
            bring_to(session, alice, -5 * UNIT, by=cast.sam)
        manage(session, alice, BalanceManagement.HARD, by=cast.sam)
        assert client_of(session, alice).debt_since == BEGAN
        wallet.payment(
            session, client_id=alice.client_id, amount=5 * UNIT, description="", by=cast.sam
        )
        assert client_of(session, alice).debt_since is None


def indebted(session: ResellerSession, cast: Cast) -> None:
    """Alice owes 12.50 USD and 3 EUR since January."""
    with clock.pretending(BEGAN):
        bring_to(session, cast.alice, -10 * UNIT, by=cast.sam)
        manage(session, cast.alice, BalanceManagement.SOFT, limit=10 * UNIT, by=cast.sam)
        for amount, currency in ((2_500_000, "USD"), (3 * UNIT, "EUR")):
            dues.charge_fee(
                session,
                client_id=cast.alice.client_id,
                cause=ids.new(),
                n=0,
                amount=amount,
                currency=currency,
                description="",
            )


def test_who_owes_what(session: ResellerSession, cast: Cast) -> None:
    assert debts.owed_by_clients(session) == []
    indebted(session, cast)
    bring_to(session, cast.henry, 1, by=cast.sam)
    found = debts.owed_by_clients(session)
    assert [(d.client.id, d.currency, d.wallet, d.beside, d.total) for d in found] == [
        (cast.alice.client_id, "EUR", 0, 3 * UNIT, 3 * UNIT),
        (cast.alice.client_id, "USD", 10 * UNIT, 2_500_000, 12_500_000),
    ]
    assert debts.owed_by(session, client_of(session, cast.henry)) == {}


class TestReminders:
    """After 3, 10 and 20 days."""

    def remind(self, session: ResellerSession, cast: Cast, now: datetime) -> bool:
        session.flush()
        due = debts.to_remind(session, now=now)
        done = debts.remind(session, client_id=cast.alice.client_id, now=now, url=URL)
        assert done is (due == [cast.alice.client_id])
        session.flush()
        return done

    def subjects(self, session: ResellerSession) -> list[str]:
        found = select(Mail.subject).where(Mail.notice == "debt_reminder")
        return list(session.scalars(found))

    def test_are_three(self, session: ResellerSession, cast: Cast) -> None:
        assert not self.remind(session, cast, after(days=400))
        indebted(session, cast)
        days = [day for day in range(60) if self.remind(session, cast, after(days=day))]
        assert days == [3, 10, 20]
        (subject,) = set(self.subjects(session))
        assert "€3.00, $12.50" in subject

    def test_that_were_missed_are_one(self, session: ResellerSession, cast: Cast) -> None:
        indebted(session, cast)
        days = [day for day in (15, 16, 25, 26) if self.remind(session, cast, after(days=day))]
        assert days == [15, 25]

    def test_of_a_debt_that_was_paid_unseen_are_not_written(
        self, session: ResellerSession, cast: Cast
    ) -> None:
        client = client_of(session, cast.alice)
        client.debt_since = BEGAN
        session.flush()
        assert debts.to_remind(session, now=after(days=3)) == [client.id]
        assert not debts.remind(session, client_id=client.id, now=after(days=3), url=URL)
        assert client_of(session, cast.alice).debt_since is None

    def test_go_to_nobody_who_is_not_there(self, session: ResellerSession, cast: Cast) -> None:
        with pytest.raises(NotFound):
            debts.remind(session, client_id=cast.berta.client_id, now=BEGAN, url=URL)
