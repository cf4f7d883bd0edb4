"""Begin a deposit, have the provider make its page, and find deposits again.

The row is committed before the provider is called, so that a notification always finds it.
Beginning is prepare, call, record: no transaction is open during the call.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from portal.accounts import access as reach
from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongStanding
from portal.accounts.statuses import MAY_SIGN_IN
from portal.infra import clock, ids, outgoing
from portal.infra.config import Settings
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault
from portal.payments import accounts, payable, registry
from portal.payments.errors import (
    AmountNotOffered,
    CurrencyNotOffered,
    NoProvider,
    ProviderError,
    Refused,
)
from portal.payments.models import Deposit, PaymentAccount
from portal.payments.port import Access, Started, Wanted
from portal.payments.statuses import State, Trouble
from portal.tenancy import branding, links, settings

PAYABLE_FOR: Final = timedelta(hours=23)
"""How long the provider's page is good for; Stripe allows a day at most."""
FIRST_LOOK_AFTER: Final = timedelta(minutes=3)
_LATER_LOOKS_MAX: Final = timedelta(hours=6)
LOOKED_FOR: Final = timedelta(days=30)
"""How long a provider is asked about a deposit that it says nothing of."""


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """A deposit whose page is about to be asked for."""

    deposit_id: int
    kind: str
    access: Access
    wanted: Wanted


def begin(
    session: ResellerSession,
    *,
    client_id: int,
    kind: str,
    amount: int,
    currency: str,
    priced: Collection[str],
    by: Actor,
    terms: str = "",
    keeps: bool = False,
    method_id: int | None = None,
) -> Deposit:
    """A deposit that nobody has paid yet; to be committed before the provider is asked.

    `keeps` says that the client wants its card to be kept, where the provider can do that.
    `method_id` is a kept card that is to be charged, where nobody pays on a page.

    Raises:
        AmountNotOffered: it is none of the reseller's, or the currency has no coins for it.
        CurrencyNotOffered: the reseller does not take it, or the client could buy nothing with it.
        NoProvider: clients cannot pay in this way at the moment.
        WrongStanding: the client is not let in.
        NotFound: there is no such client.
    """
    client = reach.client_by_id(session, actor=by, client_id=client_id)
    if client.standing not in MAY_SIGN_IN:
        raise WrongStanding(client.standing)
    if currency not in payable.currencies(session, priced=priced, own=client.currency):
        raise CurrencyNotOffered(currency)
    deposit = unpaid(session, kind=kind, amount=amount, currency=currency, by=by)
    deposit.client_id, deposit.terms = client.id, terms
    deposit.keeps, deposit.method_id = keeps and registry.keeps(kind), method_id
    return added(session, deposit, by=by)


def unpaid(
    session: ResellerSession,
    *,
    kind: str,
    amount: int,
    currency: str,
    by: Actor,
    owed: int = 0,
) -> Deposit:
    """A deposit as the rules and the accounts allow it, to be given to whoever pays it.

    What is `owed` can be paid to the cent, whatever the rules say of other amounts.

    Raises:
        AmountNotOffered: it is none of the list, or the currency has no coins for it.
        NoProvider: nobody can pay in this way at the moment.
    """
    is_offered = amount == owed > 0 or settings.read(session).deposits.takes(amount)
    if not is_offered or not payable.is_payable(amount, currency):
        raise AmountNotOffered(amount)
    account = next((each for each in accounts.offered(session) if each.provider == kind), None)
    # Which currency a bank account is kept in, its own part knows.
    takes_any = kind not in registry.ADAPTERS
    if account is None or not (takes_any or registry.adapter(kind).takes(currency)):
        raise NoProvider(kind)
    now = clock.now()
    return Deposit(
        id=ids.new(),
        account_id=account.id,
        person_id=by.person_id,
        amount=amount,
        currency=currency,
        state=State.PENDING,
        trouble=Trouble.NONE,
        started_at=now,
        look_at=now + FIRST_LOOK_AFTER,
    )


def added(session: ResellerSession, deposit: Deposit, *, by: Actor) -> Deposit:
    """The deposit, kept and recorded."""
    session.add(deposit)
    session.flush()
    activity.record(
        session,
        by=by,
        what="deposit.started",
        client_id=deposit.client_id,
        about_id=deposit.id,
        amount=deposit.amount,
        currency=deposit.currency,
    )
    return deposit


