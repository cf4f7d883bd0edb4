"""What somebody needs who is to transfer money: the account, the reference, and a code to scan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from babel.numbers import get_decimal_symbol
from segno import helpers

from portal.http.language import locale
from portal.infra.db import ResellerSession
from portal.ledger import units
from portal.payments.bank import accounts, references
from portal.payments.bank.models import BankAccount
from portal.payments.models import Deposit
from portal.payments.payable import is_payable

_SEPA: Final = "EUR"
_CODE_SCALE: Final = 4
_GROUP: Final = 4


@dataclass(frozen=True, kw_only=True)
class TransferShown:
    """A transfer as the client is asked for it; `code` is a picture, empty where there is none.

    `account` is none once the reseller asks nobody any more to transfer.
    """

    account: BankAccount | None
    account_number: str
    amount_micros: int
    amount_to_copy: str
    currency: str
    reference: str
    until: datetime
    code: str


def shown(session: ResellerSession, deposit: Deposit) -> TransferShown | None:
    """What a client is asked to transfer for this deposit; None if it is none of that kind."""
    if deposit.waits_until is None or deposit.reference is None:
        return None
    account = accounts.own(session)
    return TransferShown(
        account=account,
        account_number="" if account is None else account_number(account),
        amount_micros=deposit.amount,
        amount_to_copy=_to_copy(deposit),
        currency=deposit.currency,
        reference=references.spaced(deposit.reference),
        until=deposit.waits_until,
        code="" if account is None else _code(account, deposit),
    )


def account_number(account: BankAccount) -> str:
    """The number as people read it: an IBAN in groups of four."""
    if not account.iban:
        return account.number
    return " ".join(account.iban[at : at + _GROUP] for at in range(0, len(account.iban), _GROUP))


def _to_copy(deposit: Deposit) -> str:
    """The amount as the reader's own bank takes it: with the mark of its language, ungrouped."""
    written = units.decimal_string(deposit.amount, deposit.currency)
    return written.replace(units.POINT, get_decimal_symbol(locale()))


def _code(account: BankAccount, deposit: Deposit) -> str:
    """An EPC code, as banks' apps in the euro area scan it: European accounts and euros only."""
    if not account.iban or deposit.currency != _SEPA or not is_payable(deposit.amount, _SEPA):
        return ""
    made = helpers.make_epc_qr(
        name=account.holder,
        iban=account.iban,
        bic=account.bic or None,
        amount=Decimal(units.decimal_string(deposit.amount, _SEPA)),
        reference=deposit.reference,
    )
    return str(made.svg_data_uri(scale=_CODE_SCALE, border=4, light="#fff"))
