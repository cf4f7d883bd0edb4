"""How long lines of bank statements tell who paid: names, accounts and texts go, amounts stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select, update

from portal.infra.db import ResellerSession
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became
from portal.payments.models import Deposit

_BLANK: Final[dict[str, Any]] = {"name": "", "payer": "", "text": ""}
_SAYS_SOMETHING: Final = or_(BankLine.name != "", BankLine.payer != "", BankLine.text != "")


def redact(session: ResellerSession, *, before: datetime) -> None:
    """Blank the lines of the reseller that were booked before a day and wait for nobody."""
    _blank(session, BankLine.booked_on < before.date(), BankLine.became != Became.OPEN)


def erase_client(session: ResellerSession, *, client_id: int) -> None:
    """Blank the lines whose money a client was credited with."""
    deposits = select(Deposit.id).where(Deposit.client_id == client_id)
    _blank(session, BankLine.deposit_id.in_(deposits))


def _blank(session: ResellerSession, *where: ColumnElement[bool]) -> None:
    session.execute(
        update(BankLine)
        .where(_SAYS_SOMETHING, *where)
        .values(_BLANK)
        .execution_options(synchronize_session=False)
    )
