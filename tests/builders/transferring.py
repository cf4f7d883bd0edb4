"""A bank account, transfers that are waited for, and lines of statements, in one line each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.payments.bank import accounts, importing, transfers
from portal.payments.bank.accounts import Details
from portal.payments.bank.models import BankAccount, BankLine, BankStatement
from portal.payments.models import Deposit
from tests.cast import UNIT, Firm

IBAN = "DE89370400440532013000"
OTHER_IBAN = "DE02120300000000202051"
WIRE = Path(__file__).parents[1] / "wire" / "bank"


def account(
    session: ResellerSession, *, by: Actor, currency: str = "EUR", iban: str = IBAN
) -> BankAccount:
    """An account that clients can transfer to."""
    return accounts.change(
        session,
        Details(holder="Harbour SMS GmbH", iban=iban, bic="COBADEFFXXX", note="Bitte nur SEPA."),
        currency=currency,
        by=by,
    )


def begun(
    session: ResellerSession, firm: Firm, *, amount: int = 50 * UNIT, currency: str = ""
) -> Deposit:
    """A transfer that is waited for."""
    return transfers.begin(
        session,
        client_id=firm.client_id,
        amount=amount,
        currency=currency or {1: "USD", 2: "EUR"}[firm.reseller_id],
        priced=(),
        by=firm.owner,
    )


def entry(
    amount: str = "50.00",
    text: str = "",
    *,
    number: str = "",
    direction: str = "CRDT",
    status: str = "BOOK",
    currency: str = "EUR",
    day: str = "2026-11-18",
    name: str = "Buchladen",
    reversal: str = "",
) -> str:
    """An entry of a statement in version 02."""
    party = "Cdtr" if direction == "DBIT" else "Dbtr"
    return f"""<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>
    {f"<RvslInd>{reversal}</RvslInd>" if reversal else ""}<Sts>{status}</Sts>
    <BookgDt><Dt>{day}</Dt></BookgDt>{f"<AcctSvcrRef>{number}</AcctSvcrRef>" if number else ""}
    <NtryDtls><TxDtls><RltdPties><{party}><Nm>{name}</Nm></{party}></RltdPties>
    <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def camt(*entries: str, iban: str = IBAN, message: str = "053", version: str = "02") -> bytes:
    """A statement with these entries."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version}"><BkToCstmrStmt>
    <Stmt><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{"".join(entries)}</Stmt>
    </BkToCstmrStmt></Document>""".encode()


def taken_in(session: ResellerSession, *entries: str, by: Actor) -> BankStatement:
    """A statement that was imported."""
    return importing.take_in(session, camt(*entries), by=by)


def line(session: ResellerSession, *, by: Actor, text: str = "", amount: str = "50.00") -> BankLine:
    """The one line of a statement that was imported."""
    statement = taken_in(session, entry(amount, text), by=by)
    (found,) = importing.lines_of(session, statement_id=statement.id)
    return found


DAY = date(2026, 11, 18)
