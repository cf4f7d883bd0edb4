"""Refunds that staff wish for: what may be asked, and what comes of what the provider answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.accounts import activity
from portal.accounts.errors import AmountNotPositive
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Vault
from portal.payments import refunds, settling
from portal.payments.errors import AmountNotOffered, NoProvider, NotRefundable
from portal.payments.models import Deposit, Refund
from portal.payments.refunds import Wish
from portal.payments.statuses import Stage, State
from tests.builders import paying
from tests.builders.money import balance, disagreements
from tests.cast import UNIT, Cast

INSTALLATION = Settings(secret="s" * 32)


@pytest.fixture
def deposit(session: ResellerSession, cast: Cast) -> Deposit:
    """Ten that Alice has paid."""
    paying.account(session, by=cast.sam)
    made = paying.begun(session, cast.alice)
    settling.apply(session, deposit_id=made.id, seen=paying.seen(made))
    return made


def ask(session: ResellerSession, deposit: Deposit, cast: Cast, amount: int) -> Refund:
    return refunds.ask(
        session, deposit_id=deposit.id, amount=amount, reason="Too much", by=cast.sam
    )


def wish(session: ResellerSession, refund: Refund) -> Wish:
    made = refunds.prepare(
        session, refund_id=refund.id, vault=paying.VAULT, installation=INSTALLATION
    )
    assert made is not None
    return made


def test_what_cannot_be_given_is_not_asked_for(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    for amount in (0, -UNIT):
        with pytest.raises(AmountNotPositive):
            ask(session, deposit, cast, amount)
    with pytest.raises(AmountNotOffered):  # a cent has no parts
        ask(session, deposit, cast, UNIT + 1)
    with pytest.raises(NotRefundable) as refused:
        ask(session, deposit, cast, 10 * UNIT + 10_000)
    assert refused.value.left == 10 * UNIT
    assert refunds.of_deposit(session, deposit.id) == []
    with pytest.raises(NotFound):
        refunds.by_id(session, deposit.id)


def test_what_is_asked_for_is_not_there_to_be_asked_for_again(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    ask(session, deposit, cast, 7 * UNIT)
    with pytest.raises(NotRefundable) as refused:
        ask(session, deposit, cast, 4 * UNIT)
    assert refused.value.left == 3 * UNIT


def test_without_the_secrets_nobody_can_be_asked(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    refund = ask(session, deposit, cast, UNIT)
    other = Vault("another secret of the tests, long enough as well")
    with pytest.raises(NoProvider):
        refunds.prepare(session, refund_id=refund.id, vault=other, installation=INSTALLATION)


def test_a_refusal_leaves_all_as_it_was_and_is_recorded_once(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    before = balance(session, cast.alice)
    refund = ask(session, deposit, cast, 7 * UNIT)
    asked = wish(session, refund)
    for _ in range(2):
        refunds.record_refusal(session, asked)
    session.flush()
    assert (refund.stage, refund.look_at) == (Stage.REFUSED, None)
    assert [each.what for each in activity.latest(session, limit=2)] == [
        "refund.refused",
        "refund.asked",
    ]
    assert refunds.left(session, deposit) == 10 * UNIT
    assert (balance(session, cast.alice), deposit.state) == (before, State.PAID)
    assert disagreements(session) == []
    assert (
        refunds.prepare(session, refund_id=refund.id, vault=paying.VAULT, installation=INSTALLATION)
        is None
    )


def test_silence_is_asked_again_in_growing_pauses(
    session: ResellerSession, cast: Cast, deposit: Deposit
) -> None:
    refund = ask(session, deposit, cast, 7 * UNIT)
    asked, begun = wish(session, refund), refund.made_at
    refunds.record_silence(session, asked)
    assert refund.look_at is not None
    first = refund.look_at - begun
    with clock.pretending(begun + timedelta(hours=3)):
        refunds.record_silence(session, asked)
        assert refund.look_at == begun + timedelta(hours=6)
    assert first < timedelta(hours=3)
    assert refunds.left(session, deposit) == 3 * UNIT
    refunds.record_refusal(session, asked)
    refunds.record_silence(session, asked)  # too late: it has answered
    assert refund.look_at is None
