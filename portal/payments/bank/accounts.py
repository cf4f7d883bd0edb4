"""The account that a reseller's clients transfer to: checked, kept, offered, replaced."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import select
from stdnum import bic, iban

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.payments import accounts
from portal.payments.bank.errors import BankUnfit, Unfit
from portal.payments.bank.models import BankAccount
from portal.payments.models import Deposit, PaymentAccount

KIND: Final = "bank"
"""What a payment account is called that is a bank's."""
_LABEL: Final = "IBAN"
HOLDER_LENGTH_MAX: Final = 70
NOTE_LENGTH_MAX: Final = 500
_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{3,33}", re.ASCII)
_SURE_DIGITS: Final = 6
"""How many digits of an account's number are enough to know it by when a bank leaves some out."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """What somebody wrote of a bank account."""

    holder: str
    iban: str = ""
    number: str = ""
    bank: str = ""
    bic: str = ""
    note: str = ""


def own(session: ResellerSession) -> BankAccount | None:
    """The account in use, offered or not."""
    account = accounts.own(session, KIND)
    return None if account is None else of(session, account.id)


def of(session: ResellerSession, account_id: int) -> BankAccount:
    """The bank's side of a payment account.

    Raises:
        NotFound: it is none of a bank.
    """
    found = session.get(BankAccount, (session.reseller_id, account_id))
    if found is None:
        raise NotFound("bank account", account_id)
    return found


def held(session: ResellerSession) -> BankAccount | None:
    """The account in use, held for the transaction, so that one statement comes at a time."""
    account = accounts.own(session, KIND)
    if account is None:
        return None
    return session.scalars(
        select(BankAccount).where(BankAccount.account_id == account.id).with_for_update()
    ).one()


def is_offered(session: ResellerSession) -> bool:
    """Whether clients can pay in by transfer."""
    return any(each.provider == KIND for each in accounts.offered(session))


def is_transfer(session: ResellerSession, deposit: Deposit) -> bool:
    """Whether a deposit is one by bank transfer."""
    return accounts.by_id(session, deposit.account_id).provider == KIND


def change(session: ResellerSession, details: Details, *, currency: str, by: Actor) -> BankAccount:
    """Keep an account; another number takes the place of the one before, which is retired.

    Whoever waits with a transfer reads the new one from then on.

    Raises:
        BankUnfit: for the first field that is wrong.
    """
    fit = checked(details)
    before = own(session)
    account: PaymentAccount | None = None
    if before is not None:
        account = accounts.by_id(session, before.account_id)
        if (before.iban, before.number) != (fit.iban, fit.number):
            account.retired_at = clock.now()
            session.flush()
            account = None
    if before is None or account is None:
        account = _new(fit)
        session.add(account)
        session.flush()
        columns = {} if before is None else before.columns
        kept = BankAccount(account_id=account.id, currency=currency, columns=columns, **asdict(fit))
        session.add(kept)
    else:
        kept = before
        kept.holder, kept.bank, kept.bic, kept.note = fit.holder, fit.bank, fit.bic, fit.note
        kept.currency = currency
    account.merchant_name = fit.holder
    session.flush()
    activity.record(
        session, by=by, what="payment_account.changed", about_id=account.id, name=_ending(kept)
    )
    return kept


def _new(details: Details) -> PaymentAccount:
    now = clock.now()
    return PaymentAccount(
        id=ids.new(),
        provider=KIND,
        secrets={},
        connected="",
        merchant=details.iban or details.number,
        is_live=True,
        created_at=now,
        tested_at=now,  # there is nobody to ask: the check digits are all the test there is
    )


def offer(session: ResellerSession, *, offered: bool, by: Actor) -> None:
    """Let clients choose to transfer, or keep it from them for a while.

    Raises:
        NotFound: there is no account.
    """
    account, kept = _in_use(session)
    if account.offered != offered:
        account.offered = offered
        what = "payment_account.offered" if offered else "payment_account.paused"
        activity.record(session, by=by, what=what, about_id=account.id, name=_ending(kept))


def remove(session: ResellerSession, *, by: Actor) -> None:
    """Ask nobody any more to transfer to it; what waits can still be confirmed.

    Raises:
        NotFound: there is no account.
    """
    account, kept = _in_use(session)
    account.retired_at = clock.now()
    activity.record(
        session,
        by=by,
        what="payment_account.removed",
        about_id=account.id,
        name=_ending(kept),
    )


def _in_use(session: ResellerSession) -> tuple[PaymentAccount, BankAccount]:
    account = accounts.own(session, KIND)
    if account is None:
        raise NotFound("payment account", KIND)
    return account, of(session, account.id)


def _ending(kept: BankAccount) -> str:
    """As a record names it: enough to know it by."""
    return f"{_LABEL if kept.iban else '#'} …{(kept.iban or kept.number)[-4:]}"


def checked(details: Details) -> Details:
    """The same as banks write it.

    Raises:
        BankUnfit: for the first field that is wrong.
    """
    if not details.holder or len(details.holder) > HOLDER_LENGTH_MAX:
        raise BankUnfit(Unfit.HOLDER)
    if details.iban and not (details.iban.isascii() and iban.is_valid(details.iban)):
        raise BankUnfit(Unfit.IBAN)
    if bool(details.iban) == bool(details.number):
        raise BankUnfit(Unfit.NUMBER if details.iban else Unfit.IBAN)
    if details.number and not _NUMBER.fullmatch(details.number):
        raise BankUnfit(Unfit.NUMBER)
    if details.number and not details.bank:
        raise BankUnfit(Unfit.BANK)
    if details.bic and not (details.bic.isascii() and bic.is_valid(details.bic)):
        raise BankUnfit(Unfit.BIC)
    return Details(
        holder=details.holder,
        iban=iban.compact(details.iban),
        number=details.number,
        bank=details.bank,
        bic=bic.compact(details.bic),
        note=details.note,
    )


def is_own(kept: BankAccount, said: str) -> bool:
    """Whether this is how a bank names the account: its IBAN, or the number inside of that."""
    plain, ours = _plain(said), _plain(kept.iban or kept.number)
    if plain == ours:
        return True
    longer, shorter = sorted((plain, ours), key=len, reverse=True)
    shorter = shorter.lstrip("0")
    return len(shorter) >= _SURE_DIGITS and shorter.isdigit() and longer.endswith(shorter)


def _plain(said: str) -> str:
    return re.sub("[^0-9A-Z]", "", said.upper())
