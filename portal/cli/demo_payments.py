"""How clients of the demonstration pay in: with a Stripe and a PayPal that are simulated."""

from __future__ import annotations

from collections.abc import Mapping

from portal.accounts.actor import Actor
from portal.cli.paypal_double import names as paypal
from portal.cli.stripe_double.books import demo_key, demo_secret
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.vault import Vault
from portal.payments import accounts
from portal.payments.accounts import Verdict
from portal.payments.port import Tested


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
