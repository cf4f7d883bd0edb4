"""The proof names every fee, voucher, quota and incoming message that was tampered with."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from portal.accounts import quotas
from portal.accounts.quotas import Mode
from portal.billing import fees, vouchers
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging import refunding, sending
from portal.messaging.models import Message
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Counts, Offer
from portal.reports import proof
from tests.builders import inbound, selling
from tests.builders.inbound import PHONE, receive
from tests.cast import SUNNY, UNIT, Cast

LONG = "a" * 400
"""Three parts."""

FEE = 5_000


def disagreements(session: ResellerSession) -> list[str]:
    session.flush()
    return list(proof.prove(session).disagreements)


def send(session: ResellerSession, cast: Cast, words: str = LONG) -> Accepted:
    return sending.accept_one(
        session,
        actor=cast.alice.owner,
        sub_account_id=cast.alice.sub_account_id,
        order=Order(to="+12025550123", text=words),
    )


def change(session: ResellerSession, statement: str, **values: object) -> None:
    session.flush()
    assert session.execute(text(statement), values).rowcount == 1


def moved(session: ResellerSession, code: str, *, like: str, n: int = 0) -> int:
    """One more transfer, on the accounts of one there is, under a cause of its own; the cause."""
    cause = ids.new()
    change(
        session,
        "INSERT INTO transfers (reseller_id, id, debit_id, credit_id, unit, amount, code, cause_id,"
        " n, at) SELECT reseller_id, :id, debit_id, credit_id, unit, 1, :code, :id, :n, at"
        " FROM transfers WHERE code = :like LIMIT 1",
        id=cause,
        code=code,
        like=like,
        n=n,
    )
    return cause


def failed(session: ResellerSession, sent: Accepted) -> Message:
    """A message as the gateway's refusal leaves it, before anything is given back."""
    session.execute(text("DELETE FROM dispatch_queue WHERE message_id = :id"), {"id": sent.id})
    message = session.get_one(Message, (SUNNY, sent.id))
    message.status = Status.REJECTED
    return message


def with_package(session: ResellerSession, cast: Cast, *offers: Offer, monthly_fee: int = 0) -> int:
    """Let Alice's sub-account have a package with these bundles; the id of its assignment."""
    said = Conditions(
        amounts={"USD": Amounts(markup_fixed=2_500, monthly_fee=monthly_fee)}, bundles=offers
    )
    chosen = selling.package(session, "Bundled", said)
    today = clock.now().astimezone(ZoneInfo("America/New_York")).date()
    return selling.give(
        session, cast.alice, chosen, by=cast.sam, on=today, billing_day=today.day
    ).id


class TestBundles:
    """A message may take its free parts from several."""

    @pytest.fixture
    def sent(self, session: ResellerSession, cast: Cast) -> Accepted:
        with_package(session, cast, Offer(parts=2, countries=("US",)), Offer(parts=5))
        return send(session, cast)

    def test_parts_given_back_to_two_are_no_double_refund(
        self, session: ResellerSession, sent: Accepted
    ) -> None:
        message = failed(session, sent)
        assert message.bundle_taken == [2, 1]
        refunding.refund(session, message, cost_too=True)
        assert disagreements(session) == []

    def test_a_changed_share_is_named(self, session: ResellerSession, sent: Accepted) -> None:
        change(session, "UPDATE messages SET bundle_parts = 2 WHERE id = :id", id=sent.id)
        assert disagreements(session) == [
            f"reseller {SUNNY}, messages accepted as {sent.id}: parts says 2, transfers moved 3"
        ]

    def test_parts_given_back_twice_are_named(
        self, session: ResellerSession, sent: Accepted
    ) -> None:
        refunding.refund(session, failed(session, sent), cost_too=True)
        session.flush()
        change(
            session,
            "INSERT INTO transfers (reseller_id, id, debit_id, credit_id, unit, amount, code,"
            " cause_id, n, reverses_id, at) SELECT reseller_id, :new, debit_id, credit_id, unit,"
            " amount, code, cause_id, 9, reverses_id, at FROM transfers"
            " WHERE cause_id = :id AND code = 'parts_refund' AND amount = 2",
            new=ids.new(),
            id=sent.id,
        )
        name = f"reseller {SUNNY}, message {sent.id}"
        assert {f"{name}: parts says 3, refunds gave 5", f"{name}: given back more than once"} <= {
            *disagreements(session)
        }


