"""The reseller's numbers: which are in stock, which are whose, and changing that."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from portal.accounts import directory
from portal.accounts.roles import Right
from portal.billing import connections
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra import clock
from portal.infra.errors import NotFound
from portal.messaging import incoming_prices
from portal.numbers import connecting, finding, stock
from portal.numbers.errors import NumberConnected, OtherCurrency
from portal.numbers.models import InboundNumber
from portal.tenancy import resellers
from portal.web.parts import inbound_rows
from portal.web.parts.addresses import ID
from portal.web.parts.formats import money
from portal.web.parts.forms import Form, legible
from portal.web.parts.inbound_rows import NumberShown
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

SUGGESTED_MAX = 500


class ConnectForm(Form):
    """Which sub-account a number goes to."""

    user = StringField(
        lazy_gettext("Sub-account"),
        [DataRequired(lazy_gettext("Which sub-account shall have it?")), Length(max=80)],
        filters=[legible],
        description=lazy_gettext("Its user name, as on the client's page."),
        render_kw={"list": "sub-accounts", "autocomplete": "off"},
    )
    setup_fee = BooleanField()

    def about(self, number: InboundNumber) -> ConnectForm:
        """The same form with the fees of this number in its words."""
        if number.setup_fee:
            self.setup_fee.label.text = gettext(
                "Charge the set-up fee of %(amount)s now",
                amount=money(number.setup_fee, number.currency),
            )
        else:
            del self.setup_fee
        return self


@blueprint.get("/numbers")
@requires(Right.CLIENTS_READ)
def numbers() -> Response:
    """All numbers of the reseller, with whom they are connected to."""
    return page("reseller/numbers.html", rows=_shown(stock.listed(session())))


@blueprint.get(f"/numbers/<{ID}:number_id>")
@requires(Right.CLIENTS_READ)
def number(number_id: int) -> Response:
    """One number, and the form to connect it."""
    found = finding.by_id(session(), number_id)
    return _page(found, ConnectForm(formdata=None).about(found))


@blueprint.post(f"/numbers/<{ID}:number_id>/connect")
@requires(Right.CLIENTS_MANAGE)
def connect_number(number_id: int) -> Response:
    """Let messages to it go to a client's sub-account."""
    found = finding.by_id(session(), number_id)
    form = ConnectForm().about(found)
    if form.validate_on_submit() and _answered(found, form):
        return redirect(url_for("reseller.number", number_id=number_id), 303)
    return _page(found, form, status=422)


@blueprint.post(f"/numbers/<{ID}:number_id>/disconnect")
@requires(Right.CLIENTS_MANAGE)
def disconnect_number(number_id: int) -> Response:
    """Put it back into stock."""
    connecting.disconnect(session(), number_id=number_id, by=g.actor)
    flash(gettext("The number is in stock again."), "success")
    return redirect(url_for("reseller.number", number_id=number_id), 303)


def _answered(found: InboundNumber, form: ConnectForm) -> bool:
    """Connect it and say so; False: the form says why not."""
    try:
        sub_account = finding.sub_account_named(session(), form.user.data)
        connections.connect(
            session(),
            number_id=found.id,
            sub_account_id=sub_account.id,
            by=g.actor,
            on=_today(),
            setup_fee=form.setup_fee is not None and form.setup_fee.data,
        )
    except NotFound:
        form.user.errors = [gettext("There is no sub-account of this user name.")]
    except OtherCurrency as other:
        form.user.errors = [
            gettext(
                "This client pays in %(theirs)s, but the number's fees are in %(its)s.",
                theirs=other.client,
                its=other.number,
            )
        ]
    except NumberConnected:
        # Somebody was quicker, and the page has no form any more.
        flash(gettext("The number is connected already. Disconnect it first."), "danger")
        return True
    else:
        flash(gettext("The number is connected."), "success")
        return True
    return False


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(resellers.own(session()).time_zone)).date()


def _page(found: InboundNumber, form: ConnectForm, *, status: int = 200) -> Response:
    suggested = finding.connectable(session(), currency=found.currency, limit=SUGGESTED_MAX)
    return page(
        "reseller/number.html",
        status,
        one=_shown([found])[0],
        form=form,
        suggested=[
            (sub_account.user, f"{client.name}, {sub_account.name}")
            for sub_account, client in suggested
        ],
    )


def _shown(found: list[InboundNumber]) -> list[NumberShown]:
    clients = {each.client_id for each in found if each.client_id is not None}
    sub_accounts = {each.sub_account_id for each in found if each.sub_account_id is not None}
    client_names = directory.client_names(session(), clients)
    sub_account_names = finding.sub_account_names(session(), sub_accounts)
    fees = incoming_prices.fees(session(), found)
    return [
        inbound_rows.number_shown(
            each, fees=fees, client_names=client_names, sub_account_names=sub_account_names
        )
        for each in found
    ]
