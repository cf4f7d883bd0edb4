"""Lines that seem to be the same money in a CAMT file and in a CSV file of the same days.

Such files have no number of a line in common, and their texts differ in blanks and marks. What is
certain to differ, be it the reference or the account of who paid, tells two lines apart; what may
be the same is marked, and left to staff.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased

from portal.infra.db import ResellerSession
from portal.payments.bank import references
from portal.payments.bank.models import BankLine, BankStatement
from portal.payments.bank.statuses import Form, Kind

_AT_ONCE: Final = 500


def mark(session: ResellerSession, lines: Sequence[BankLine], *, form: Form) -> int:
    """Mark those new lines of a file that a file of another form seems to have had; how many.

    Each line that was there marks one at most, so that two alike payments stay two.
    """
    marked = 0
    for at in range(0, len(lines), _AT_ONCE):
        some = lines[at : at + _AT_ONCE]
        known = _known(session, some, form=form)
        for line in some:
            found = next((each for each in known if _seem_the_same(line, each)), None)
            if found is not None:
                known.remove(found)
                line.alike_id = found.id
                marked += 1
        session.flush()
    return marked


def _known(session: ResellerSession, lines: Sequence[BankLine], *, form: Form) -> list[BankLine]:
    """What files of another form have had of these days and amounts, and marks no line yet."""
    marked = aliased(BankLine)
    wanted = {(each.booked_on, each.amount) for each in lines}
    return list(
        session.scalars(
            select(BankLine)
            .join(BankStatement, BankStatement.id == BankLine.statement_id)
            .where(
                BankStatement.form != form,
                BankLine.kind == Kind.CREDIT,
                tuple_(BankLine.booked_on, BankLine.amount).in_(wanted),
                ~select(marked.id).where(marked.alike_id == BankLine.id).exists(),
            )
            .order_by(BankLine.id)
        )
    )


def _seem_the_same(line: BankLine, other: BankLine) -> bool:
    said = (line.account_id, line.booked_on, line.amount, line.currency)
    if said != (other.account_id, other.booked_on, other.amount, other.currency):
        return False
    if line.payer and other.payer and _bare(line.payer) != _bare(other.payer):
        return False
    mine, theirs = set(references.found_in(line.text)), set(references.found_in(other.text))
    if mine or theirs:
        return bool(mine & theirs)
    first, second = _bare(line.text), _bare(other.text)
    return first in second or second in first


def _bare(text: str) -> str:
    """Letters and digits alone: banks write the rest as they like."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalnum())
