"""What every provider of payments must do: its tests inherit these, and bring its other side."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from portal.infra import clock
from portal.payments.errors import (
    NoSuchPayment,
    ProviderError,
    Refused,
    Unanswered,
    UnknownSender,
    WrongKey,
)
from portal.payments.port import Clue, Provider, Seen, Started, Wanted
from portal.payments.statuses import Outcome, TakenFor

UNIT = 1_000_000
new_id = count(7_000_000_000_000_000).__next__
"""A number such as deposits and refunds have."""

EXACT = [("USD", 12_340_000), ("EUR", UNIT), ("JPY", 500 * UNIT), ("KWD", 1_230_000)]
"""Amounts with as many digits as their currencies have."""


def wanted(deposit_id: int, *, amount: int = 10 * UNIT, currency: str = "USD") -> Wanted:
    """A payment to be asked for."""
    return Wanted(
        deposit_id=deposit_id,
        amount=amount,
        currency=currency,
        title="SunnyText",
        email="ada@example.com",
        language="en",
        return_url="http://sunny.localhost/deposits/1",
        cancel_url="http://sunny.localhost/deposits/1",
        until=clock.now() + timedelta(hours=23),
    )


class ProviderContract(ABC):
    """The other side is simulated by whoever inherits this."""

    exact: Sequence[tuple[str, int]] = EXACT
    other_times: Sequence[timedelta] = (
        timedelta(minutes=-6),
        timedelta(minutes=6),
        timedelta(days=1),
    )
    """How far our clock is from a notification that is none any more, or not yet."""

    @abstractmethod
    def provider(self) -> Provider:
        """An account that works."""

    @abstractmethod
    def stranger(self) -> Provider:
        """Another account that works."""

    @abstractmethod
    def wrong(self) -> Provider:
        """An account whose key is none."""

    @abstractmethod
    def pay(self, started: Started) -> None:
        """Have somebody pay on the page."""

    @abstractmethod
    def dispute(self, payment_id: str) -> None:
        """Have the bank take the money back."""

    @abstractmethod
    def decide(self, *, won: bool) -> None:
        """Have the dispute decided."""

    @abstractmethod
    def told(self) -> tuple[bytes, Mapping[str, str]]:
        """The newest notification as it is sent to the account that works."""

    @abstractmethod
    def hinder(self, *, down: bool = False, seconds: float = 0) -> None:
        """Have the other side be down, or slow."""

    def paid(self, *, amount: int = 10 * UNIT, currency: str = "USD") -> Seen:
        """A payment that is through."""
        asked = wanted(new_id(), amount=amount, currency=currency)
        started = self.provider().start(asked)
        self.pay(started)
        return self.provider().capture(reference=started.reference, deposit_id=asked.deposit_id)

    def test_a_page_is_made_once_for_a_deposit(self) -> None:
        asked = wanted(new_id())
        first = self.provider().start(asked)
        assert self.provider().start(asked) == first
        assert first.url.startswith(("http://", "https://"))
        assert self.provider().start(wanted(new_id())).reference != first.reference

    def test_a_payment_that_is_open_says_so(self) -> None:
        asked = wanted(new_id())
        started = self.provider().start(asked)
        seen = self.provider().look(Clue(reference=started.reference))
        assert (seen.outcome, seen.deposit_id) == (Outcome.OPEN, asked.deposit_id)

    def test_what_was_paid_is_told_to_the_millionth(self) -> None:
        for currency, amount in self.exact:
            seen = self.paid(amount=amount, currency=currency)
            assert (seen.outcome, seen.amount, seen.currency) == (Outcome.PAID, amount, currency)
            assert (seen.takings, bool(seen.payment_id)) == ((), True)
            again = self.provider().look(Clue(payment_id=seen.payment_id))
            assert again == replace(seen, reference=again.reference)

    def test_what_is_taken_is_taken_once(self) -> None:
        asked = wanted(new_id())
        started = self.provider().start(asked)
        self.pay(started)
        seen = [
            self.provider().capture(reference=started.reference, deposit_id=asked.deposit_id)
            for _ in range(2)
        ]
        assert seen[0] == seen[1]
        assert (seen[0].outcome, seen[0].amount) == (Outcome.PAID, 10 * UNIT)
        assert seen[0].deposit_id == asked.deposit_id

    def test_an_amount_that_would_be_rounded_is_refused(self) -> None:
        with pytest.raises(Refused):
            self.provider().start(wanted(new_id(), amount=10_000_001))

    def test_a_refund_is_given_once_for_its_number(self) -> None:
        seen, own_id = self.paid(), new_id()
        for _ in range(2):
            taking = self.provider().refund(
                payment_id=seen.payment_id,
                own_id=own_id,
                amount=4 * UNIT,
                currency="USD",
                reason="Test",
            )
            assert (taking.amount, taking.own_id, taking.returned) == (4 * UNIT, own_id, False)
        [known] = self.provider().look(Clue(payment_id=seen.payment_id)).takings
        assert (known.taken_for, known.amount) == (TakenFor.REFUND, 4 * UNIT)
        assert (known.reference, known.own_id) == (taking.reference, own_id)

    def test_more_than_was_paid_is_not_given_back(self) -> None:
        seen = self.paid()
        with pytest.raises(Refused):
            self.provider().refund(
                payment_id=seen.payment_id,
                own_id=new_id(),
                amount=11 * UNIT,
                currency="USD",
                reason="Test",
            )

    @pytest.mark.parametrize("won", [True, False])
    def test_a_dispute_is_told_and_how_it_ended(self, won: bool) -> None:
        seen = self.paid()
        self.dispute(seen.payment_id)
        [open_one] = self.provider().look(Clue(payment_id=seen.payment_id)).takings
        assert (open_one.taken_for, open_one.amount) == (TakenFor.DISPUTE, 10 * UNIT)
        assert open_one.returned is False
        self.decide(won=won)
        [closed] = self.provider().look(Clue(payment_id=seen.payment_id)).takings
        assert closed.returned is won

    def test_what_is_another_accounts_is_not_there(self) -> None:
        seen = self.paid()
        for clue in (Clue(payment_id=seen.payment_id), Clue(reference=seen.reference)):
            with pytest.raises(NoSuchPayment):
                self.stranger().look(clue)

    def test_a_wrong_key_is_said_without_being_repeated(self) -> None:
        for call in (
            lambda: self.wrong().test(),
            lambda: self.wrong().start(wanted(new_id())),
            lambda: self.wrong().look(Clue(payment_id="pi_x")),
        ):
            with pytest.raises(WrongKey) as refused:
                call()
            assert "wrongwrong" not in refused.value.reason

    def test_an_account_says_who_it_is(self) -> None:
        tested = self.provider().test()
        assert (bool(tested.merchant), tested.is_live, tested.can_charge) == (True, False, True)
        assert self.stranger().test().merchant != tested.merchant

    def test_who_is_down_is_said_to_be(self) -> None:
        seen = self.paid()
        self.hinder(down=True)
        for call in (
            lambda: self.provider().start(wanted(new_id())),
            lambda: self.provider().look(Clue(payment_id=seen.payment_id)),
            lambda: self.provider().test(),
        ):
            with pytest.raises(Unanswered):
                call()
        assert issubclass(Unanswered, ProviderError)

    def test_what_is_new_lately_is_found(self) -> None:
        since = clock.ago(minutes=5)
        seen = self.paid()
        found = list(self.provider().recent(since=since))
        assert [each.payment_id for each in found if each.deposit_id] == [seen.payment_id]
        self.dispute(seen.payment_id)
        marks = [each for each in self.provider().recent(since=since) if each.mark]
        assert [each.payment_id for each in marks] == [seen.payment_id]
        assert list(self.stranger().recent(since=since)) == []

    def test_a_notification_leads_to_its_payment(self) -> None:
        seen = self.paid()
        raw, headers = self.told()
        found = self.provider().read(raw, headers, now=clock.now())
        assert found.is_known_kind
        assert self.provider().look(found.clue).payment_id == seen.payment_id

    def test_nobody_else_can_notify(self) -> None:
        self.paid()
        raw, headers = self.told()
        own_id = str(json.loads(raw)["id"]).encode()
        changed = raw.replace(own_id, own_id[:-1] + b"_")
        for body, sent in (
            (changed, headers),
            (raw[:-1], headers),
            (b"", headers),
            (raw, {}),
            (raw, {name: value + "é" for name, value in headers.items()}),
        ):
            with pytest.raises(UnknownSender):
                self.provider().read(body, sent, now=clock.now())
        with pytest.raises(UnknownSender):
            self.stranger().read(raw, headers, now=clock.now())

    def test_a_notification_of_another_time_is_none(self) -> None:
        self.paid()
        raw, headers = self.told()
        for off in self.other_times:
            with pytest.raises(UnknownSender):
                self.provider().read(raw, headers, now=clock.now() + off)
