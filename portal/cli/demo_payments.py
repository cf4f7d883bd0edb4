"""How clients of the demonstration pay in: by a simulated Stripe and PayPal, or by transfer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.cli.paypal_double import names as paypal
from portal.cli.stripe_double.books import demo_key, demo_secret
from portal.infra.config import Settings
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.vault import Vault
from portal.ledger.units import MICROS
from portal.payments import accounts, cover_deposits, deposits
from portal.payments import settling as deposited
from portal.payments.accounts import Verdict
from portal.payments.bank import accounts as bank
from portal.payments.bank import transfers
from portal.payments.bank.accounts import Details
from portal.payments.models import Deposit
from portal.payments.port import Seen, Taking, Tested
from portal.payments.statuses import Outcome, TakenFor
from portal.provisioning import settling
from portal.tenancy import resellers
from portal.tenancy.deposit_rules import DepositRules
from portal.tenancy.invoice_rules import InvoiceRules

_TRANSFERRED: Final = "EUR"
_IBAN: Final = "DE89370400440532013000"
"""The one that stands for any other in the examples of banks."""
_WAITING: Final = 50 * MICROS


_WHOLESALE: Final = InvoiceRules(
    issuing=True,
    name="Trunkline Wholesale Inc.",
    address="1 Exchange Place",
    postal_code="07302",
    city="Jersey City",
    country="US",
    note="No sales tax is charged on wholesale messages.",
    prefix="W-",
)
"""Whose invoices the resellers of the demonstration get."""
_TOP_UPS: Final = (200 * MICROS, 500 * MICROS, 1_000 * MICROS, 2_000 * MICROS)


def set_up_operator(session: ResellerSession, settings: Settings, *, by: Actor, slug: str) -> None:
    """How resellers pay the operator: by the same simulations, and by rules of its own."""
    set_up(session, settings, by=by, slug=slug)
    rules = DepositRules(
        amounts=_TOP_UPS, other_amounts=True, least=100 * MICROS, most=10_000 * MICROS
    )
    settling.change(
        session,
        by=by,
        deposits=rules.model_dump(mode="json"),
        invoices=_WHOLESALE.model_dump(mode="json"),
    )


def top_up(session: ResellerSession, *, by: Actor) -> None:
    """The session's reseller has paid the operator by card; the invoice's PDF the worker makes."""
    firm = resellers.own(session)
    payer = cover_deposits.payer_of(firm, currencies=[firm.currency])
    with in_scope_of(session, resellers.OPERATOR_ID) as operator:
        deposit = cover_deposits.begin(
            operator,
            payer,
            kind=accounts.STRIPE,
            amount=_TOP_UPS[0],
            currency=firm.currency,
            by=by,
        )
        _is_paid(operator, deposit)


def set_up(session: ResellerSession, settings: Settings, *, by: Actor, slug: str) -> None:
    """An account with each, as if it had been tested: they do not run yet."""
    _account(
        session,
        settings,
        kind=accounts.STRIPE,
        secrets={"secret_key": demo_key(slug), "signing_secret": demo_secret(slug)},
        merchant=f"acct_{slug}",
        by=by,
    )
    _account(
        session,
        settings,
        kind=accounts.PAYPAL,
        secrets={
            "client_id": paypal.demo_client(slug),
            "client_secret": paypal.demo_secret(slug),
            "webhook_id": paypal.demo_webhook(slug),
        },
        merchant=paypal.merchant_of(paypal.demo_client(slug)),
        by=by,
    )


def _account(
    session: ResellerSession,
    settings: Settings,
    *,
    kind: str,
    secrets: Mapping[str, str],
    merchant: str,
    by: Actor,
) -> None:
    vault = Vault(settings.secret)
    accounts.change(session, kind=kind, secrets=secrets, connected="", by=by, vault=vault)
    trial = accounts.prepare_trial(session, kind=kind, vault=vault, settings=settings)
    answer = Tested(merchant=merchant, name="Simulated shop", is_live=False, can_charge=True)
    accounts.record_trial(session, trial, Verdict(tested=answer), by=by)


def take_transfers(
    session: ResellerSession, *, name: str, currency: str, client: Client, owner: Actor, by: Actor
) -> None:
    """Where euros are paid: an account that is nobody's, and one transfer that is waited for."""
    if currency != _TRANSFERRED:
        return
    bank.change(session, Details(holder=name, iban=_IBAN), currency=currency, by=by)
    transfers.begin(
        session,
        client_id=client.id,
        amount=_WAITING,
        currency=currency,
        priced={currency},
        by=owner,
    )


def pay_in(
    session: ResellerSession, *, client_id: int, amount: int, back: int, currency: str, by: Actor
) -> None:
    """A deposit that was paid by card, and some of it refunded: an invoice and a credit note.

    Their PDFs are made by the worker.
    """
    deposit = deposits.begin(
        session,
        client_id=client_id,
        kind=accounts.STRIPE,
        amount=amount,
        currency=currency,
        priced=(currency,),
        by=by,
    )
    seen = _is_paid(session, deposit)
    taken = Taking(
        taken_for=TakenFor.REFUND, reference=f"re_demo_{deposit.id}", amount=back, returned=False
    )
    deposited.apply(session, deposit_id=deposit.id, seen=replace(seen, takings=(taken,)))


def _is_paid(session: ResellerSession, deposit: Deposit) -> Seen:
    """Have it paid as by a visitor who uses the card of the simulation."""
    seen = Seen(
        outcome=Outcome.PAID,
        amount=deposit.amount,
        currency=deposit.currency,
        reference=f"cs_demo_{deposit.id}",
        payment_id=f"pi_demo_{deposit.id}",
        method="Visa 4242",
    )
    deposited.apply(session, deposit_id=deposit.id, seen=seen)
    return seen