class TestQuotas:
    """A sub-account that is prepaid in parts, and one without a limit."""

    @pytest.fixture
    def sent(self, session: ResellerSession, cast: Cast) -> Accepted:
        chosen = cast.alice.sub_account_id
        quotas.set_mode(session, sub_account_id=chosen, mode=Mode.PREPAID, by=cast.sam)
        quotas.top_up(session, sub_account_ids=[chosen], parts=10, by=cast.sam, description="April")
        return send(session, cast)

    def test_what_is_given_back_to_a_quota_agrees(
        self, session: ResellerSession, sent: Accepted
    ) -> None:
        assert sent.quote.quota_parts == 3
        refunding.refund(session, failed(session, sent), cost_too=True)
        assert disagreements(session) == []

    def test_changed_parts_are_named(self, session: ResellerSession, sent: Accepted) -> None:
        change(session, "UPDATE messages SET quota_parts = 1 WHERE id = :id", id=sent.id)
        assert disagreements(session) == [
            f"reseller {SUNNY}, messages accepted as {sent.id}: quota says 1, transfers moved 3"
        ]

    def test_parts_that_were_not_given_back_are_named(
        self, session: ResellerSession, sent: Accepted
    ) -> None:
        failed(session, sent)
        name = f"reseller {SUNNY}, message {sent.id}"
        assert disagreements(session) == [
            f"{name}: cost says {sent.quote.cost}, refunds gave 0",
            f"{name}: quota says 3, refunds gave 0",
        ]

    def test_without_a_limit_nothing_moves(self, session: ResellerSession, cast: Cast) -> None:
        chosen = cast.alice.sub_account_id
        quotas.set_mode(session, sub_account_id=chosen, mode=Mode.UNLIMITED, by=cast.sam)
        first, second = send(session, cast), send(session, cast)
        refunding.refund(session, failed(session, first), cost_too=True)
        assert disagreements(session) == []

        change(session, "UPDATE messages SET cost = 0 WHERE id = :id", id=second.id)
        assert disagreements(session) == [
            (
                f"reseller {SUNNY}, messages accepted as {second.id}: cost says 0,"
                f" transfers moved {second.quote.cost}"
            )
        ]


class TestIncoming:
    """What comes in is charged as its row says."""

    @pytest.fixture
    def came(self, session: ResellerSession, cast: Cast) -> int:
        with_package(session, cast, Offer(parts=1, counts=Counts.RECEIVED))
        inbound.give(session, cast.alice, fee=FEE)
        return receive(session, LONG, sender=PHONE).id

    def test_a_price_and_free_parts_agree(self, session: ResellerSession, came: int) -> None:
        assert came
        assert disagreements(session) == []

    def test_a_changed_price_is_named(self, session: ResellerSession, came: int) -> None:
        change(session, "UPDATE inbound_messages SET price = 0 WHERE id = :id", id=came)
        assert disagreements(session) == [
            f"reseller {SUNNY}, incoming message {came}: price says 0, transfers moved {FEE}"
        ]

    def test_one_that_says_it_was_not_paid_is_named(
        self, session: ResellerSession, came: int
    ) -> None:
        change(session, "UPDATE inbound_messages SET paid_at = NULL WHERE id = :id", id=came)
        assert disagreements(session) == [
            f"reseller {SUNNY}, incoming message {came}: price says 0, transfers moved {FEE}"
        ]

    def test_changed_parts_are_named(self, session: ResellerSession, came: int) -> None:
        change(session, "UPDATE inbound_messages SET bundle_taken = '{2}' WHERE id = :id", id=came)
        assert disagreements(session) == [
            f"reseller {SUNNY}, incoming message {came}: parts says 2, transfers moved 1"
        ]

    def test_a_charge_without_a_message_is_named(self, session: ResellerSession, came: int) -> None:
        change(session, "DELETE FROM inbound_messages WHERE id = :id", id=came)
        assert disagreements(session) == [
            f"reseller {SUNNY}, incoming message {came}: charged, but there is no such message"
        ]


