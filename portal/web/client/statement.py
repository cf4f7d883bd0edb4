"""Every movement of a client's wallets, month by month: as a page, a file, a paper, a mail."""

from __future__ import annotations

from flask import Response as Answer
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.unit_of_work import session
from portal.invoicing import statement_mails, statement_papers
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import statement_view
from portal.web.parts.pages import page
from portal.web.parts.statement_view import Chosen, StatementFilters


@blueprint.get("/statement")
@offers(Service.BALANCE)
@requires(Right.WALLET_READ)
def statement() -> Answer:
    """What a wallet held when the month began, what moved, and what it held at its end."""
    form, chosen = statement_view.asked(own_client())
    return _page(form, chosen)


@blueprint.get("/statement.csv")
@offers(Service.BALANCE)
@requires(Right.WALLET_READ)
def statement_file() -> Answer:
    """The month as a file, oldest first."""
    form, chosen = statement_view.asked(own_client())
    return _page(form, None) if chosen is None else statement_view.csv(chosen)


@blueprint.get("/statement.pdf")
@offers(Service.BALANCE)
@requires(Right.WALLET_READ)
def statement_pdf() -> Response:
    """The month on paper; while there is none, the page that offers to make it."""
    form, chosen = statement_view.asked(own_client())
    if chosen is None:
        return _page(form, None)
    kept = statement_papers.file_of(session(), chosen.which)
    if kept is None:
        flash(gettext("There is no PDF of it yet."), "info")
        return redirect(url_for("client.statement", **chosen.address), 303)
    return statement_view.pdf(chosen, kept)


@blueprint.post("/statement/pdf")
@offers(Service.BALANCE)
@requires(Right.WALLET_READ)
def make_statement_pdf() -> Response:
    """Have the month put on paper."""
    form, chosen = statement_view.asked(own_client())
    if chosen is None:
        return _page(form, None)
    statement_view.make(chosen)
    return redirect(url_for("client.statement", **chosen.address), 303)


@blueprint.post("/statement/mail")
@offers(Service.BALANCE)
@requires(Right.WALLET_PAY)
def statement_mail() -> Response:
    """Have statements by mail from now on, or no more."""
    wanted = request.form.get("wanted") == "yes"
    client = own_client()
    statement_mails.set_wanted(session(), client_id=client.id, wanted=wanted, by=g.actor)
    if wanted:
        said = gettext("You get your statement by e-mail at the beginning of each month.")
    else:
        said = gettext("You get no statements by e-mail any more.")
    flash(said, "success")
    return redirect(url_for("client.statement"), 303)


def _page(form: StatementFilters, chosen: Chosen | None) -> Answer:
    client = own_client()
    return page(
        "client/statement.html",
        422 if form.errors else 200,
        form=form,
        is_mailed=statement_mails.is_wanted(session(), client_id=client.id),
        mailed_to=client.low_balance_email or client.email,
        **(statement_view.nothing() if chosen is None else statement_view.shown(chosen)),
    )
