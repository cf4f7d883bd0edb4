"""A client's statement month by month, as staff see, save and send it."""

from __future__ import annotations

from typing import Any

from flask import Response as Answer
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.invoicing import statement_mails, statement_papers
from portal.web.parts import statement_view
from portal.web.parts.addresses import ID
from portal.web.parts.statement_view import Chosen, StatementFilters
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>/statement")
@requires(Right.WALLET_READ)
def client_statement(client_id: int) -> Answer:
    """What a wallet held when the month began, what moved, and what it held at its end."""
    found = found_client(client_id)
    return _page(found, *statement_view.asked(found))


@blueprint.get(f"/clients/<{ID}:client_id>/statement.csv")
@requires(Right.WALLET_READ)
def client_statement_file(client_id: int) -> Answer:
    """The month as a file, oldest first."""
    found = found_client(client_id)
    form, chosen = statement_view.asked(found)
    return _page(found, form, None) if chosen is None else statement_view.csv(chosen)


@blueprint.get(f"/clients/<{ID}:client_id>/statement.pdf")
@requires(Right.WALLET_READ)
def client_statement_pdf(client_id: int) -> Response:
    """The month on paper; while there is none, the page that offers to make it."""
    found = found_client(client_id)
    form, chosen = statement_view.asked(found)
    if chosen is None:
        return _page(found, form, None)
    kept = statement_papers.file_of(session(), chosen.which)
    if kept is None:
        flash(gettext("There is no PDF of it yet."), "info")
        return _back(found, **chosen.address)
    return statement_view.pdf(chosen, kept)


@blueprint.post(f"/clients/<{ID}:client_id>/statement/pdf")
@requires(Right.WALLET_READ)
def make_client_statement_pdf(client_id: int) -> Response:
    """Have the month put on paper."""
    found = found_client(client_id)
    form, chosen = statement_view.asked(found)
    if chosen is None:
        return _page(found, form, None)
    statement_view.make(chosen)
    return _back(found, **chosen.address)


@blueprint.post(f"/clients/<{ID}:client_id>/statement/mail")
@requires(Right.CLIENTS_MANAGE)
def client_statement_mail(client_id: int) -> Response:
    """Have the client's statements mailed to it from now on, or no more."""
    found = found_client(client_id)
    wanted = request.form.get("wanted") == "yes"
    statement_mails.set_wanted(session(), client_id=found.id, wanted=wanted, by=g.actor)
    if wanted:
        flash(gettext("The client gets its statement by e-mail once a month is over."), "success")
    else:
        flash(gettext("The client gets no statements by e-mail any more."), "success")
    return _back(found)


def _back(found: Client, **chosen: Any) -> Response:
    return redirect(url_for("reseller.client_statement", client_id=found.id, **chosen), 303)


def _page(found: Client, form: StatementFilters, chosen: Chosen | None) -> Answer:
    return client_view(
        "reseller/client_statement.html",
        found,
        "reseller.client_statement",
        status=422 if form.errors else 200,
        form=form,
        is_mailed=statement_mails.is_wanted(session(), client_id=found.id),
        **(statement_view.nothing() if chosen is None else statement_view.shown(chosen)),
    )
