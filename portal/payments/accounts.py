"""A reseller's accounts with providers: their secrets, whether they work, which one is in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import clock, ids, outgoing
from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault
from portal.payments import registry
from portal.payments.errors import AccountUnfit, NoProvider, ProviderError, Unfit
from portal.payments.models import Deposit, PaymentAccount
from portal.payments.port import Access, Tested

STRIPE: Final = "stripe"
PAYPAL: Final = "paypal"
_PURPOSE: Final = "payment account"
TROUBLE_LENGTH_MAX: Final = 300


@dataclass(frozen=True, kw_only=True)
class Trial:
    """An account that is about to be tested, as it was when that was asked for."""

    account_id: int
    kind: str
    access: Access
    sealed: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a test has brought: who the account says it is, or why it cannot be used."""

    tested: Tested | None
    trouble: str = ""

    @property
    def is_good(self) -> bool:
        """Whether clients can pay with it."""
        return self.tested is not None and self.tested.can_charge


def own(session: ResellerSession, kind: str) -> PaymentAccount | None:
    """The account of this kind that is in use, tested or not."""
    return session.scalars(
        select(PaymentAccount).where(
            PaymentAccount.provider == kind, PaymentAccount.retired_at.is_(None)
        )
    ).one_or_none()


def all_of(session: ResellerSession, kind: str) -> list[PaymentAccount]:
    """Every account of this kind, the one in use first: old ones still hear of refunds."""
    found = session.scalars(
        select(PaymentAccount)
        .where(PaymentAccount.provider == kind)
        .order_by(PaymentAccount.id.desc())
    )
    return sorted(found, key=lambda each: each.retired_at is not None)


def offered(session: ResellerSession) -> list[PaymentAccount]:
    """The accounts that clients can pay with, oldest first."""
    return list(
        session.scalars(
            select(PaymentAccount)
            .where(
                PaymentAccount.retired_at.is_(None),
                PaymentAccount.tested_at.is_not(None),
                PaymentAccount.offered,
            )
            .order_by(PaymentAccount.id)
        )
    )


def by_id(session: ResellerSession, account_id: int) -> PaymentAccount:
    """An account of the reseller's.

    Raises:
        NotFound: there is none.
    """
    found = session.get(PaymentAccount, (session.reseller_id, account_id))
    if found is None:
        raise NotFound("payment account", account_id)
    return found


def access(
    session: ResellerSession, account: PaymentAccount, *, vault: Vault, settings: Settings
) -> Access:
    """What is needed to ask the provider about this account's payments.

    A retired one of the same merchant speaks with the secrets in use, since its own may be
    withdrawn by now.

    Raises:
        Unsealable: the installation's secret is another one by now.
    """
    current = own(session, account.provider)
    if account.retired_at and current and account.merchant and current.merchant == account.merchant:
        account = current
    return opened(account, vault=vault, settings=settings)


def opened(account: PaymentAccount, *, vault: Vault, settings: Settings) -> Access:
    """The account with its own secrets.

    Raises:
        Unsealable: the installation's secret is another one by now.
    """
    return Access(
        secrets={
            name: vault.open(sealed, purpose=_PURPOSE) for name, sealed in account.secrets.items()
        },
        connected=account.connected,
        is_live=account.is_live,
        origin=registry.adapter(account.provider).api(settings),
    )


def change(
    session: ResellerSession,
    *,
    kind: str,
    secrets: Mapping[str, str],
    connected: str,
    by: Actor,
    vault: Vault,
    is_live: bool | None = None,
) -> PaymentAccount:
    """Keep an account; clients see it once it was tested.

    `is_live` is for keys that do not say themselves whether real money moves. A secret that is left
    empty stays the one that is kept, but not beside a new key: whoever may change these must not
    learn anything by it. An account that has deposits is retired.

    Raises:
        AccountUnfit: for the first field that is wrong.
        NotFound: there is no such provider.
    """
    adapter = registry.adapter(kind)
    before = own(session, kind)
    kept = {} if before is None else before.secrets
    sealed = {
        name: vault.seal(secrets[name], purpose=_PURPOSE) if secrets.get(name) else kept.get(name)
        for name in adapter.secrets
    }
    missing = next((name for name in adapter.secrets if not sealed[name]), None)
    if missing is not None:
        raise AccountUnfit(Unfit(missing))
    _check(kind, sealed, connected, vault=vault)
    is_same = before and before.connected == connected and is_live in {None, before.is_live}
    if before and is_same and not secrets.get(adapter.secrets[0]):
        account = before
        account.secrets = sealed
    else:
        account = _in_place_of(session, before, kind, sealed, connected)
        account.is_live = bool(is_live)
    session.flush()
    activity.record(
        session, by=by, what="payment_account.changed", about_id=account.id, kind=adapter.label
    )
    return account


