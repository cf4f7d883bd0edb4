"""Take a bank's statement in: every line once, and credited at once only what is beyond doubt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.payments.bank import accounts, alike, booking, camt, columns, matching, sheet
from portal.payments.bank.columns import Columns
from portal.payments.bank.lines import BYTES_MAX, Statement, UnreadableStatement, keyed
from portal.payments.bank.models import BankAccount, BankLine, BankStatement
from portal.payments.bank.sheet import Sheet
from portal.payments.bank.statuses import Became, Form, Kind, Unreadable
from portal.payments.errors import NoProvider

_ROWS_AT_ONCE: Final = 500
_WAITS_FOR_COLUMNS: Final = timedelta(days=1)


def take_in(session: ResellerSession, data: bytes, *, by: Actor) -> BankStatement:
    """Keep a statement's lines and credit what is sure; the same file again changes nothing.

    A CSV file with columns that nobody has named yet is kept with `content`, and nothing is booked
    before `name_columns`.

    Raises:
        NoProvider: the reseller has no bank account here.
        UnreadableStatement: saying why; nothing is kept.
    """
    account = accounts.held(session)
    if account is None:
        raise NoProvider(accounts.KIND)
    if len(data) > BYTES_MAX:
        raise UnreadableStatement(Unreadable.TOO_LARGE)
    if not data.strip():
        raise UnreadableStatement(Unreadable.EMPTY)
    if camt.is_one(data):
        found = camt.read(data, is_own=lambda said: accounts.is_own(account, said))
        return _kept(session, _made(session, account, Form.CAMT, by=by), account, found, by=by)
    table = sheet.read(data)
    said = columns.kept(account.columns)
    if said is None or not said.fits(table):
        made = _made(session, account, Form.CSV, by=by)
        made.content = data
        session.flush()
        return made
    found = _applied(table, said, account)
    return _kept(session, _made(session, account, Form.CSV, by=by), account, found, by=by)


def name_columns(
    session: ResellerSession, statement_id: int, said: Columns, *, by: Actor
) -> BankStatement:
    """Read a file that waits for its columns to be named; they hold for the next ones, too.

    Raises:
        NotFound: no such file waits.
        NoProvider: the reseller has no bank account any more.
        UnreadableStatement: with these columns it is of another account, or has no lines.
    """
    account = accounts.held(session)
    if account is None:
        raise NoProvider(accounts.KIND)
    table = waiting(session, statement_id)
    statement = by_id(session, statement_id)
    found = _applied(table, said, account)
    account.columns = said.model_dump(mode="json")
    statement.content = None
    return _kept(session, statement, account, found, by=by)


def waiting(session: ResellerSession, statement_id: int) -> Sheet:
    """The table of a file that waits for its columns to be named.

    Raises:
        NotFound: no such file waits.
    """
    statement = by_id(session, statement_id)
    if statement.content is None:
        raise NotFound("waiting statement", statement_id)
    return sheet.read(statement.content)


def by_id(session: ResellerSession, statement_id: int) -> BankStatement:
    """A statement.

    Raises:
        NotFound: there is none.
    """
    found = session.get(BankStatement, (session.reseller_id, statement_id))
    if found is None:
        raise NotFound("statement", statement_id)
    return found


def listed(
    session: ResellerSession, *, below_id: int | None = None, limit: int = 50
) -> Sequence[BankStatement]:
    """The newest statements below an id."""
    query = select(BankStatement).order_by(BankStatement.id.desc()).limit(limit)
    if below_id is not None:
        query = query.where(BankStatement.id < below_id)
    return session.scalars(query).all()


def counts(session: ResellerSession, statement_id: int) -> dict[Became, int]:
    """How many lines of a statement became what."""
    rows = session.execute(
        select(BankLine.became, func.count())
        .where(BankLine.statement_id == statement_id)
        .group_by(BankLine.became)
    )
    return dict(rows.all())


def lines_of(
    session: ResellerSession,
    *,
    statement_id: int | None = None,
    became: Became | None = None,
    below_id: int | None = None,
    limit: int = 50,
) -> Sequence[BankLine]:
    """The lines of one statement, or of all; the newest first."""
    query = select(BankLine).order_by(BankLine.id.desc()).limit(limit)
    if statement_id is not None:
        query = query.where(BankLine.statement_id == statement_id)
    if became is not None:
        query = query.where(BankLine.became == became)
    if below_id is not None:
        query = query.where(BankLine.id < below_id)
    return session.scalars(query).all()


def forget_unnamed(session: ResellerSession, *, now: datetime) -> None:
    """Delete files whose columns nobody has named in a day: they hold what many people paid."""
    session.execute(
        delete(BankStatement).where(
            BankStatement.content.is_not(None), BankStatement.made_at < now - _WAITS_FOR_COLUMNS
        )
    )


def _applied(table: Sheet, said: Columns, account: BankAccount) -> Statement:
    return columns.apply(
        table,
        said,
        currency=account.currency,
        is_own=lambda number: accounts.is_own(account, number),
    )


def _made(
    session: ResellerSession, account: BankAccount, form: Form, *, by: Actor
) -> BankStatement:
    made = BankStatement(
        id=ids.new(),
        account_id=account.account_id,
        person_id=by.person_id,
        form=form,
        made_at=clock.now(),
        faults={},
    )
    session.add(made)
    session.flush()
    return made


def _kept(
    session: ResellerSession,
    statement: BankStatement,
    account: BankAccount,
    found: Statement,
    *,
    by: Actor,
) -> BankStatement:
    new = _stored(session, statement, account, found)
    statement.known = len(found.lines) - len(new)
    statement.faults = {str(line): fault.value for line, fault in found.faults.items()}
    activity.record(
        session, by=by, what="bank_statement.imported", about_id=statement.id, count=len(new)
    )
    lines = session.scalars(
        select(BankLine).where(
            BankLine.statement_id == statement.id, BankLine.became == Became.OPEN
        )
    ).all()
    alike.mark(session, lines, form=statement.form)
    unmarked = [each for each in lines if each.alike_id is None]
    for line_id, deposit in matching.sure(session, unmarked).items():
        booking.to_deposit(session, line_id=line_id, deposit_id=deposit.id, by=by)
    session.flush()
    return statement


def _stored(
    session: ResellerSession, statement: BankStatement, account: BankAccount, found: Statement
) -> list[int]:
    """The ids of the lines that were not there before; the database takes each key once."""
    rows = [
        {
            "reseller_id": session.reseller_id,
            "id": ids.new(),
            "statement_id": statement.id,
            "account_id": account.account_id,
            "key": key,
            "kind": each.kind,
            "booked_on": each.booked_on,
            "amount": each.amount,
            "currency": each.currency,
            "name": each.name,
            "payer": each.payer,
            "text": each.text,
            "became": Became.OPEN if each.kind is Kind.CREDIT else Became.SHOWN,
        }
        for key, each in keyed(found.lines, account=account.iban or account.number)
    ]
    stored: list[int] = []
    for at in range(0, len(rows), _ROWS_AT_ONCE):
        stored += session.scalars(
            insert(BankLine)
            .values(rows[at : at + _ROWS_AT_ONCE])
            .on_conflict_do_nothing(index_elements=["reseller_id", "key"])
            .returning(BankLine.id)
        )
    return stored
