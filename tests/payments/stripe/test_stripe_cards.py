"""Kept cards at Stripe: what is none, what is stuck, and the card of the demonstration."""

from __future__ import annotations

import pytest
import stripe as library

from portal.cli.stripe_double import cards
from portal.cli.stripe_double.books import demo_key
from portal.payments.errors import Declined, Refused
from portal.payments.port import Access, Charge
from portal.payments.statuses import Outcome
from portal.payments.stripe import reading
from portal.payments.stripe.cards import StripeCards
from tests.fakes.stripe_double import StripeDouble

UNIT = 1_000_000
CARD = {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028}
METHOD = {
    "id": "pm_1", "object": "payment_method", "type": "card", "card": CARD, "customer": "cus_1",
}  # fmt: skip
PAID = {
    "id": "pi_1", "object": "payment_intent", "status": "succeeded", "customer": "cus_1",
    "setup_future_usage": "off_session", "payment_method": METHOD,
}  # fmt: skip


def kept(**values: object):
    return reading.kept(library.PaymentIntent.construct_from({**PAID, **values}, key=None))


@pytest.mark.parametrize(
    "values",
    [
        {"status": "requires_payment_method"},
        {"setup_future_usage": None},
        {"setup_future_usage": "on_session"},
        {"customer": None},
        {"payment_method": None},
        {"payment_method": "pm_1"},
        {"payment_method": {**METHOD, "type": "link", "card": None}},
        {"payment_method": {**METHOD, "customer": None}},
        {"payment_method": {**METHOD, "customer": "cus_2"}},
    ],
)
def test_what_cannot_be_charged_later_is_no_kept_card(values: dict[str, object]) -> None:
    assert kept(**values) is None


@pytest.mark.parametrize(
    ("month", "year", "last_day"),
    [(2, 2028, "2028-02-29"), (12, 2029, "2029-12-31"), (0, 2029, "None"), (13, 2029, "None")],
)
def test_a_card_is_good_until_the_end_of_its_month(month: int, year: int, last_day: str) -> None:
    card = {**CARD, "exp_month": month, "exp_year": year}
    found = kept(payment_method={**METHOD, "card": card})
    assert found is not None
    assert (str(found.expires_on), found.brand) == (last_day, "Visa")


def opened(stripe: StripeDouble, key: str = "sk_test_sunnysunny") -> StripeCards:
    secrets = {"secret_key": key, "signing_secret": "whsec_sunnysunnysunny"}
    return StripeCards(Access(secrets=secrets, origin=stripe.origin))


def charge(number: int = 7, *, amount: int = 10 * UNIT, slug: str = "sunny") -> Charge:
    return Charge(
        deposit_id=number,
        amount=amount,
        currency="USD",
        customer=cards.demo_customer(slug),
        method=cards.demo_method(slug),
    )


def test_an_amount_between_two_coins_is_refused_unasked(stripe: StripeDouble) -> None:
    with pytest.raises(Refused):
        opened(stripe).charge(charge(amount=10 * UNIT + 1))
    assert stripe.asked == []


@pytest.mark.parametrize(
    ("status", "needs_owner"), [("requires_action", True), ("requires_payment_method", False)]
)
def test_a_charge_with_which_nobody_can_go_on_is_declined(
    stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch, status: str, needs_owner: bool
) -> None:
    stuck = {**PAID, "status": status, "amount": 1000, "currency": "usd", "latest_charge": None}
    monkeypatch.setattr(cards, "charge", lambda *_: dict(stuck))
    with pytest.raises(Declined) as refused:
        opened(stripe).charge(charge())
    assert refused.value.needs_owner is needs_owner


def test_a_card_that_is_not_let_go_says_so(
    stripe: StripeDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = ("sk_test_sunnysunny", "")
    method = cards.attach(stripe.books, account, customer="cus_1", number=cards.PAYS_ONCE)

    def refuse(*_: object) -> None:
        raise cards.Wrong("not now")

    monkeypatch.setattr(cards, "detach", refuse)
    with pytest.raises(Refused, match="not now"):
        opened(stripe).forget(method=method["id"])


def test_the_demonstrations_card_is_charged_and_forgotten(stripe: StripeDouble) -> None:
    own = opened(stripe, demo_key("sunny"))
    for number in (7, 8):
        assert own.charge(charge(number)).outcome is Outcome.PAID
    own.forget(method=cards.demo_method("sunny"))
    with pytest.raises(Refused):
        own.charge(charge(9))
    with pytest.raises(Refused):
        opened(stripe).charge(charge(10))
