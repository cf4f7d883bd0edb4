"""Everything that ever moved on an account, in memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, literal, select, union_all

from portal.infra.db import ResellerSession
from portal.ledger.codes import TransferCode
from portal.ledger.models import Transfer, TransferNote

_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """One transfer as an account sees it: amount with its sign, and the balance it left."""

    transfer_id: int
    at: datetime
    code: TransferCode
    cause_id: int
    amount: int
    balance: int
    description: str


def lines(session: ResellerSession, account_id: int) -> Generator[Line, None, None]:
    """What moved on an account, oldest first. Whoever stops early closes it, before the session."""
    sides = [
        select(
            Transfer.reseller_id,
            Transfer.id,
            Transfer.at,
            Transfer.code,
            Transfer.cause_id,
            (Transfer.amount * literal(sign)).label("amount"),
        ).where(side == account_id)
        for side, sign in ((Transfer.debit_id, -1), (Transfer.credit_id, 1))
    ]
    moved = union_all(*sides).subquery()
    found = session.execute(
        select(moved, TransferNote.description)
        .outerjoin(
            TransferNote,
            and_(
                TransferNote.reseller_id == moved.c.reseller_id,
                TransferNote.transfer_id == moved.c.id,
            ),
        )
        .order_by(moved.c.id),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    balance = 0
    with closing(found):
        for row in found:
            balance += row.amount
            yield Line(
                row.id,
                row.at,
                TransferCode(row.code),
                row.cause_id,
                row.amount,
                balance,
                row.description or "",
            )
