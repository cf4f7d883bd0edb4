"""Cards that Stripe keeps: read after a payment, charged later, and forgotten."""

from __future__ import annotations

import stripe

from portal.payments.errors import Declined, NoSuchPayment, Refused, Unanswered
from portal.payments.port import Access, Charge, Kept, Seen
from portal.payments.stripe import calling, reading, words
from portal.payments.stripe.calling import translated


class StripeCards:
    """The kept cards of one account at Stripe."""

    def __init__(self, access: Access) -> None:
        self._client = calling.client(access)

    def kept(self, *, payment_id: str) -> Kept | None:
        """What Stripe has attached to the customer of this payment."""
        with translated():
            payment = self._client.v1.payment_intents.retrieve(
                payment_id, {"expand": ["payment_method"]}
            )
        return reading.kept(payment)

    def charge(self, charge: Charge) -> Seen:
        """A PaymentIntent, made and confirmed at once; the deposit's number is its key."""
        try:
            units = words.to_stripe(charge.amount, charge.currency)
        except words.NotRepresentable as no_unit:
            raise Refused(str(no_unit)) from None
        with translated():
            try:
                payment = self._charged(charge, units)
            except stripe.CardError as error:
                said = {error.code, getattr(error.error, "decline_code", None)}
                is_owners = words.OWNER_WANTED in said
                raise Declined(calling.reason(error), needs_owner=is_owners) from None
            except stripe.IdempotencyError as error:
                # It was asked for before, in other words: what became of that, nobody knows.
                raise Unanswered(type(error).__name__) from None
        if payment.status in words.STUCK:
            raise Declined(payment.status, needs_owner=payment.status == "requires_action")
        return reading.paid(payment, [], reference=payment.id)

    def forget(self, *, method: str) -> None:
        """Detached from its customer, after which nobody can charge it any more."""
        with translated():
            try:
                self._client.v1.payment_methods.detach(method)
            except stripe.InvalidRequestError:
                if self._is_attached(method):
                    raise

    def _charged(self, charge: Charge, units: int) -> stripe.PaymentIntent:
        return self._client.v1.payment_intents.create(
            {
                "amount": units,
                "currency": charge.currency.lower(),
                "customer": charge.customer,
                "payment_method": charge.method,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "off_session": True,
                "confirm": True,
                "metadata": {reading.DEPOSIT: str(charge.deposit_id)},
                "expand": ["latest_charge"],
            },
            {"idempotency_key": f"deposit-{charge.deposit_id}"},
        )

    def _is_attached(self, method: str) -> bool:
        try:
            with translated():
                return self._client.v1.payment_methods.retrieve(method).customer is not None
        except NoSuchPayment:
            return False
