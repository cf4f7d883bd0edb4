"""PayPal as a provider: orders that a client approves and the portal captures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from portal.infra import clock
from portal.payments.errors import (
    AccountUnfit,
    NoSuchPayment,
    Refused,
    Unanswered,
    Unfit,
    UnknownSender,
)
from portal.payments.paypal import reading, signatures, words
from portal.payments.paypal.calling import Calls, Denied, NotPermitted, Object
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
from portal.payments.statuses import Outcome

_CREDENTIAL: Final = re.compile(r"[A-Za-z0-9_-]{16,200}", re.ASCII)
_WEBHOOK: Final = re.compile(r"[A-Za-z0-9]{8,50}", re.ASCII)
_PAGES: Final = ("https://www.paypal.com", "https://www.sandbox.paypal.com")
_TEXT_LENGTH_MAX: Final = 127
_ROWS_AT_ONCE: Final = 40
"""So many that an answer stays small enough to be read."""
_TRIED: Final = {"currency_code": "USD", "value": "1.00"}


class PayPal:
    """One account at PayPal."""

    def __init__(self, access: Access) -> None:
        self._access = access

    @staticmethod
    def check(access: Access) -> None:
        """See that credentials look like PayPal's; whether they are good, `test` finds out."""
        for field, shape in (
            (Unfit.CLIENT_ID, _CREDENTIAL),
            (Unfit.CLIENT_SECRET, _CREDENTIAL),
            (Unfit.WEBHOOK_ID, _WEBHOOK),
        ):
            if not shape.fullmatch(access.secrets.get(field.value, "")):
                raise AccountUnfit(field)

    @staticmethod
    def origins(api_origin: str) -> tuple[str, ...]:
        """Where PayPal's pages are; that of a double is where its interface is."""
        return (api_origin,) if api_origin else _PAGES

    def start(self, wanted: Wanted) -> Started:
        """An order; the deposit's number is its idempotency key, and nobody pays it twice."""
        named = f"{reading.DEPOSIT}-{wanted.deposit_id}"
        title = wanted.title[:_TEXT_LENGTH_MAX]
        order = self._calls().post(
            "/v2/checkout/orders",
            {
                "intent": "CAPTURE",
                "purchase_units": [
                    {
                        "amount": _money(wanted.amount, wanted.currency),
                        "custom_id": named,
                        "invoice_id": named,
                        "description": title,
                    }
                ],
                "payment_source": {
                    "paypal": {
                        "experience_context": {
                            "brand_name": title,
                            "locale": words.LOCALES.get(wanted.language, "en-US"),
                            "shipping_preference": "NO_SHIPPING",
                            "user_action": "PAY_NOW",
                            "return_url": wanted.return_url,
                            "cancel_url": wanted.cancel_url,
                        }
                    }
                },
            },
            request_id=named,
        )
        reference, url = str(order.get("id", "")), reading.page(order)
        if not reading.is_number(reference) or not url:
            raise Unanswered("an order without a page")
        return Started(reference=reference, url=url)

    def look(self, clue: Clue) -> Seen:
        """The order and its payment, or the payment alone, with its refunds and disputes."""
        return self._seen(self._calls(), clue)

    def capture(self, *, reference: str, deposit_id: int) -> Seen:
        """Take what the client has approved; PayPal takes it once, however often it is asked."""
        calls = self._calls()
        try:
            calls.post(
                f"/v2/checkout/orders/{_path(reference)}/capture",
                {},
                request_id=f"capture-{deposit_id}",
            )
        except Denied:
            # Taken before, or the client has to choose another way to pay: the order says which.
            seen = self._seen(calls, Clue(reference=reference))
            is_open = seen.outcome is Outcome.APPROVED
            return replace(seen, outcome=Outcome.OPEN) if is_open else seen
        return self._seen(calls, Clue(reference=reference))

    def refund(
        self,
        *,
        payment_id: str,
        own_id: int,
        amount: int,
        currency: str,
        reason: str,  # noqa: ARG002 - PayPal would write it to who paid, and it is ours to tell
    ) -> Taking:
        """A refund; our number of it is its idempotency key and stands beside it at PayPal."""
        named = f"{reading.REFUND}-{own_id}"
        refund = self._calls().post(
            f"/v2/payments/captures/{_path(payment_id)}/refund",
            {"amount": _money(amount, currency), "custom_id": named},
            request_id=named,
        )
        return replace(reading.refund(refund), own_id=own_id)

    def recent(self, *, since: datetime) -> Iterator[Clue]:
        """Payments with a deposit's number, and the payments of all refunds and disputes.

        What the app was given no right to at PayPal is left out: every deposit that is not decided
        is asked about by itself as well.
        """
        with suppress(NotPermitted):
            for found in self._pages(
                "/v1/reporting/transactions",
                "transaction_details",
                {
                    "start_date": _moment(since),
                    "end_date": _moment(clock.now()),
                    "fields": "transaction_info",
                },
            ):
                known = reading.transaction(found)
                if known is not None:
                    yield known
        with suppress(NotPermitted):
            for row in _disputes(self._calls(), {"update_time_after": _moment(since)}):
                found = row if reading.disputed(row) else _whole(self._calls(), row)
                mark = f"{row['dispute_id']} {found.get('status', '')}"
                if reading.disputed(found):
                    yield Clue(payment_id=reading.disputed(found), mark=mark[:100])

    def test(self) -> Tested:
        """Whose credentials they are, found by an order that nobody will pay."""
        calls = self._calls()
        calls.renew_token()
        webhook = self._access.secrets["webhook_id"]
        try:
            calls.get(f"/v1/notifications/webhooks/{webhook}")
        except NoSuchPayment:
            raise Refused("this app has no webhook with this ID") from None
        order = calls.post(
            "/v2/checkout/orders", {"intent": "CAPTURE", "purchase_units": [{"amount": _TRIED}]}
        )
        payee = reading.payee(calls.get(f"/v2/checkout/orders/{_path(str(order.get('id')))}"))
        merchant = str(payee.get("merchant_id") or "")
        if not merchant:
            raise Unanswered("an order that is paid to nobody")
        return Tested(
            merchant=merchant,
            name=str(payee.get("email_address") or merchant),
            is_live=self._access.is_live,
            can_charge=True,
        )

    def read(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:
        """An event of which PayPal says that it has sent it to this account's webhook."""
        claimed = signatures.claimed(
            raw, headers, webhook_id=self._access.secrets["webhook_id"], now=now
        )
        try:
            answer = self._calls().post(
                "/v1/notifications/verify-webhook-signature", claimed.question
            )
        except Refused as refused:
            raise UnknownSender(type(refused).__name__) from None
        if answer.get("verification_status") != "SUCCESS":
            raise UnknownSender("PayPal has not signed it")
        kind = claimed.event["event_type"]
        return Notification(
            event_id=claimed.event["id"],
            kind=kind,
            clue=reading.clue(claimed.event),
            is_known_kind=kind in words.KNOWN_EVENTS,
            kept=words.kept(claimed.event),
        )

    def _calls(self) -> Calls:
        return Calls(self._access)

    def _seen(self, calls: Calls, clue: Clue) -> Seen:
        reference, capture = clue.reference, None
        if not reference:
            capture = calls.get(f"/v2/payments/captures/{_path(clue.payment_id)}")
            reference = reading.order_of(capture)
        order: Object = {}
        if reference:
            try:
                order = calls.get(f"/v2/checkout/orders/{_path(reference)}")
            except NoSuchPayment:
                # An order is forgotten some day, a payment is not.
                if capture is None:
                    raise
        seen = reading.order(order) if order or capture is None else reading.capture(capture)
        if not seen.payment_id or seen.outcome is not Outcome.PAID:
            return seen
        given_back = reading.refunds(order)
        disputes = []
        with suppress(NotPermitted):
            for row in _disputes(calls, {"disputed_transaction_id": seen.payment_id}):
                taking = reading.dispute(_whole(calls, row), given_back=given_back)
                if taking is not None:
                    disputes.append(taking)
        return replace(seen, takings=(*given_back, *disputes))

    def _pages(self, path: str, name: str, query: Mapping[str, str]) -> Iterator[Object]:
        """The rows of all pages; each page may take as long as a call may."""
        page, pages = 1, 1
        while page <= pages:
            found = self._calls().get(
                path, {**query, "page_size": str(_ROWS_AT_ONCE), "page": str(page)}
            )
            yield from reading.rows(found, name)
            told = found.get("total_pages")
            page, pages = page + 1, told if isinstance(told, int) else 1


def _disputes(calls: Calls, query: Mapping[str, str]) -> Iterator[Object]:
    listed = calls.get("/v1/customer/disputes", {**query, "page_size": "50"})
    for row in reading.rows(listed, "items"):
        if reading.is_number(str(row.get("dispute_id", ""))):
            yield row


def _whole(calls: Calls, row: Object) -> Object:
    """A dispute with all that is known of it: a list does not say how one has ended."""
    return calls.get(f"/v1/customer/disputes/{row['dispute_id']}")


def _money(amount: int, currency: str) -> dict[str, str]:
    try:
        value = words.to_paypal(amount, currency)
    except words.NotRepresentable as no_unit:
        raise Refused(str(no_unit)) from None
    return {"currency_code": currency, "value": value}


def _path(number: str) -> str:
    """A number as part of an address: it may come out of a notification."""
    if not reading.is_number(number):
        raise NoSuchPayment("no number of PayPal's")
    return number


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
