"""Bank statements: imported, their columns named, and what became of their lines."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext, ngettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.limits import takes_files
from portal.http.unit_of_work import own_transaction, session
from portal.payments.bank import accounts, columns, importing, matching
from portal.payments.bank.lines import BYTES_MAX, UnreadableStatement
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became, Fault, Form
from portal.payments.errors import NoProvider
from portal.web.parts import line_words, paging
from portal.web.parts.addresses import ID
from portal.web.parts.line_words import LineShown
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint
from portal.web.reseller.statement_forms import ColumnsForm, StatementForm, columns_form

_ROWS_SHOWN = 4


@blueprint.get("/transfers/statements")
@requires(Right.WALLET_READ)
def statements() -> Answer:
    """All that were imported, the newest first."""
    return _page(StatementForm(formdata=None))


@blueprint.post("/transfers/statements")
@personally
@requires(Right.MONEY_POST)
@takes_files
def import_statement() -> Response:
    """Take a statement in; what is sure is credited at once."""
    form = StatementForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    with form.file.data.stream as stream:
        data = stream.read(BYTES_MAX + 1)
    try:
        with own_transaction() as within:
            made = importing.take_in(within, data, by=g.actor)
            statement_id, is_waiting = made.id, made.content is not None
    except UnreadableStatement as why:
        form.refuse(why)
        return _page(form, status=422)
    except NoProvider:
        form.form_errors.append(gettext("Enter your bank account first, under Payments."))
        return _page(form, status=422)
    if is_waiting:
        return redirect(url_for(".statement_columns", statement_id=statement_id), 303)
    return _done(statement_id)


@blueprint.get(f"/transfers/statements/<{ID}:statement_id>")
@requires(Right.WALLET_READ)
def statement(statement_id: int) -> Response:
    """One, with what became of each line and whose money the others may be."""
    found = importing.by_id(session(), statement_id)
    if found.content is not None:
        return redirect(url_for(".statement_columns", statement_id=statement_id), 303)
    below = paging.below_id()
    lines = importing.lines_of(
        session(), statement_id=statement_id, below_id=below, limit=paging.ASKED
    )
    shown = paging.cut(lines, id_of=lambda each: each.id)
    return page(
        "reseller/statement.html",
        statement=found,
        counts={each.value: n for each, n in importing.counts(session(), statement_id).items()},
        faults=[
            (number, str(line_words.FAULTS[Fault(fault)]))
            for number, fault in sorted(found.faults.items(), key=lambda each: int(each[0]))
        ],
        rows=lines_shown(shown.rows),
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/transfers/statements/<{ID}:statement_id>/columns")
@requires(Right.MONEY_POST)
def statement_columns(statement_id: int) -> Response:
    """Ask what the columns of a file are."""
    if importing.by_id(session(), statement_id).content is None:
        return redirect(url_for(".statement", statement_id=statement_id), 303)
    table = importing.waiting(session(), statement_id)
    form = columns_form(table, columns.guess(table), formdata=None)
    return _columns(statement_id, form)


@blueprint.post(f"/transfers/statements/<{ID}:statement_id>/columns")
@personally
@requires(Right.MONEY_POST)
def name_columns(statement_id: int) -> Response:
    """Take the file in with the columns that were said, and keep them for the next one."""
    if importing.by_id(session(), statement_id).content is None:
        return redirect(url_for(".statement", statement_id=statement_id), 303)
    table = importing.waiting(session(), statement_id)
    form = columns_form(table, columns.guess(table))
    if not form.validate_on_submit():
        return _columns(statement_id, form, status=422)
    try:
        with own_transaction() as within:
            importing.name_columns(within, statement_id, form.columns(table.heads), by=g.actor)
    except UnreadableStatement as why:
        form.form_errors.append(str(line_words.UNREADABLE[why.why]))
        return _columns(statement_id, form, status=422)
    except NoProvider:
        form.form_errors.append(gettext("Enter your bank account first, under Payments."))
        return _columns(statement_id, form, status=422)
    return _done(statement_id)


def lines_shown(lines: Sequence[BankLine]) -> list[LineShown]:
    """Lines in words; those that are open with whose money they may be."""
    is_open = [each for each in lines if each.became is Became.OPEN]
    matches = matching.suggestions(session(), is_open)
    return [line_words.shown(each, matches.get(each.id, ())) for each in lines]


def _done(statement_id: int) -> Response:
    counted = importing.counts(session(), statement_id)
    if counted:
        booked = counted.get(Became.BOOKED, 0)
        said = ngettext("One transfer is credited.", "%(num)s transfers are credited.", booked)
        flash(said, "success" if booked else "info")
    else:
        flash(gettext("All of it was imported before: nothing was credited."), "info")
    return redirect(url_for(".statement", statement_id=statement_id), 303)


def _columns(statement_id: int, form: ColumnsForm, *, status: int = 200) -> Answer:
    table = importing.waiting(session(), statement_id)
    return page(
        "reseller/statement_columns.html",
        status,
        statement_id=statement_id,
        form=form,
        heads=table.heads,
        rows=[row for _, row in table.rows[:_ROWS_SHOWN]],
    )


def _page(form: StatementForm, *, status: int = 200) -> Answer:
    found = importing.listed(session(), below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(found, id_of=lambda each: each.id)
    counted = {each.id: importing.counts(session(), each.id) for each in shown.rows}
    return page(
        "reseller/statements.html",
        status,
        form=form,
        is_set_up=accounts.own(session()) is not None,
        rows=[
            {
                "id": each.id,
                "at": each.made_at,
                "is_camt": each.form is Form.CAMT,
                "is_waiting": each.content is not None,
                "booked": counted[each.id].get(Became.BOOKED, 0),
                "open": counted[each.id].get(Became.OPEN, 0),
                "lines": sum(counted[each.id].values()),
                "known": each.known,
            }
            for each in shown.rows
        ],
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )
