"""How clients of the demonstration pay in: with a Stripe that is simulated."""

from __future__ import annotations

from portal.accounts.actor import Actor
from portal.cli.stripe_double.books import demo_key, demo_secret
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.vault import Vault
from portal.payments import accounts
from portal.payments.accounts import Verdict
from portal.payments.port import Tested


def set_up(session: ResellerSession, settings: Settings, *, by: Actor, slug: str) -> None:
    """An account with the simulated Stripe, as if it had been tested: that does not run yet."""
    vault = Vault(settings.secret)
    accounts.change(
        session,
        kind=accounts.STRIPE,
        secrets={"secret_key": demo_key(slug), "signing_secret": demo_secret(slug)},
        connected="",
        by=by,
        vault=vault,
    )
    trial = accounts.prepare_trial(session, kind=accounts.STRIPE, vault=vault, settings=settings)
    answer = Tested(merchant=f"acct_{slug}", name="Simulated shop", is_live=False, can_charge=True)
    accounts.record_trial(session, trial, Verdict(tested=answer), by=by)
