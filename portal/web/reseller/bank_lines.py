"""Lines of bank statements for which staff decides whose money it is."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response as Answer
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from portal.accounts import client_list
from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.limits import ID_MAX
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.infra.errors import NotFound
from portal.payments.bank import booking, importing
from portal.payments.bank.errors import AmountDiffers, NotExpected, NotOpen, OtherCurrency
from portal.payments.bank.models import BankLine
from portal.payments.bank.statuses import Became
from portal.payments.errors import NotRefundable
from portal.pricing import currencies
from portal.tenancy import resellers
from portal.web.parts import paging, paying_resellers, till_words
from portal.web.parts.addresses import ID
from portal.web.parts.filters import Filters
from portal.web.parts.formats import money
from portal.web.parts.forms import text
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint
from portal.web.reseller.statement_forms import UndoForm
from portal.web.reseller.statements import lines_shown

_FOUND_MAX = 10


class PayerFilters(Filters):
    """Whose money it is."""

    q = text(lazy_gettext("Name, number, mail or telephone of the client"), length_max=100)

    def __init__(self) -> None:
        super().__init__()
        if g.tenant.is_operator:
            self.q.label.text = gettext("Name or number of the reseller")


@blueprint.get("/transfers/lines")
@requires(Right.WALLET_READ)
def open_lines() -> Answer:
    """All money that came in of which nobody has said whose it is."""
    found = importing.lines_of(
        session(), became=Became.OPEN, below_id=paging.below_id(), limit=paging.ASKED
    )
    shown = paging.cut(found, id_of=lambda each: each.id)
    return page(
        "reseller/bank_lines.html",
        rows=lines_shown(shown.rows),
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/transfers/lines/<{ID}:line_id>")
@requires(Right.WALLET_READ)
def bank_line(line_id: int) -> Answer:
    """One line, and whose money it may be or is."""
    return _page(booking.by_id(session(), line_id), UndoForm(formdata=None))


@blueprint.post(f"/transfers/lines/<{ID}:line_id>/book")
@personally
@requires(Right.MONEY_POST)
def book_line(line_id: int) -> Response:
    """Credit it, as the deposit or to the client that was chosen."""
    line = booking.by_id(session(), line_id)
    try:
        _book(line)
    except NotOpen:
        flash(gettext("Of this line something has become already. Nothing was credited."), "info")
    except NotExpected:
        flash(gettext("This deposit is credited already. Nothing was credited again."), "danger")
    except AmountDiffers:
        flash(gettext("This deposit was confirmed with another amount."), "danger")
    except OtherCurrency:
        flash(
            till_words.fitting(
                gettext(
                    "This client cannot send with %(currency)s. Nothing was credited.",
                    currency=line.currency,
                ),
                of_resellers=gettext(
                    "This reseller has no cover in %(currency)s. Nothing was credited.",
                    currency=line.currency,
                ),
            ),
            "danger",
        )
    else:
        amount = money(line.amount, line.currency)
        said = (
            gettext("It is noted that this was the money. It had been credited before.")
            if line.by_hand
            else gettext("%(amount)s is credited.", amount=amount)
        )
        flash(said, "success")
    return redirect(url_for(".bank_line", line_id=line_id), 303)


@blueprint.post(f"/transfers/lines/<{ID}:line_id>/ignore")
@personally
@requires(Right.MONEY_POST)
def ignore_line(line_id: int) -> Response:
    """Say that it is no deposit."""
    try:
        booking.ignore(session(), line_id=line_id, by=g.actor)
    except NotOpen:
        flash(gettext("Of this line something has become already."), "info")
        return redirect(url_for(".bank_line", line_id=line_id), 303)
    flash(gettext("It is ignored. You can open it again."), "success")
    return redirect(url_for(".open_lines"), 303)


@blueprint.post(f"/transfers/lines/<{ID}:line_id>/undo")
@personally
@requires(Right.MONEY_POST)
def undo_line(line_id: int) -> Response:
    """Open it again; what it has credited is taken back."""
    line = booking.by_id(session(), line_id)
    form = UndoForm()
    if line.became is Became.BOOKED and not form.validate_on_submit():
        return _page(line, form, status=422)
    try:
        booking.undo(session(), line_id=line_id, reason=form.reason.data or "", by=g.actor)
    except NotOpen:
        flash(gettext("There is nothing to take back here."), "info")
    except NotRefundable:
        flash(
            gettext("A part of it was given back already. Refund the rest on the deposit's page."),
            "danger",
        )
    else:
        flash(gettext("Taken back. The line waits for you again."), "success")
    return redirect(url_for(".bank_line", line_id=line_id), 303)


def _book(line: BankLine) -> None:
    """Do what was chosen.

    Raises:
        NotFound: it names neither a deposit nor anybody who pays here.
    """
    deposit_id, payer_id = _chosen("deposit_id"), _chosen("payer_id")
    if deposit_id is not None:
        booking.to_deposit(session(), line_id=line.id, deposit_id=deposit_id, by=g.actor)
    elif payer_id is None:
        raise NotFound("payer", None)
    elif g.tenant.is_operator:
        payer = paying_resellers.by_id(session(), payer_id)
        booking.to_reseller(session(), line_id=line.id, payer=payer, by=g.actor)
    else:
        today = clock.now().astimezone(ZoneInfo(resellers.own(session()).time_zone)).date()
        booking.to_client(
            session(),
            line_id=line.id,
            client_id=payer_id,
            priced=currencies.priced(session(), client_id=payer_id, on=today),
            by=g.actor,
        )


def _chosen(name: str) -> int | None:
    said = request.form.get(name, "")
    is_id = (
        said.isascii() and said.isdigit() and len(said) <= len(str(ID_MAX)) and int(said) <= ID_MAX
    )
    return int(said) if is_id else None


def _found(asked: str) -> list[Any]:
    """Who pays here and is like that; with `id`, `name` and `number`."""
    if g.tenant.is_operator:
        return paying_resellers.like(asked)[:_FOUND_MAX]
    return [each.client for each in client_list.search(session(), text=asked, limit=_FOUND_MAX)]


def _page(line: BankLine, form: UndoForm, *, status: int = 200) -> Answer:
    wanted = PayerFilters()
    asked = (wanted.q.data or "") if wanted.validate() else ""
    till_words.fit(form, till_words.UNDOING)
    (shown,) = lines_shown([line])
    return page(
        "reseller/bank_line.html",
        status,
        line=shown,
        statement_id=line.statement_id,
        decided_at=line.decided_at,
        filters_form=wanted,
        asked=asked,
        found=_found(asked) if asked else [],
        form=form,
    )
