"""Delete a client for good: what is to be settled first, then its name typed."""

from __future__ import annotations

from typing import Final

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts import closing
from portal.accounts.closing import MoneyLeft, NameDiffers, Remaining, StillOpen
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.web.parts.addresses import ID
from portal.web.parts.formats import money
from portal.web.parts.forms import Form, legible
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint

_NAME_LENGTH_MAX: Final = 300


class DeleteForm(Form):
    """What becomes of its money, and its name, so that nobody is deleted by a slip."""

    remaining = RadioField(
        lazy_gettext("The money that is left"),
        [Optional()],
        choices=[
            SelectChoice(
                Remaining.PAY_OUT.value,
                lazy_gettext("I have given it back, or will: charge the client with it"),
            ),
            SelectChoice(
                Remaining.LEAVE.value,
                lazy_gettext("Leave it in my books, where nobody can use it any more"),
            ),
        ],
    )
    typed_name = StringField(
        lazy_gettext("Type the client's name"),
        [DataRequired(lazy_gettext("Type the name as it stands above.")),
         Length(max=_NAME_LENGTH_MAX)],
        filters=[legible],
        render_kw={"autocomplete": "off"},
    )  # fmt: skip


@blueprint.route(f"/clients/<{ID}:client_id>/delete", methods=["GET", "POST"])
@requires(Right.CLIENTS_ERASE)
@fresh
def delete_client(client_id: int) -> Response:
    """Say what there is to settle, and delete the client once that is done."""
    found = found_client(client_id)
    form = DeleteForm()
    if form.validate_on_submit() and _closed(client_id, form):
        flash(gettext("The client is deleted. Your books are as they were."), "success")
        return redirect(url_for("reseller.clients"), 303)
    return client_view(
        "reseller/client_deleting.html",
        found,
        "reseller.client",
        status=422 if form.is_submitted() else 200,
        form=form,
        settling=closing.to_settle(session(), found),
    )


def _closed(client_id: int, form: DeleteForm) -> bool:
    try:
        closing.close(
            session(),
            client_id=client_id,
            by=g.actor,
            typed_name=form.typed_name.data,
            remaining=Remaining(form.remaining.data) if form.remaining.data else None,
            description=gettext("Paid out as the account was closed"),
        )
    except NameDiffers:
        form.typed_name.errors = [gettext("The client is not called so.")]
    except StillOpen as still:
        form.form_errors.append(
            gettext("Close these sub-accounts first: %(names)s.", names=", ".join(still.names))
        )
    except MoneyLeft as refused:
        amounts = ", ".join(money(each, unit) for unit, each in refused.left.items())
        form.remaining.errors = [gettext("Choose what becomes of %(amounts)s.", amounts=amounts)]
    return not form.errors
