"""What every provider that keeps cards must do: its tests inherit these, and bring its cards."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace

import pytest

from portal.infra import clock
from portal.payments.errors import Declined, NoSuchPayment, Refused, Unanswered, WrongKey
from portal.payments.port import Charge, Clue, Keeper, Kept, Started
from portal.payments.statuses import Outcome
from tests.contracts.payments import UNIT, ProviderContract, new_id, wanted


class KeeperContract(ProviderContract):
    """The other side is simulated by whoever inherits this."""

    @abstractmethod
    def keeper(self) -> Keeper:
        """The cards of the account that works."""

    @abstractmethod
    def strange_keeper(self) -> Keeper:
        """Those of another account that works."""

    @abstractmethod
    def wrong_keeper(self) -> Keeper:
        """Those of an account whose key is none."""

    @abstractmethod
    def pay_with(self, started: Started, card: str) -> None:
        """Have somebody pay on the page with a card that is `good`, `declined` or `asks` later."""

    @abstractmethod
    def payments(self) -> int:
        """How many payments of the account that works are through."""

    def kept(self, card: str = "good") -> Kept:
        """A card that was kept with a payment."""
        asked = replace(wanted(new_id()), keep=True)
        started = self.provider().start(asked)
        self.pay_with(started, card)
        seen = self.provider().look(Clue(reference=started.reference))
        found = self.keeper().kept(payment_id=seen.payment_id)
        assert found is not None
        return found

    def charge_of(self, kept: Kept, *, amount: int = 10 * UNIT) -> Charge:
        """What a kept card is to be charged with."""
        return Charge(
            deposit_id=new_id(),
            amount=amount,
            currency="USD",
            customer=kept.customer,
            method=kept.method,
        )

    def test_a_card_is_kept_only_if_that_was_asked_for(self) -> None:
        seen = self.paid()
        assert self.keeper().kept(payment_id=seen.payment_id) is None

    def test_a_kept_card_is_read_with_no_number_of_it(self) -> None:
        kept = self.kept()
        assert (bool(kept.customer), bool(kept.method), bool(kept.brand)) == (True, True, True)
        assert kept.last_four == "4242"
        assert kept.expires_on is not None
        assert "4242424242424242" not in repr(kept)

    def test_the_card_of_another_account_is_not_there(self) -> None:
        kept = self.kept()
        with pytest.raises(NoSuchPayment):
            self.strange_keeper().charge(self.charge_of(kept))
        with pytest.raises(NoSuchPayment):
            self.strange_keeper().kept(payment_id=self.paid().payment_id)

    def test_a_kept_card_is_charged_once_for_a_deposit(self) -> None:
        charge, before = self.charge_of(self.kept()), self.payments()
        seen = self.keeper().charge(charge)
        assert (seen.outcome, seen.amount, seen.currency) == (Outcome.PAID, 10 * UNIT, "USD")
        assert (seen.deposit_id, bool(seen.payment_id)) == (charge.deposit_id, True)
        assert seen.method.endswith("4242")
        assert self.keeper().charge(charge) == seen
        assert self.payments() == before + 1
        for clue in (Clue(reference=seen.reference), Clue(payment_id=seen.payment_id)):
            found = self.provider().look(clue)
            assert (found.outcome, found.payment_id) == (Outcome.PAID, seen.payment_id)
            assert found.deposit_id == charge.deposit_id

    def test_a_charge_is_among_what_is_new_lately(self) -> None:
        charge = self.charge_of(self.kept())
        seen = self.keeper().charge(charge)
        found = self.provider().recent(since=clock.ago(minutes=5))
        clues = {each.payment_id: each.deposit_id for each in found}
        assert clues[seen.payment_id] == charge.deposit_id

    @pytest.mark.parametrize(("card", "needs_owner"), [("declined", False), ("asks", True)])
    def test_a_card_that_is_declined_later_says_why(self, card: str, needs_owner: bool) -> None:
        charge, before = self.charge_of(self.kept(card)), self.payments()
        for _ in range(2):
            with pytest.raises(Declined) as refused:
                self.keeper().charge(charge)
            assert refused.value.needs_owner is needs_owner
        assert self.payments() == before

    def test_a_charge_that_nobody_can_pay_is_refused(self) -> None:
        with pytest.raises(Refused):
            self.keeper().charge(self.charge_of(self.kept(), amount=1))

    def test_the_same_key_for_another_charge_is_nobody_knows_what(self) -> None:
        charge = self.charge_of(self.kept())
        self.keeper().charge(charge)
        with pytest.raises(Unanswered):
            self.keeper().charge(replace(charge, amount=20 * UNIT))

    def test_a_card_that_is_forgotten_is_charged_no_more(self) -> None:
        kept, before = self.kept(), self.payments()
        for _ in range(2):
            self.keeper().forget(method=kept.method)
        with pytest.raises(Refused):
            self.keeper().charge(self.charge_of(kept))
        assert self.payments() == before

    def test_a_card_that_is_nowhere_is_forgotten(self) -> None:
        self.keeper().forget(method="pm_nowhere")

    def test_who_is_down_may_have_charged(self) -> None:
        kept = self.kept()
        self.hinder(down=True)
        with pytest.raises(Unanswered):
            self.keeper().charge(self.charge_of(kept))
        with pytest.raises(Unanswered):
            self.keeper().forget(method=kept.method)
        with pytest.raises(Unanswered):
            self.keeper().kept(payment_id="pi_x")

    def test_a_wrong_key_charges_nothing(self) -> None:
        kept = self.kept()
        with pytest.raises(WrongKey) as refused:
            self.wrong_keeper().charge(self.charge_of(kept))
        assert "wrongwrong" not in refused.value.reason
