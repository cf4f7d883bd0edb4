"""The forms of bank statements: the file, what its columns are, and why something is undone."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileRequired
from wtforms import FileField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portal.ledger.units import COMMA, POINT
from portal.payments.bank import cells, lines
from portal.payments.bank.columns import OPTIONAL, Columns
from portal.payments.bank.lines import UnreadableStatement
from portal.payments.bank.sheet import Sheet
from portal.payments.bank.statuses import Unreadable
from portal.payments.refunds import REASON_LENGTH_MAX
from portal.web.parts.forms import REQUIRED, Form, legible, up_to
from portal.web.parts.line_words import UNREADABLE

_NONE = ""
_HEAD_LENGTH_MAX = 60


class StatementForm(Form):
    """A bank's file."""

    file = FileField(
        lazy_gettext("File of your bank"),
        [FileRequired(REQUIRED)],
        description=lazy_gettext("CAMT.053 (XML) or CSV, up to 5 MB and 5,000 lines."),
        render_kw={
            "accept": ".xml,.csv,.txt",
            **up_to(lines.BYTES_MAX, UNREADABLE[Unreadable.TOO_LARGE]),
        },
    )

    def refuse(self, why: UnreadableStatement) -> None:
        """Say why the file is not read."""
        said = str(UNREADABLE[why.why])
        if why.about:
            said = gettext("%(why)s It says: %(account)s", why=said, account=why.about)
        self.file.errors = [said]


class ColumnsForm(Form):
    """Which column is what; numbers of columns, counted from 0."""

    day = SelectField(lazy_gettext("Day of booking"))
    way = SelectField(
        lazy_gettext("Days are written as"),
        choices=[SelectChoice(each, each) for each in cells.DAYS],
    )
    amount = SelectField(lazy_gettext("Amount"))
    mark = SelectField(
        lazy_gettext("Amounts are written with"),
        choices=[
            SelectChoice(COMMA, lazy_gettext("a comma: 1.234,50")),
            SelectChoice(POINT, lazy_gettext("a point: 1,234.50")),
        ],
    )
    text = SelectField(lazy_gettext("Text of the transfer, with the reference"))
    name = SelectField(lazy_gettext("Who paid"))
    payer = SelectField(lazy_gettext("Account of who paid"))
    currency = SelectField(lazy_gettext("Currency"))
    debit = SelectField(
        lazy_gettext("Amount that went out"),
        description=lazy_gettext("Only where it has a column of its own."),
    )
    direction = SelectField(
        lazy_gettext("In or out"),
        description=lazy_gettext("Only where amounts have no minus: C and D, or words for it."),
    )
    status = SelectField(
        lazy_gettext("Booked or announced"),
        description=lazy_gettext("Lines that are only announced are not credited."),
    )
    own = SelectField(
        lazy_gettext("Your own account"),
        description=lazy_gettext("A file of another account is then refused."),
    )

    def columns(self, heads: tuple[str, ...]) -> Columns:
        """What was said."""
        optional = {each: int(self[each].data) if self[each].data else None for each in OPTIONAL}
        return Columns(
            heads=heads,
            day=int(self.day.data),
            amount=int(self.amount.data),
            way=self.way.data,
            mark=self.mark.data,
            **optional,
        )


def columns_form(sheet: Sheet, guess: Columns, **options: Any) -> ColumnsForm:
    """The form for a file, which begins with what its columns may be."""
    begins_with = {
        name: _NONE if value is None else str(value)
        for name, value in guess.model_dump(exclude={"heads"}).items()
    }
    form = ColumnsForm(**begins_with, **options)
    heads = [
        SelectChoice(str(index), head[:_HEAD_LENGTH_MAX] or gettext("Column %(n)s", n=index + 1))
        for index, head in enumerate(sheet.heads)
    ]
    form.day.choices = form.amount.choices = heads
    for name in OPTIONAL:
        form[name].choices = [SelectChoice(_NONE, gettext("not in the file")), *heads]
    return form


class UndoForm(Form):
    """Why a booking is taken back."""

    reason = StringField(
        lazy_gettext("Reason"),
        [DataRequired(REQUIRED), Length(max=REASON_LENGTH_MAX)],
        filters=[legible],
        description=lazy_gettext("The client reads it on the statement."),
    )
