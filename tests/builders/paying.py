"""Payment accounts, deposits and what a provider says of them, in one line each."""

from __future__ import annotations

from itertools import count

from portal.accounts.actor import Actor
from portal.infra import clock
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.vault import Vault
from portal.payments import accounts, cover_deposits, deposits
from portal.payments.cover_deposits import Payer
from portal.payments.models import Deposit, PaymentAccount
from portal.payments.port import Seen, Taking
from portal.payments.statuses import Outcome, TakenFor
from portal.tenancy import resellers
from tests.cast import UNIT, Firm

VAULT = Vault("a secret of the tests, long enough to be one")
SECRET_KEY = "sk_test_sunnysunny"
SIGNING_SECRET = "whsec_sunnysunnysunny"
PAYPAL = {
    "client_id": "sunny-sunny-sunny-sunny",
    "client_secret": "sunnysecret-sunnysecret",
    "webhook_id": "SUNNYSUNNYSUNNY12",
}
_numbers = count(1)


def account(
    session: ResellerSession,
    *,
    by: Actor,
    key: str = SECRET_KEY,
    signing: str = SIGNING_SECRET,
    connected: str = "",
) -> PaymentAccount:
    """An account with Stripe that was tested and is offered."""
    made = accounts.change(
        session,
        kind=accounts.STRIPE,
        secrets={"secret_key": key, "signing_secret": signing},
        connected=connected,
        by=by,
        vault=VAULT,
    )
    made.merchant = f"acct_{key[-8:]}"
    made.tested_at = clock.now()
    session.flush()
    return made


def paypal_account(session: ResellerSession, *, by: Actor) -> PaymentAccount:
    """An account with PayPal that was tested and is offered."""
    made = accounts.change(
        session,
        kind=accounts.PAYPAL,
        secrets=PAYPAL,
        connected="",
        is_live=False,
        by=by,
        vault=VAULT,
    )
    made.merchant, made.merchant_name = "SUNNYMERCHANT", "sunny@shop.test"
    made.tested_at = clock.now()
    session.flush()
    return made


def begun(
    session: ResellerSession,
    firm: Firm,
    *,
    amount: int = 10 * UNIT,
    currency: str = "",
    priced: tuple[str, ...] = (),
) -> Deposit:
    """A deposit whose page the provider has made."""
    made = deposits.begin(
        session,
        client_id=firm.client_id,
        kind=accounts.STRIPE,
        amount=amount,
        currency=currency or {1: "USD", 2: "EUR"}[firm.reseller_id],
        priced=priced,
        by=firm.owner,
    )
    made.reference = f"cs_test_{next(_numbers)}"
    made.url = "https://checkout.stripe.com/c/pay/x"
    session.flush()
    return made


def payer(database_session: ResellerSession, reseller_id: int) -> Payer:
    """A reseller as the operator's deposits know it, its name and number from its own row."""
    with in_scope_of(database_session, reseller_id) as own:
        firm = resellers.own(own)
        return cover_deposits.payer_of(firm, currencies=[firm.currency])


def begun_for_cover(
    session: ResellerSession, reseller_id: int, *, by: Actor, amount: int = 10 * UNIT
) -> Deposit:
    """A reseller's payment to the operator whose page the provider has made."""
    paying = payer(session, reseller_id)
    made = cover_deposits.begin(
        session, paying, kind=accounts.STRIPE, amount=amount, currency=paying.currency, by=by
    )
    made.reference = f"cs_test_{next(_numbers)}"
    made.url = "https://checkout.stripe.com/c/pay/x"
    session.flush()
    return made


def seen(deposit: Deposit, outcome: Outcome = Outcome.PAID, *takings: Taking) -> Seen:
    """What a provider says of a deposit that is paid as it was asked for."""
    return Seen(
        outcome=outcome,
        amount=deposit.amount,
        currency=deposit.currency,
        reference=deposit.reference or "",
        payment_id=f"pi_{deposit.id}",
        deposit_id=deposit.id,
        method="Visa 4242",
        takings=takings,
    )


def refunded(reference: str, amount: int, *, returned: bool = False) -> Taking:
    """A refund that somebody made at the provider."""
    return Taking(taken_for=TakenFor.REFUND, reference=reference, amount=amount, returned=returned)


def disputed(reference: str, amount: int, *, won: bool = False) -> Taking:
    """A dispute."""
    return Taking(taken_for=TakenFor.DISPUTE, reference=reference, amount=amount, returned=won)
