"""How clients of the demonstration pay in: by a simulated Stripe and PayPal, or by transfer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.cli.paypal_double import names as paypal
from portal.cli.stripe_double import cards
from portal.cli.stripe_double.books import PAYS, demo_key, demo_secret
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.vault import Vault
from portal.ledger.units import MICROS
from portal.payments import accounts, cover_deposits, deposits, saved_methods, top_up_rules
from portal.payments import settling as deposited
from portal.payments.accounts import Verdict
from portal.payments.bank import accounts as bank
from portal.payments.bank import transfers
from portal.payments.bank.accounts import Details
from portal.payments.models import Deposit
from portal.payments.port import Kept, Seen, Taking, Tested
from portal.payments.statuses import Outcome, TakenFor
from portal.payments.top_up_rules import Wish
from portal.provisioning import settling
from portal.tenancy import resellers, settings
from portal.tenancy.deposit_rules import DepositRules
from portal.tenancy.invoice_rules import InvoiceRules

_KEEPS_CARD: Final = "USD"
_TOPPED_UP: Final = Wish(threshold=5 * MICROS, amount=20 * MICROS, count_max=3, sum_max=60 * MICROS)
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


def set_up_operator(
    session: ResellerSession, installation: Settings, *, by: Actor, slug: str
) -> None:
    """How resellers pay the operator: by the same simulations, and by rules of its own."""
    set_up(session, installation, by=by, slug=slug)
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


def set_up(session: ResellerSession, installation: Settings, *, by: Actor, slug: str) -> None:
    """An account with each, as if it had been tested: they do not run yet."""
    _account(
        session,
        installation,
        kind=accounts.STRIPE,
        secrets={"secret_key": demo_key(slug), "signing_secret": demo_secret(slug)},
        merchant=f"acct_{slug}",
        by=by,
    )
    _account(
        session,
        installation,
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
    installation: Settings,
    *,
    kind: str,
    secrets: Mapping[str, str],
    merchant: str,
    by: Actor,
) -> None:
    vault = Vault(installation.secret)
    accounts.change(session, kind=kind, secrets=secrets, connected="", by=by, vault=vault)
    trial = accounts.prepare_trial(session, kind=kind, vault=vault, settings=installation)
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
    session: ResellerSession,
    *,
    client_id: int,
    amount: int,
    back: int,
    currency: str,
    by: Actor,
    keeps: bool = False,
) -> int:
    """A deposit that was paid by card, and some of it refunded: an invoice and a credit note.

    Their PDFs are made by the worker. The deposit's id.
    """
    deposit = deposits.begin(
        session,
        client_id=client_id,
        kind=accounts.STRIPE,
        amount=amount,
        currency=currency,
        priced=(currency,),
        by=by,
        keeps=keeps,
    )
    seen = _is_paid(session, deposit)
    taken = Taking(
        taken_for=TakenFor.REFUND, reference=f"re_demo_{deposit.id}", amount=back, returned=False
    )
    deposited.apply(session, deposit_id=deposit.id, seen=replace(seen, takings=(taken,)))
    return deposit.id


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


def keep_card(
    session: ResellerSession, *, deposit_id: int, currency: str, owner: Actor, by: Actor
) -> None:
    """Where dollars are paid: a card that is kept, and charged by itself when the balance is low.

    The simulated Stripe knows this card of each account, so that it can be charged.
    """
    if currency != _KEEPS_CARD:
        return
    rules = settings.read(session).deposits.model_copy(update={"automatic": True})
    settling.change(session, by=by, deposits=rules.model_dump(mode="json"))
    slug = resellers.own(session).slug
    kept = Kept(
        customer=cards.demo_customer(slug),
        method=cards.demo_method(slug),
        brand="Visa",
        last_four=PAYS[-4:],
        expires_on=date(clock.now().year + 3, 12, 31),
    )
    saved_methods.record_kept(session, deposit_id=deposit_id, kept=kept)
    assert owner.client_id is not None
    top_up_rules.switch_on(session, client_id=owner.client_id, wish=_TOPPED_UP, by=owner)
