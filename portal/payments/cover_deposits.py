"""Deposits that a reseller makes with the operator: begun and found, in the operator's session.

The operator is paid as a reseller is: to accounts of its own, by rules of its own. Who pays is a
reseller, and it sees its own deposits only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.payments import deposits, payable
from portal.payments.bank import accounts as bank
from portal.payments.bank import references
from portal.payments.bank.errors import TooManyWaiting
from portal.payments.bank.transfers import WAITING_MAX, WAITS_FOR
from portal.payments.errors import CurrencyNotOffered, NoProvider
from portal.payments.models import Deposit
from portal.payments.statuses import State
from portal.tenancy.models import Reseller
from portal.tenancy.resellers import OPERATOR_ID


@dataclass(frozen=True, kw_only=True)
class Payer:
    """A reseller that pays, and the currencies that it has covers in, its own first."""

    id: int
    number: int
    name: str
    currency: str
    currencies: Collection[str]


def payer_of(reseller: Reseller, *, currencies: Collection[str]) -> Payer:
    """The reseller as the operator's deposits know it."""
    return Payer(
        id=reseller.id,
        number=reseller.number,
        name=reseller.name,
        currency=reseller.currency,
        currencies=currencies,
    )


def usable(session: ResellerSession, payer: Payer) -> list[str]:
    """What the reseller can pay in, its own currency first; in the operator's session."""
    return payable.currencies(session, priced=payer.currencies, own=payer.currency)


def begin(
    session: ResellerSession,
    payer: Payer,
    *,
    kind: str,
    amount: int,
    currency: str,
    by: Actor,
    owed: int = 0,
) -> Deposit:
    """A deposit that nobody has paid yet; to be committed before the provider is asked.

    `owed` is what of the operator's invoices is unpaid: that can be paid to the cent.

    Raises:
        AmountNotOffered: it is none of the operator's, or the currency has no coins for it.
        CurrencyNotOffered: the operator does not take it, or the reseller has no cover in it.
        NoProvider: the operator cannot be paid in this way at the moment.
        NotFound: the session is not the operator's, or the payer is the operator itself.
    """
    if session.reseller_id != OPERATOR_ID or payer.id == OPERATOR_ID:
        raise NotFound("reseller", payer.id)
    if currency not in usable(session, payer):
        raise CurrencyNotOffered(currency)
    deposit = deposits.unpaid(
        session, kind=kind, amount=amount, currency=currency, by=by, owed=owed
    )
    deposit.payer_id, deposit.payer_name = payer.id, payer.name
    return deposits.added(session, deposit, by=by)


def begin_transfer(
    session: ResellerSession,
    payer: Payer,
    *,
    amount: int,
    currency: str,
    by: Actor,
    owed: int = 0,
) -> Deposit:
    """A deposit with a reference of its own, which waits until money comes.

    Raises:
        TooManyWaiting: the reseller has ten of them.
        CurrencyNotOffered: the operator's account is kept in another one.
        AmountNotOffered, NoProvider, NotFound: as for others.
    """
    account = bank.held(session)  # so that two at once are not numbered alike
    if account is None:
        raise NoProvider(bank.KIND)
    if currency != account.currency:
        raise CurrencyNotOffered(currency)
    if waiting(session, payer_id=payer.id) >= WAITING_MAX:
        raise TooManyWaiting(f"reseller {payer.id} has {WAITING_MAX} transfers waiting")
    before = _count(session, payer.id)
    if before >= references.COUNT_MAX:
        raise NoProvider(bank.KIND)
    deposit = begin(
        session, payer, kind=bank.KIND, amount=amount, currency=currency, by=by, owed=owed
    )
    deposit.reference = references.make(client_number=payer.number, count=before + 1)
    deposit.waits_until = deposit.started_at + WAITS_FOR
    deposit.look_at = None
    session.flush()
    return deposit


def waiting(session: ResellerSession, *, payer_id: int) -> int:
    """How many transfers of a reseller are waited for."""
    return _count(session, payer_id, state=State.PENDING)


def _count(session: ResellerSession, payer_id: int, *, state: State | None = None) -> int:
    query = (
        select(func.count())
        .select_from(Deposit)
        .where(Deposit.payer_id == payer_id, Deposit.waits_until.is_not(None))
    )
    if state is not None:
        query = query.where(Deposit.state == state)
    return session.scalars(query).one()


def of_payer(session: ResellerSession, deposit_id: int, *, payer_id: int) -> Deposit:
    """A deposit of this reseller's, in the operator's session.

    Raises:
        NotFound: there is none, or it is another's.
    """
    found = deposits.by_id(session, deposit_id)
    if found.payer_id != payer_id:
        raise NotFound("deposit", deposit_id)
    return found