def prepare(
    session: ResellerSession,
    *,
    deposit_id: int,
    email: str,
    language: str,
    vault: Vault,
    installation: Settings,
) -> Beginning | None:
    """Read all that the provider is told; None if there is a page already, or nothing to pay.

    Raises:
        NoProvider: the account is gone, or its secrets cannot be read any more.
        NotFound: there is no such deposit.
    """
    deposit = by_id(session, deposit_id)
    if deposit.url or deposit.state is not State.PENDING or deposit.is_automatic:
        return None
    account = accounts.by_id(session, deposit.account_id)
    try:
        found = accounts.access(session, account, vault=vault, settings=installation)
    except Unsealable:
        raise NoProvider(account.provider) from None
    here = _page_of(session, deposit, installation)
    return Beginning(
        deposit_id=deposit.id,
        kind=account.provider,
        access=found,
        wanted=Wanted(
            deposit_id=deposit.id,
            amount=deposit.amount,
            currency=deposit.currency,
            title=branding.own(session).title,
            email=email,
            language=language,
            return_url=here,
            cancel_url=here,
            until=deposit.started_at + PAYABLE_FOR,
            keep=deposit.keeps,
        ),
    )


def _page_of(session: ResellerSession, deposit: Deposit, installation: Settings) -> str:
    """Where whoever pays sees what has become of it: on the portal that they are on."""
    if deposit.payer_id is None:
        return links.deposit(links.origin_of(session, installation), deposit.id)
    with in_scope_of(session, deposit.payer_id) as payer:
        return links.cover_payment(links.origin_of(payer, installation), deposit.id)


def start(beginning: Beginning) -> Started:
    """Have the provider make its page.

    Raises:
        Unanswered, Refused: there is none.
    """
    with outgoing.call(f"payments: start {beginning.kind}"):
        return registry.open_account(beginning.kind, beginning.access).start(beginning.wanted)


def record_start(session: ResellerSession, beginning: Beginning, started: Started) -> None:
    """Keep where the client pays."""
    deposit = held(session, beginning.deposit_id)
    deposit.reference, deposit.trouble = started.reference, Trouble.NONE
    if deposit.state is State.PENDING:
        deposit.url = started.url


def record_silence(session: ResellerSession, beginning: Beginning, error: ProviderError) -> None:
    """Note that there is no page: the same form may be sent again, and nothing is paid twice."""
    deposit = held(session, beginning.deposit_id)
    if deposit.url:
        return
    deposit.trouble = Trouble.NOT_STARTED
    if isinstance(error, Refused):
        accounts.by_id(session, deposit.account_id).trouble = error.reason[
            : accounts.TROUBLE_LENGTH_MAX
        ]


def by_id(session: ResellerSession, deposit_id: int) -> Deposit:
    """A deposit of the reseller's clients.

    Raises:
        NotFound: there is none.
    """
    found = session.get(Deposit, (session.reseller_id, deposit_id))
    if found is None:
        raise NotFound("deposit", deposit_id)
    return found


def of_actor(session: ResellerSession, deposit_id: int, *, actor: Actor) -> Deposit:
    """A deposit that this actor may know of.

    Raises:
        NotFound: there is none, or it is another client's.
    """
    deposit = by_id(session, deposit_id)
    if deposit.client_id is None:
        raise NotFound("deposit", deposit_id)
    reach.client_by_id(session, actor=actor, client_id=deposit.client_id)
    return deposit


def held(session: ResellerSession, deposit_id: int) -> Deposit:
    """The deposit, held until the transaction ends; before any wallet.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(
        select(Deposit)
        .where(Deposit.id == deposit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("deposit", deposit_id)
    return found


def account_of(session: ResellerSession, deposit: Deposit) -> PaymentAccount:
    """The account that a deposit is paid to."""
    return accounts.by_id(session, deposit.account_id)


def next_look(deposit: Deposit, *, now: datetime) -> datetime | None:
    """When the provider is asked next about a deposit that is not decided; None: never again."""
    if now - deposit.started_at >= LOOKED_FOR:
        return None
    pause: timedelta = min(FIRST_LOOK_AFTER * 2 ** min(deposit.looks, 10), _LATER_LOOKS_MAX)
    return now + pause
