"""Our double and localstripe, which others wrote, say the same to our adapter.

Each test asks both for the same: cards that are kept are charged, declined, given back and
forgotten, and events are signed. Only our double is asked for what localstripe does not know:
Checkout Sessions (and so how a card comes to be kept), disputes, the account's own name, payments
since a moment, and events about payments. Nor does localstripe heed whose key it is, idempotency
keys, whether a card is still attached when it is charged, or how much of a payment is left to give
back. What is not there has no code of its own with it, and so reads as refused. A card that is
declined or wants its owner is a payment that is not through for localstripe, an error for our
double: our adapter has to take both for the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import pytest
import stripe as library

from portal.cli.stripe_double import cards
from portal.cli.stripe_double.books import PAYS, Hook
from portal.infra import clock
from portal.payments.errors import Declined, Refused, UnknownSender, WrongKey
from portal.payments.port import Access, Charge, Clue, Seen, Taking
from portal.payments.statuses import Outcome, TakenFor
from portal.payments.stripe.adapter import Stripe
from portal.payments.stripe.cards import StripeCards
from portal.payments.stripe.signatures import HEADER
from tests.contracts.payments import EXACT, UNIT, new_id
from tests.fakes.http_gateway import HttpGateway, Request
from tests.fakes.other_stripe import ADA, OtherStripe
from tests.fakes.stripe_double import StripeDouble

KEY, SECRET = "sk_test_sunnysunny", "whsec_sunnysunnysunny"
TOLD_SECONDS_MAX = 15.0


class Imitation(Protocol):
    """A Stripe on this machine."""

    @property
    def origin(self) -> str: ...

    def keep(self, number: str) -> tuple[str, str]:
        """A customer and a card that is kept of it."""
        ...

    def tell(self, url: str, secret: str) -> None:
        """Have events sent there, and signed with this secret."""
        ...


@dataclass(frozen=True)
class Own:
    """Our double."""

    double: StripeDouble

    @property
    def origin(self) -> str:
        return self.double.origin

    def keep(self, number: str) -> tuple[str, str]:
        books, account = self.double.books, (KEY, "")
        customer = books.put(account, "cus", object="customer", **ADA)
        books.tell(account, "customer.created", customer)
        method = cards.attach(books, account, customer=customer["id"], number=number)
        return customer["id"], method["id"]

    def tell(self, url: str, secret: str) -> None:
        self.double.hooks[(KEY, "")] = [Hook(url, secret)]
        self.double.books.tells = True


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherStripe]:
    with OtherStripe(tmp_path_factory.mktemp("localstripe"), key=KEY).running() as running:
        yield running


@pytest.fixture(params=["double", "localstripe"])
def there(request: pytest.FixtureRequest) -> Imitation:
    if request.param == "double":
        return Own(request.getfixturevalue("stripe"))
    other: OtherStripe = request.getfixturevalue("others")
    return other


def access(there: Imitation, *, key: str = KEY, secret: str = SECRET) -> Access:
    return Access(secrets={"secret_key": key, "signing_secret": secret}, origin=there.origin)


def charge_of(
    there: Imitation, number: str = PAYS, *, amount: int = 10 * UNIT, currency: str = "USD"
) -> Charge:
    """What a card that is kept there is to be charged with."""
    customer, method = there.keep(number)
    return Charge(
        deposit_id=new_id(), amount=amount, currency=currency, customer=customer, method=method
    )


def charged(there: Imitation) -> Seen:
    """A payment that is through."""
    return StripeCards(access(there)).charge(charge_of(there))


def payment_of(there: Imitation, charge: Charge) -> str:
    """The number there of a payment that our adapter was not told of."""
    asked = library.StripeClient(KEY, base_addresses={"api": there.origin}).v1
    [found] = [
        each.id
        for each in asked.payment_intents.list({"limit": 100}).data
        if each.metadata["portal_deposit"] == str(charge.deposit_id)
    ]
    return found


@pytest.mark.parametrize(("currency", "amount"), EXACT)
def test_a_kept_card_is_charged(there: Imitation, currency: str, amount: int) -> None:
    charge = charge_of(there, amount=amount, currency=currency)
    seen = StripeCards(access(there)).charge(charge)
    assert seen == Seen(
        outcome=Outcome.PAID,
        amount=amount,
        currency=currency,
        reference=seen.payment_id,
        payment_id=seen.payment_id,
        deposit_id=charge.deposit_id,
        method="Visa 4242",
    )
    assert seen.payment_id.startswith("pi_")
    assert Stripe(access(there)).look(Clue(reference=seen.reference)) == seen


@pytest.mark.parametrize(
    ("number", "needs_owner"), [(cards.PAYS_ONCE, False), (cards.ASKS_OWNER, True)]
)
def test_a_kept_card_is_declined(there: Imitation, number: str, needs_owner: bool) -> None:
    charge = charge_of(there, number)
    with pytest.raises(Declined) as refused:
        StripeCards(access(there)).charge(charge)
    assert refused.value.needs_owner is needs_owner
    seen = Stripe(access(there)).look(Clue(payment_id=payment_of(there, charge)))
    assert (seen.outcome, seen.amount, seen.currency) == (Outcome.OPEN, 10 * UNIT, "USD")
    assert (seen.deposit_id, seen.takings) == (charge.deposit_id, ())


def test_what_was_declined_is_not_given_back(there: Imitation) -> None:
    charge = charge_of(there, cards.PAYS_ONCE)
    with pytest.raises(Declined):
        StripeCards(access(there)).charge(charge)
    with pytest.raises(Refused):
        given_back(there, payment_of(there, charge), amount=10 * UNIT)


@pytest.mark.parametrize("parts", [[10], [4], [4, 6]])
def test_a_payment_is_given_back_whole_and_in_parts(there: Imitation, parts: list[int]) -> None:
    paid = charged(there)
    given = [given_back(there, paid.payment_id, amount=part * UNIT) for part in parts]
    seen = Stripe(access(there)).look(Clue(reference=paid.reference))
    assert replace(seen, takings=()) == paid
    told = [replace(each, reason="") for each in given]
    assert sorted(seen.takings, key=number_of) == sorted(told, key=number_of)


def number_of(taking: Taking) -> int:
    assert taking.own_id is not None
    return taking.own_id


def given_back(there: Imitation, payment_id: str, *, amount: int) -> Taking:
    """A refund, which is what was asked for."""
    own_id = new_id()
    taking = Stripe(access(there)).refund(
        payment_id=payment_id, own_id=own_id, amount=amount, currency="USD", reason="Test"
    )
    assert taking == Taking(
        taken_for=TakenFor.REFUND,
        reference=taking.reference,
        amount=amount,
        returned=False,
        own_id=own_id,
        reason="Test",
    )
    assert taking.reference.startswith("re_")
    return taking


def test_a_card_is_forgotten(there: Imitation) -> None:
    customer, method = there.keep(PAYS)
    asked = library.StripeClient(KEY, base_addresses={"api": there.origin}).v1.payment_methods
    assert asked.retrieve(method).customer == customer
    for _ in range(2):
        StripeCards(access(there)).forget(method=method)
        assert asked.retrieve(method).customer is None


def test_what_is_nowhere_is_refused(there: Imitation) -> None:
    charge = charge_of(there)
    for call in (
        lambda: StripeCards(access(there)).charge(replace(charge, customer="cus_nowhere")),
        lambda: StripeCards(access(there)).charge(replace(charge, method="pm_nowhere")),
        lambda: Stripe(access(there)).look(Clue(payment_id="pi_nowhere")),
        lambda: given_back(there, "pi_nowhere", amount=UNIT),
    ):
        with pytest.raises(Refused):
            call()


def test_what_is_no_key_is_a_wrong_key(there: Imitation) -> None:
    charge, paid = charge_of(there), charged(there)
    wrong = access(there, key="pk_test_wrongwrong")
    for call in (
        lambda: StripeCards(wrong).charge(charge),
        lambda: StripeCards(wrong).forget(method=charge.method),
        lambda: Stripe(wrong).look(Clue(payment_id=paid.payment_id)),
    ):
        with pytest.raises(WrongKey) as refused:
            call()
        assert "wrongwrong" not in refused.value.reason


def test_an_event_is_signed_with_our_secret_over_its_very_bytes(there: Imitation) -> None:
    with HttpGateway() as recorder:
        there.tell(recorder.url, SECRET)
        customer, _ = there.keep(PAYS)
        told = until_told(recorder, customer)
    raw, headers = told.body, {HEADER: told.headers[HEADER.lower()]}
    ours = Stripe(access(there))
    found = ours.read(raw, headers, now=clock.now())
    assert (found.event_id, found.kind) == (json.loads(raw)["id"], "customer.created")
    assert (found.clue, found.is_known_kind) == (Clue(), False)
    assert found.kept["data"]["object"]["id"] == customer
    for word in ("Ada", "ada@example.com", "2025550123", "Sunny Street"):
        assert word in raw.decode()
        assert word not in str(found.kept)

    same_in_other_bytes = json.dumps(json.loads(raw)).encode()
    changed = raw.replace(b"ada@", b"eve@")
    assert raw not in {same_in_other_bytes, changed}
    for body in (same_in_other_bytes, changed, raw[:-1], raw + b"\n", b""):
        with pytest.raises(UnknownSender):
            ours.read(body, headers, now=clock.now())
    with pytest.raises(UnknownSender):
        Stripe(access(there, secret="whsec_harbourharbour")).read(raw, headers, now=clock.now())
    with pytest.raises(UnknownSender):
        ours.read(raw, {}, now=clock.now())
    for off in (timedelta(minutes=-6), timedelta(minutes=6)):
        with pytest.raises(UnknownSender):
            ours.read(raw, headers, now=clock.now() + off)


def until_told(recorder: HttpGateway, customer: str) -> Request:
    """What is told of a customer; localstripe tells of everything a second later."""
    deadline = time.monotonic() + TOLD_SECONDS_MAX
    while True:
        for told in list(recorder.journal):
            if json.loads(told.body)["data"]["object"]["id"] == customer:
                return told
        assert time.monotonic() < deadline
        time.sleep(0.05)
