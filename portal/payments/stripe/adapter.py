"""Stripe as a provider: its calls, and its answers in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import stripe
from stripe.params.checkout import SessionCreateParams

from portal.payments.errors import AccountUnfit, Refused, Unfit, UnknownSender
from portal.payments.port import (
    Access,
    Clue,
    Notification,
    Seen,
    Started,
    Taking,
    Tested,
    Wanted,
)
from portal.payments.stripe import calling, reading, signatures, words
from portal.payments.stripe.calling import translated

_KEY: Final = re.compile(r"(?:sk|rk)_(?:test|live)_[A-Za-z0-9_]{8,250}", re.ASCII)
_SIGNING_SECRET: Final = re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,250}", re.ASCII)
_CONNECTED: Final = re.compile(r"acct_[A-Za-z0-9]{4,60}", re.ASCII)
_PAGES: Final = "https://checkout.stripe.com"
_ROWS_AT_ONCE: Final = 100


class Stripe:
    """One account at Stripe."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client = calling.client(access)

    @staticmethod
    def check(access: Access) -> None:
        """See that keys look like Stripe's; whether they are good, `test` finds out."""
        if not _KEY.fullmatch(access.secrets.get("secret_key", "")):
            raise AccountUnfit(Unfit.SECRET_KEY)
        if not _SIGNING_SECRET.fullmatch(access.secrets.get("signing_secret", "")):
            raise AccountUnfit(Unfit.SIGNING_SECRET)
        if access.connected and not _CONNECTED.fullmatch(access.connected):
            raise AccountUnfit(Unfit.CONNECTED)

    @staticmethod
    def origins(api_origin: str) -> tuple[str, ...]:
        """Where Stripe's payment page is; that of a double is where its interface is."""
        return (api_origin or _PAGES,)

    def start(self, wanted: Wanted) -> Started:
        """A Checkout Session; the deposit's number is its idempotency key."""
        try:
            units = words.to_stripe(wanted.amount, wanted.currency)
        except words.NotRepresentable as no_unit:
            raise Refused(str(no_unit)) from None
        with translated():
            session = self._client.v1.checkout.sessions.create(
                _session(wanted, units), {"idempotency_key": f"deposit-{wanted.deposit_id}"}
            )
        return Started(reference=session.id, url=session.url or "")

    def look(self, clue: Clue) -> Seen:
        """The session and its payment, or the payment alone, with its refunds and disputes."""
        with translated():
            if clue.reference and not reading.is_payment(clue.reference):
                session = self._client.v1.checkout.sessions.retrieve(
                    clue.reference, {"expand": ["payment_intent.latest_charge"]}
                )
                payment = reading.expanded(session.payment_intent)
                if payment is None:
                    return reading.unpaid(session)
                return self._seen(payment, reference=session.id)
            payment = self._client.v1.payment_intents.retrieve(
                clue.reference or clue.payment_id, {"expand": ["latest_charge"]}
            )
            return self._seen(payment, reference=clue.reference)

    def capture(self, *, reference: str, deposit_id: int) -> Seen:  # noqa: ARG002 - the port's own
        """How it stands: Stripe takes what a client has agreed to by itself."""
        return self.look(Clue(reference=reference))

    def refund(
        self, *, payment_id: str, own_id: int, amount: int, currency: str, reason: str
    ) -> Taking:
        """A refund; our number of it is its idempotency key and stands beside it at Stripe."""
        try:
            units = words.to_stripe(amount, currency)
        except words.NotRepresentable as no_unit:
            raise Refused(str(no_unit)) from None
        with translated():
            refund = self._client.v1.refunds.create(
                {
                    "payment_intent": payment_id,
                    "amount": units,
                    "metadata": {reading.REFUND: str(own_id)},
                },
                {"idempotency_key": f"refund-{own_id}"},
            )
        taking = reading.refund(refund)
        return Taking(
            taken_for=taking.taken_for,
            reference=taking.reference,
            amount=taking.amount,
            returned=taking.returned,
            own_id=own_id,
            reason=reason,
        )

    def recent(self, *, since: datetime) -> Iterator[Clue]:
        """Payments with a deposit's number, and the payments of all refunds and disputes."""
        begin = int(since.timestamp())
        with translated():
            payments = self._client.v1.payment_intents.list(
                {"created": {"gte": begin}, "limit": _ROWS_AT_ONCE}
            )
            for payment in payments.auto_paging_iter():
                deposit_id = reading.number_in(payment.metadata, reading.DEPOSIT)
                if deposit_id is not None and payment.status == "succeeded":
                    yield Clue(payment_id=payment.id, deposit_id=deposit_id)
            refunds = self._client.v1.refunds.list(
                {"created": {"gte": begin}, "limit": _ROWS_AT_ONCE}
            )
            for refund in refunds.auto_paging_iter():
                if refund.payment_intent:
                    yield Clue(payment_id=reading.id_of(refund.payment_intent), mark=refund.id)
            disputes = self._client.v1.disputes.list(
                {"created": {"gte": begin}, "limit": _ROWS_AT_ONCE}
            )
            for dispute in disputes.auto_paging_iter():
                if dispute.payment_intent:
                    yield Clue(
                        payment_id=reading.id_of(dispute.payment_intent),
                        mark=f"{dispute.id} {dispute.status}",
                    )

    def test(self) -> Tested:
        """Whose key it is, and whether it may take payments."""
        with translated():
            account = self._client.v1.accounts.retrieve_current()
        dashboard = (account.settings and account.settings.dashboard) or None
        named = (dashboard.display_name if dashboard else None) or account.email or account.id
        return Tested(
            merchant=account.id,
            name=named,
            is_live="_live_" in self._access.secrets["secret_key"][:8],
            can_charge=bool(account.charges_enabled),
        )

    def read(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:
        """An event that is signed for this account, or for the connected one that it names."""
        event = signatures.verified(
            raw, headers, secret=self._access.secrets["signing_secret"], now=now
        )
        if (event.get("account") or "") != self._access.connected:
            raise UnknownSender("for another account")
        about: Mapping[str, Any] = event["data"]["object"]
        return Notification(
            event_id=event["id"],
            kind=event["type"],
            clue=reading.clue(about),
            is_known_kind=event["type"] in words.KNOWN_EVENTS,
            kept=words.kept(event),
        )

    def _seen(self, payment: stripe.PaymentIntent, *, reference: str) -> Seen:
        takings: list[Taking] = []
        if payment.latest_charge is not None:
            refunds = self._client.v1.refunds.list(
                {"payment_intent": payment.id, "limit": _ROWS_AT_ONCE}
            )
            takings += [reading.refund(each) for each in refunds.auto_paging_iter()]
            disputes = self._client.v1.disputes.list(
                {"payment_intent": payment.id, "limit": _ROWS_AT_ONCE}
            )
            takings += [
                reading.dispute(each)
                for each in disputes.auto_paging_iter()
                if each.status in words.WITHDRAWN
            ]
        return reading.paid(payment, takings, reference=reference)


def _session(wanted: Wanted, units: int) -> SessionCreateParams:
    """What a page is made with; a card that is kept gets a customer of its own at Stripe."""
    metadata = {reading.DEPOSIT: str(wanted.deposit_id)}
    made: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": wanted.currency.lower(),
                    "unit_amount": units,
                    "product_data": {"name": wanted.title},
                },
            }
        ],
        "client_reference_id": str(wanted.deposit_id),
        "customer_email": wanted.email,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "success_url": wanted.return_url,
        "cancel_url": wanted.cancel_url,
        "locale": wanted.language if wanted.language in words.LANGUAGES else "auto",
        "expires_at": int(wanted.until.timestamp()),
    }
    if wanted.keep:
        made["customer_creation"] = "always"
        made["allowed_payment_method_types"] = ["card"]
        made["payment_intent_data"]["setup_future_usage"] = "off_session"
    return made
