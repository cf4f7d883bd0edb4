"""PayPal's orders over HTTP, with the double that refuses what PayPal does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.cli.paypal_double import parameters
from portal.cli.paypal_double.books import DECLINED, DISPUTED, HELD
from portal.cli.paypal_double.parameters import Wrong, refuse_unknown
from portal.infra import clock
from portal.payments import registry
from portal.payments.errors import (
    AccountUnfit,
    NoSuchPayment,
    Refused,
    Unanswered,
    UnknownSender,
    WrongKey,
)
from portal.payments.paypal import words
from portal.payments.paypal.adapter import PayPal
from portal.payments.paypal.calling import LIVE, SANDBOX, Calls
from portal.payments.port import Access, Clue, Seen, Started
from portal.payments.statuses import Outcome, TakenFor
from tests.builders.paying import PAYPAL
from tests.contracts.payments import UNIT, ProviderContract, new_id, wanted
from tests.fakes.paypal_double import PayPalDouble

CLIENT, SECRET, WEBHOOK = PAYPAL["client_id"], PAYPAL["client_secret"], PAYPAL["webhook_id"]
STRANGERS = "harbour-harbour-harbour"


class TestPayPal(ProviderContract):
    exact = (("USD", 12_340_000), ("EUR", UNIT), ("JPY", 500 * UNIT), ("HUF", 7 * UNIT))
    other_times = (timedelta(minutes=-6), timedelta(days=-1), timedelta(days=5))

    @pytest.fixture(autouse=True)
    def _double(self, paypal: PayPalDouble) -> None:
        self.paypal = paypal

    def opened(self, client: str, webhook: str = WEBHOOK) -> PayPal:
        secrets = {"client_id": client, "client_secret": SECRET, "webhook_id": webhook}
        return PayPal(Access(secrets=secrets, origin=self.paypal.origin))

    def provider(self) -> PayPal:
        return self.opened(CLIENT)

    def stranger(self) -> PayPal:
        return self.opened(STRANGERS, "HARBOURHARBOUR123")

    def wrong(self) -> PayPal:
        return self.opened("wrongwrong-wrongwrong")

    def pay(self, started: Started) -> None:
        assert "token=" in self.paypal.approve(started.url)

    def dispute(self, payment_id: str) -> None:
        self.disputed = self.paypal.books.dispute(payment_id)["id"]

    def decide(self, *, won: bool) -> None:
        self.paypal.books.close_dispute(self.disputed, won=won)

    def told(self) -> tuple[bytes, Mapping[str, str]]:
        return self.paypal.books.signer.signed(self.paypal.newest(), WEBHOOK)

    def hinder(self, *, down: bool = False, seconds: float = 0) -> None:
        self.paypal.is_down, self.paypal.delay_seconds = down, seconds

    def agreed(self, ending: str) -> Seen:
        """An order that somebody has agreed to pay in this way, after it was captured."""
        started = self.provider().start(wanted(new_id()))
        self.paypal.approve(started.url, ending)
        seen = self.provider().look(Clue(reference=started.reference))
        assert seen.outcome is Outcome.APPROVED
        return self.provider().capture(reference=started.reference, deposit_id=seen.deposit_id or 0)

    def test_an_order_says_whose_it_is_and_where_to_go(self) -> None:
        asked = wanted(new_id())
        order = self.paypal.books.objects[self.provider().start(asked).reference]
        unit = order["purchase_units"][0]
        assert unit["amount"] == {"currency_code": "USD", "value": "10.00"}
        assert unit["custom_id"] == unit["invoice_id"] == f"deposit-{asked.deposit_id}"
        context = order["payment_source"]["paypal"]["experience_context"]
        assert context["return_url"] == asked.return_url
        assert (context["user_action"], context["locale"]) == ("PAY_NOW", "en-US")
        assert "ada@example.com" not in str(order)

    def test_what_nobody_agreed_to_is_not_taken(self) -> None:
        started = self.provider().start(wanted(new_id()))
        seen = self.provider().capture(reference=started.reference, deposit_id=1)
        assert (seen.outcome, seen.payment_id) == (Outcome.OPEN, "")

    def test_a_declined_card_leaves_the_page_open(self) -> None:
        seen = self.agreed(DECLINED)
        assert (seen.outcome, seen.payment_id) == (Outcome.OPEN, "")
        page = f"{self.paypal.origin}/checkoutnow?token={seen.reference}"
        self.paypal.approve(page)
        again = self.provider().capture(reference=seen.reference, deposit_id=seen.deposit_id or 0)
        assert again.outcome is Outcome.PAID

    @pytest.mark.parametrize("good", [True, False])
    def test_money_that_is_held_is_on_its_way(self, good: bool) -> None:
        held = self.agreed(HELD)
        assert (held.outcome, held.method) == (Outcome.PROCESSING, "PayPal (echeck)")
        self.paypal.books.clear(held.payment_id, good=good)
        seen = self.provider().look(Clue(reference=held.reference))
        assert seen.outcome is (Outcome.PAID if good else Outcome.GONE)
        assert (seen.payment_id, seen.method) == (held.payment_id, "PayPal")

    def test_a_lost_dispute_that_is_refunded_is_gone_once(self) -> None:
        seen = self.agreed(DISPUTED)
        [taken] = self.provider().look(Clue(payment_id=seen.payment_id)).takings
        self.paypal.books.close_dispute(taken.reference, won=False)
        self.paypal.books.refund(CLIENT, seen.payment_id, {})
        takings = self.provider().look(Clue(payment_id=seen.payment_id)).takings
        assert [(each.taken_for, each.returned) for each in takings] == [
            (TakenFor.REFUND, False),
            (TakenFor.DISPUTE, True),
        ]

    def test_an_inquiry_takes_nothing(self) -> None:
        seen = self.paid()
        self.paypal.books.dispute(seen.payment_id, stage="INQUIRY")
        assert self.provider().look(Clue(payment_id=seen.payment_id)).takings == ()

    def test_an_order_that_is_forgotten_leaves_its_payment(self) -> None:
        seen = self.paid()
        del self.paypal.books.objects[seen.reference]
        assert self.provider().look(Clue(payment_id=seen.payment_id)) == seen
        with pytest.raises(NoSuchPayment):
            self.provider().look(Clue(reference=seen.reference))

    def test_an_app_without_every_right_does_what_it_may(self) -> None:
        plain = self.opened("plain-plain-plain-plain")
        started = plain.start(wanted(new_id()))
        self.pay(started)
        assert plain.capture(reference=started.reference, deposit_id=1).outcome is Outcome.PAID
        assert list(plain.recent(since=clock.ago(minutes=5))) == []

    @pytest.mark.parametrize("number", ["../../x", "a/b", "a?b", "", "é", "x" * 65])
    def test_what_is_no_number_is_not_asked_for(self, number: str) -> None:
        for call in (
            lambda: self.provider().look(Clue(reference=number, payment_id=number)),
            lambda: self.provider().capture(reference=number, deposit_id=1),
        ):
            with pytest.raises(NoSuchPayment):
                call()
        assert self.paypal.asked == []

    def test_a_token_is_asked_for_once_and_again_when_it_is_withdrawn(self) -> None:
        for _ in range(3):
            self.provider().start(wanted(new_id()))
        assert self.paypal.count("POST /v1/oauth2/token") == 1
        self.paypal.books.tokens.clear()
        self.provider().start(wanted(new_id()))
        assert self.paypal.count("POST /v1/oauth2/token") == 2

    def test_a_webhook_that_is_not_there_is_said(self) -> None:
        with pytest.raises(Refused, match="no webhook with this ID"):
            self.opened(CLIENT, "WRONGWRONGWRONG").test()

    def test_who_is_slow_is_not_waited_for(self) -> None:
        self.hinder(seconds=0.4)
        access = self.provider()._access
        with pytest.raises(Unanswered):
            Calls(access, seconds=0.1).get("/v2/checkout/orders/1")
        with pytest.raises(Unanswered, match="in time"):
            Calls(access, seconds=0).get("/v2/checkout/orders/1")

    def test_pages_of_what_is_new_are_all_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        paid = {self.paid().payment_id for _ in range(3)}
        monkeypatch.setattr("portal.payments.paypal.adapter._ROWS_AT_ONCE", 1)
        found = list(self.provider().recent(since=clock.ago(minutes=5)))
        assert {each.payment_id for each in found} == paid
        assert self.paypal.count("GET /v1/reporting/transactions") == 3

    def test_a_refund_at_paypal_is_found(self) -> None:
        seen = self.paid()
        refund = self.paypal.books.refund(CLIENT, seen.payment_id, {})
        raw, headers = self.told()
        told = self.provider().read(raw, headers, now=clock.now())
        assert told.clue.payment_id == seen.payment_id
        marks = [each for each in self.provider().recent(since=clock.ago(minutes=5)) if each.mark]
        assert marks == [Clue(payment_id=seen.payment_id, mark=refund["id"])]

    def test_a_dispute_leads_to_its_payment(self) -> None:
        seen = self.paid()
        self.dispute(seen.payment_id)
        raw, headers = self.told()
        told = self.provider().read(raw, headers, now=clock.now())
        assert (told.clue, told.is_known_kind) == (Clue(payment_id=seen.payment_id), True)

    def test_nothing_of_a_person_is_kept(self) -> None:
        seen = self.paid()
        capture = self.paypal.newest()
        capture["resource"]["payer"] = {"email_address": "ada@example.com"}
        raw, headers = self.told()
        found = self.provider().read(raw, headers, now=clock.now())
        assert "ada@example.com" not in str(found.kept)
        assert found.kept["resource"]["id"] == seen.payment_id

    def test_a_body_cannot_name_another_webhook(self) -> None:
        """Sent to who is asked as it came, it must not end its own place in that question."""
        self.paid()
        raw, headers = self.told()
        for body in (
            raw + b', "webhook_id": "HARBOURHARBOUR123"',
            raw + b"}",
            b"\xef\xbb\xbf" + raw,
            raw.decode().encode("utf-16"),
            b'{"a":' * 100_000,
            b'{"id": NaN}',
        ):
            with pytest.raises(UnknownSender):
                self.provider().read(body, headers, now=clock.now())

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("Paypal-Cert-Url", "https://api.paypal.com.example.net/v1/notifications/certs/C"),
            ("Paypal-Cert-Url", "http://api.paypal.com/v1/notifications/certs/C"),
            ("Paypal-Cert-Url", "https://api.paypal.com/v1/notifications/certs/../../x"),
            ("Paypal-Auth-Algo", "none"),
            ("Paypal-Transmission-Time", "yesterday"),
            ("Paypal-Transmission-Time", "2026-01-01T00:00:00"),
            ("Paypal-Transmission-Sig", "x" * 1_001),
            ("Paypal-Transmission-Id", ""),
        ],
    )
    def test_what_is_not_as_paypal_sends_it_costs_no_call(self, header: str, value: str) -> None:
        raw, headers = self.paypal.books.signer.signed({"id": "WH-1"}, WEBHOOK)
        with pytest.raises(UnknownSender):
            self.provider().read(raw, {**headers, header: value}, now=clock.now())
        assert self.paypal.asked == []

    @pytest.mark.parametrize(
        "event",
        [
            {"id": "WH-1", "event_type": "X"},
            {"id": "", "event_type": "X", "resource": {}},
            {"id": "WH-1", "event_type": 7, "resource": {}},
            {"id": "W" * 101, "event_type": "X", "resource": {}},
            ["WH-1"],
        ],
    )
    def test_what_is_no_event_is_none(self, event: object) -> None:
        raw, headers = self.paypal.books.signer.signed(event, WEBHOOK)
        with pytest.raises(UnknownSender):
            self.provider().read(raw, headers, now=clock.now())

    def test_without_a_key_nobody_can_be_known(self) -> None:
        self.paid()
        raw, headers = self.told()
        with pytest.raises(UnknownSender):
            self.wrong().read(raw, headers, now=clock.now())
        self.hinder(down=True)
        with pytest.raises(Unanswered):
            self.provider().read(raw, headers, now=clock.now())


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"client_id": ""}, "client_id"),
        ({"client_id": "sunny sunny sunny sunny"}, "client_id"),
        ({"client_secret": "short"}, "client_secret"),
        ({"webhook_id": "https://sunny.test"}, "webhook_id"),
        ({"webhook_id": ""}, "webhook_id"),
    ],
)
def test_what_is_no_credential_is_refused(change: dict[str, str], field: str) -> None:
    PayPal.check(Access(secrets=PAYPAL))
    with pytest.raises(AccountUnfit) as unfit:
        PayPal.check(Access(secrets={**PAYPAL, **change}))
    assert unfit.value.field.value == field


def test_real_money_has_its_own_place() -> None:
    access = Access(secrets=PAYPAL)
    assert Calls(access)._origin == SANDBOX
    assert Calls(replace(access, is_live=True))._origin == LIVE
    assert PayPal.origins("") == ("https://www.paypal.com", "https://www.sandbox.paypal.com")


@pytest.mark.parametrize("value", ["", "1.", ".5", "-1.00", "1e3", "１", "1,00", "1.0000001"])
def test_what_is_no_amount_is_none(value: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        words.from_paypal(value)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [(10 * UNIT, "USD", "10.00"), (50_000, "EUR", "0.05"), (3 * UNIT, "JPY", "3")],
)
def test_amounts_are_written_as_paypal_does(amount: int, currency: str, written: str) -> None:
    assert words.to_paypal(amount, currency) == written
    assert words.from_paypal(written) == amount


def test_a_currency_that_paypal_does_not_take_is_known() -> None:
    assert registry.adapter("paypal").takes("EUR")
    assert not registry.adapter("paypal").takes("KWD")
    assert registry.adapter("stripe").takes("KWD")


@pytest.mark.parametrize(
    "given",
    [
        {"intent": "CAPTURE", "purchase_unit": []},
        {"purchase_units": [{"amount": {"currency": "USD"}}]},
        {"payment_source": {"paypal": {"experience_context": {"return": "x"}}}},
        {"payment_source": {"paypal": 7}},
    ],
)
def test_the_double_refuses_what_paypal_does_not_know(given: dict[str, object]) -> None:
    with pytest.raises(Wrong):
        refuse_unknown(parameters.ORDER, json.loads(json.dumps(given)))


def test_a_wrong_key_is_a_refusal() -> None:
    assert issubclass(WrongKey, Refused)