class TestFees:
    """Each period's fee was moved as its row says."""

    @pytest.fixture
    def charged(self, session: ResellerSession, cast: Cast) -> int:
        return with_package(session, cast, monthly_fee=9 * UNIT)

    def test_a_changed_fee_is_named(self, session: ResellerSession, charged: int) -> None:
        assert disagreements(session) == []
        change(session, "UPDATE billed_periods SET amount = amount + 1")
        assert disagreements(session) == [
            (
                f"reseller {SUNNY}, period 0 of {charged}: fee says 9000001 USD,"
                " transfers moved 9000000 USD"
            )
        ]

    def test_another_currency_is_named(self, session: ResellerSession, charged: int) -> None:
        change(session, "UPDATE billed_periods SET currency = 'EUR'")
        assert disagreements(session) == [
            (
                f"reseller {SUNNY}, period 0 of {charged}: fee says 9000000 EUR,"
                " transfers moved 9000000 USD"
            )
        ]

    def test_a_period_that_was_not_charged_is_named(
        self, session: ResellerSession, charged: int
    ) -> None:
        change(session, "UPDATE billed_periods SET period = 4")
        assert disagreements(session) == [
            f"reseller {SUNNY}, period 0 of {charged}: charged, but there is no such period",
            (
                f"reseller {SUNNY}, period 4 of {charged}: fee says 9000000 USD,"
                " transfers moved 0 USD"
            ),
        ]

    def test_a_fee_of_no_period_is_named(self, session: ResellerSession, charged: int) -> None:
        assert charged
        cause = moved(session, "fee", like="fee", n=fees.SETUP)
        assert (
            f"reseller {SUNNY}, period -1 of {cause}: charged, but there is no such period"
            in disagreements(session)
        )


class TestVouchers:
    """Each use of a voucher brought its client what the voucher is worth."""

    @pytest.fixture
    def used(self, session: ResellerSession, cast: Cast) -> vouchers.Redeemed:
        today = date(2027, 1, 31)
        vouchers.create(
            session, amount=5 * UNIT, currency="USD", uses=2, expires_on=None, by=cast.sam,
            code="spring27",
        )  # fmt: skip
        return vouchers.redeem(
            session, client_id=cast.alice.client_id, code="spring27", by=cast.alice.owner,
            today=today,
        )  # fmt: skip

    def test_a_changed_amount_is_named(
        self, session: ResellerSession, cast: Cast, used: vouchers.Redeemed
    ) -> None:
        assert disagreements(session) == []
        change(session, "UPDATE vouchers SET amount = amount + 1")
        assert disagreements(session) == [
            (
                f"reseller {SUNNY}, transfer {used.transfer_id}: voucher {used.voucher_id} is"
                f" 5000001 USD for client {cast.alice.client_id}, moved were 5000000 USD"
            )
        ]

    def test_another_client_is_named(
        self, session: ResellerSession, cast: Cast, used: vouchers.Redeemed
    ) -> None:
        change(session, "UPDATE voucher_uses SET client_id = :other", other=cast.henry.client_id)
        [sentence] = disagreements(session)
        assert sentence.startswith(f"reseller {SUNNY}, transfer {used.transfer_id}: voucher ")

    def test_a_use_that_is_gone_is_named(
        self, session: ResellerSession, used: vouchers.Redeemed
    ) -> None:
        change(session, "DELETE FROM voucher_uses")
        assert disagreements(session) == [
            (
                f"reseller {SUNNY}, transfer {used.transfer_id}: credited for a voucher that"
                " nobody used"
            )
        ]