def _check(kind: str, sealed: Mapping[str, str | None], connected: str, *, vault: Vault) -> None:
    try:
        plain = {name: vault.open(value or "", purpose=_PURPOSE) for name, value in sealed.items()}
    except Unsealable:
        raise AccountUnfit(Unfit(next(iter(sealed)))) from None
    registry.provider_class(kind).check(Access(secrets=plain, connected=connected))


def _in_place_of(
    session: ResellerSession,
    before: PaymentAccount | None,
    kind: str,
    sealed: Mapping[str, str | None],
    connected: str,
) -> PaymentAccount:
    if before is not None:
        _let_go(session, before)
    account = PaymentAccount(
        id=ids.new(),
        provider=kind,
        secrets=dict(sealed),
        connected=connected,
        created_at=clock.now(),
    )
    session.add(account)
    return account


def remove(session: ResellerSession, *, kind: str, by: Actor) -> None:
    """Take no more payments with it; those that were made can still be refunded.

    Raises:
        NotFound: there is none in use.
    """
    account = own(session, kind)
    if account is None:
        raise NotFound("payment account", kind)
    _let_go(session, account)
    activity.record(
        session,
        by=by,
        what="payment_account.removed",
        about_id=account.id,
        kind=registry.adapter(kind).label,
    )


def _let_go(session: ResellerSession, account: PaymentAccount) -> None:
    """Retire an account, and forget one with which nothing was ever begun."""
    is_used = session.scalar(select(Deposit.id).where(Deposit.account_id == account.id).limit(1))
    if is_used is None and account.heard_at is None:
        session.delete(account)
    else:
        account.retired_at = clock.now()
    session.flush()


def offer(session: ResellerSession, *, kind: str, offered: bool, by: Actor) -> None:
    """Let clients choose this way to pay, or keep it from them for a while.

    Raises:
        NotFound: there is no such account.
    """
    account = own(session, kind)
    if account is None:
        raise NotFound("payment account", kind)
    if account.offered != offered:
        account.offered = offered
        what = "payment_account.offered" if offered else "payment_account.paused"
        label = registry.adapter(kind).label
        activity.record(session, by=by, what=what, about_id=account.id, kind=label)


def prepare_trial(
    session: ResellerSession, *, kind: str, vault: Vault, settings: Settings
) -> Trial:
    """Read all that a test needs, so that no transaction is open during it.

    Raises:
        NoProvider: there is no such account, or its secrets cannot be read any more.
    """
    account = own(session, kind)
    if account is None:
        raise NoProvider(kind)
    try:
        found = opened(account, vault=vault, settings=settings)
    except Unsealable:
        raise NoProvider(kind) from None
    return Trial(account_id=account.id, kind=kind, access=found, sealed=dict(account.secrets))


def try_out(trial: Trial) -> Verdict:
    """Ask the provider who we are."""
    with outgoing.call(f"payments: test {trial.kind}"):
        try:
            return Verdict(tested=registry.open_account(trial.kind, trial.access).test())
        except ProviderError as error:
            return Verdict(tested=None, trouble=error.reason[:TROUBLE_LENGTH_MAX])


def record_trial(session: ResellerSession, trial: Trial, verdict: Verdict, *, by: Actor) -> bool:
    """Note what a test has brought; False if the account is another by now, and nothing is noted.

    A provider that does not answer for a moment takes no account out of use.
    """
    account = session.get(PaymentAccount, (session.reseller_id, trial.account_id))
    if account is None or account.retired_at or dict(account.secrets) != dict(trial.sealed):
        return False
    account.trouble = verdict.trouble
    if verdict.tested is not None:
        account.merchant, account.merchant_name = verdict.tested.merchant, verdict.tested.name
        account.is_live = verdict.tested.is_live
        account.tested_at = clock.now() if verdict.tested.can_charge else None
        account.failing_since = None
    activity.record(
        session,
        by=by,
        what="payment_account.tested",
        about_id=account.id,
        kind=registry.adapter(trial.kind).label,
        works=verdict.is_good,
    )
    return True
