"""Stripe's own library talks to the double, which refuses what that library does not declare."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import requests

from portal.cli.stripe_double.books import signed
from portal.cli.stripe_double.parameters import Wrong, nested, refuse_unknown
from portal.infra import clock
from portal.payments.errors import AccountUnfit, UnknownSender
from portal.payments.port import Access, Clue, Started
from portal.payments.statuses import Outcome
from portal.payments.stripe import words
from portal.payments.stripe.adapter import Stripe
from portal.payments.stripe.cards import StripeCards
from tests.contracts.keepers import KeeperContract
from tests.contracts.payments import new_id, wanted
from tests.fakes.stripe_double import StripeDouble

CARDS = {
    "good": "4242 4242 4242 4242",
    "declined": "4000 0000 0000 0341",
    "asks": "4000 0025 0000 3155",
}
KEY, STRANGERS, SECRET = "sk_test_sunnysunny", "sk_test_harbourharbour", "whsec_sunnysunnysunny"


class TestStripe(KeeperContract):
    @pytest.fixture(autouse=True)
    def _double(self, stripe: StripeDouble) -> None:
        self.stripe = stripe

    def access(self, key: str, secret: str = SECRET, connected: str = "") -> Access:
        secrets = {"secret_key": key, "signing_secret": secret}
        return Access(secrets=secrets, connected=connected, origin=self.stripe.origin)

    def opened(self, key: str, secret: str = SECRET, connected: str = "") -> Stripe:
        return Stripe(self.access(key, secret, connected))

    def provider(self) -> Stripe:
        return self.opened(KEY)

    def stranger(self) -> Stripe:
        return self.opened(STRANGERS, "whsec_harbourharbour")

    def wrong(self) -> Stripe:
        return self.opened("sk_test_wrongwrong")

    def keeper(self) -> StripeCards:
        return StripeCards(self.access(KEY))

    def strange_keeper(self) -> StripeCards:
        return StripeCards(self.access(STRANGERS))

    def wrong_keeper(self) -> StripeCards:
        return StripeCards(self.access("sk_test_wrongwrong"))

    def pay(self, started: Started) -> None:
        self.pay_with(started, "good")

    def pay_with(self, started: Started, card: str) -> None:
        sent = {"card": CARDS[card]}
        answer = requests.post(started.url, data=sent, allow_redirects=False, timeout=10)
        assert answer.status_code == 303

    def payments(self) -> int:
        found = self.stripe.books.all((KEY, ""), "payment_intent", status="succeeded")
        return len(list(found))

    def dispute(self, payment_id: str) -> None:
        self.disputed = self.stripe.books.dispute(payment_id)["id"]

    def decide(self, *, won: bool) -> None:
        self.stripe.books.close_dispute(self.disputed, won=won)

    def told(self) -> tuple[bytes, Mapping[str, str]]:
        newest = next(self.stripe.books.all((KEY, ""), "event"))
        return signed(newest, SECRET)

    def hinder(self, *, down: bool = False, seconds: float = 0) -> None:
        self.stripe.is_down, self.stripe.delay_seconds = down, seconds

    def test_a_declined_card_leaves_the_page_open(self) -> None:
        started = self.provider().start(wanted(new_id()))
        answer = requests.post(started.url, data={"card": "4000000000000002"}, timeout=10)
        assert (answer.status_code, "declined" in answer.text) == (402, True)
        seen = self.provider().look(Clue(reference=started.reference))
        assert seen.outcome is Outcome.OPEN
        self.pay(started)
        seen = self.provider().look(Clue(reference=started.reference))
        assert (seen.outcome, seen.method) == (Outcome.PAID, "Visa 4242")

    def test_a_connected_account_is_another_account(self) -> None:
        own = self.opened(KEY, connected="acct_1A2B")
        started = own.start(wanted(new_id()))
        self.pay(started)
        assert own.look(Clue(reference=started.reference)).outcome is Outcome.PAID
        event = next(self.stripe.books.all((KEY, "acct_1A2B"), "event"))
        raw, headers = signed(event, SECRET)
        assert own.read(raw, headers, now=clock.now()).event_id == event["id"]
        with pytest.raises(UnknownSender):
            self.provider().read(raw, headers, now=clock.now())

    def test_a_second_moment_in_a_signature_is_none(self) -> None:
        """Stripe's library takes the last of several, so that an old one could be sent again."""
        self.paid()
        raw, headers = self.told()
        doubled = {name: f"t=1,{value}" for name, value in headers.items()}
        with pytest.raises(UnknownSender):
            self.provider().read(raw, doubled, now=clock.now())

    def test_nothing_of_a_person_is_kept(self) -> None:
        self.paid()
        raw, headers = self.told()
        kept = self.provider().read(raw, headers, now=clock.now()).kept
        assert "ada@example.com" not in str(kept)
        assert kept["type"] == "checkout.session.completed"


@pytest.mark.parametrize(
    ("secrets", "connected", "field"),
    [
        (("", SECRET), "", "secret_key"),
        (("pk_test_sunnysunny", SECRET), "", "secret_key"),
        (("sk_test_sunny sunny", SECRET), "", "secret_key"),
        ((KEY, "sunny"), "", "signing_secret"),
        ((KEY, SECRET), "cus_1234", "connected"),
    ],
)
def test_what_is_no_key_is_refused(secrets: tuple[str, str], connected: str, field: str) -> None:
    found = dict(zip(("secret_key", "signing_secret"), secrets, strict=True))
    with pytest.raises(AccountUnfit) as unfit:
        Stripe.check(Access(secrets=found, connected=connected))
    assert unfit.value.field.value == field


@pytest.mark.parametrize(
    "pairs",
    [
        [("mode", "payment"), ("sucess_url", "x")],
        [("line_items[0][price_data][unit_amout]", "1")],
        [("payment_intent_data[metadta][a]", "1")],
    ],
)
def test_the_double_refuses_what_stripes_library_does_not_declare(
    pairs: list[tuple[str, str]],
) -> None:
    declared = "stripe.params.checkout._session_create_params.SessionCreateParams"
    with pytest.raises(Wrong):
        refuse_unknown(declared, nested(pairs))


def test_what_was_told_is_bounded() -> None:
    deep: object = "end"
    for _ in range(40):
        deep = {"in": deep}
    assert "end" not in str(words.kept(deep))
    assert words.kept({"a\x00": "b\x00\ud800", "url": "x"}) == {"a": "b?"}
