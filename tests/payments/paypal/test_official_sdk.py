"""PayPal's own library talks to the double, and reads from it what it reads from PayPal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from paypalserversdk.configuration import Configuration, Server
from paypalserversdk.exceptions.error_exception import ErrorException
from paypalserversdk.exceptions.o_auth_provider_exception import OAuthProviderException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.models.money import Money
from paypalserversdk.models.order_request import OrderRequest
from paypalserversdk.models.paypal_wallet import PaypalWallet
from paypalserversdk.models.paypal_wallet_experience_context import PaypalWalletExperienceContext
from paypalserversdk.models.purchase_unit_request import PurchaseUnitRequest
from paypalserversdk.models.refund_request import RefundRequest
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from portal.cli.paypal_double import parameters
from portal.infra import clock
from portal.payments.paypal.adapter import PayPal
from portal.payments.port import Access, Clue
from portal.payments.statuses import TakenFor
from tests.builders.paying import PAYPAL
from tests.contracts.payments import UNIT, new_id, wanted
from tests.fakes.paypal_double import PayPalDouble

# The library makes enumerations of texts that are none of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def ours(paypal: PayPalDouble) -> PayPal:
    return PayPal(Access(secrets=PAYPAL, origin=paypal.origin))


def sdk(double: PayPalDouble, client: str = PAYPAL["client_id"]) -> PaypalServersdkClient:
    class Here(Configuration):
        def get_base_uri(self, server: Server = Server.DEFAULT) -> str:  # noqa: ARG002 - its own
            return double.origin

    shown = ClientCredentialsAuthCredentials(
        o_auth_client_id=client, o_auth_client_secret=PAYPAL["client_secret"]
    )
    return PaypalServersdkClient(config=Here(client_credentials_auth_credentials=shown, timeout=10))


def test_the_library_reads_and_refunds_what_we_have_sold(
    paypal: PayPalDouble, ours: PayPal
) -> None:
    asked = wanted(new_id())
    started = ours.start(asked)
    library = sdk(paypal)
    order = library.orders.get_order({"id": started.reference}).body
    assert (order.status, order.intent) == ("PAYER_ACTION_REQUIRED", "CAPTURE")
    assert order.purchase_units[0].custom_id == f"deposit-{asked.deposit_id}"
    with pytest.raises(ErrorException):
        library.orders.capture_order({"id": started.reference})
    paypal.approve(started.url)
    taken = library.orders.capture_order({"id": started.reference}).body
    [capture] = taken.purchase_units[0].payments.captures
    assert (taken.status, capture.status) == ("COMPLETED", "COMPLETED")
    # Captured by somebody else, it is seen, and taken once.
    seen = ours.capture(reference=started.reference, deposit_id=asked.deposit_id)
    assert (seen.payment_id, seen.amount) == (capture.id, 10 * UNIT)
    part = RefundRequest(amount=Money(currency_code="USD", value="4.00"), custom_id="refund-7")
    given = library.payments.refund_captured_payment({"capture_id": capture.id, "body": part}).body
    [refund] = ours.look(Clue(payment_id=capture.id)).takings
    assert (refund.taken_for, refund.reference) == (TakenFor.REFUND, given.id)
    assert (refund.amount, refund.own_id) == (4 * UNIT, 7)
    assert (
        library.payments.get_captured_payment({"capture_id": capture.id}).body.status
        == "PARTIALLY_REFUNDED"
    )


def test_the_library_finds_the_same_transactions(paypal: PayPalDouble, ours: PayPal) -> None:
    started = ours.start(wanted(new_id()))
    paypal.approve(started.url)
    seen = ours.capture(reference=started.reference, deposit_id=1)

    def written(at: datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    found = (
        sdk(paypal)
        .transaction_search.search_transactions(
            {
                "start_date": written(clock.ago(minutes=5)),
                "end_date": written(clock.now() + timedelta(minutes=1)),
                "page": 1,
                "page_size": 100,
            }
        )
        .body
    )
    [row] = found.transaction_details
    assert row.transaction_info.transaction_id == seen.payment_id


def test_wrong_credentials_are_refused(paypal: PayPalDouble) -> None:
    library = sdk(paypal, client="wrongwrong-wrongwrong")
    shown = library.oauth_2.build_basic_auth_header()
    with pytest.raises(OAuthProviderException):
        library.o_auth_authorization.request_token({"authorization": shown})


@pytest.mark.parametrize(
    ("known", "declared"),
    [
        (parameters.ORDER, OrderRequest),
        (parameters.ORDER["purchase_units"], PurchaseUnitRequest),
        (parameters.ORDER["payment_source"]["paypal"], PaypalWallet),
        (
            parameters.ORDER["payment_source"]["paypal"]["experience_context"],
            PaypalWalletExperienceContext,
        ),
        (parameters.REFUND, RefundRequest),
        (parameters.MONEY, Money),
    ],
)
def test_the_double_takes_nothing_that_the_library_does_not_declare(
    known: Iterable[str], declared: type
) -> None:
    assert set(known) <= set(declared._names.values())
