"""The names that the portal answers to: all of them, and asking for another."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.errors import InsufficientFunds
from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.provisioning import naming
from portal.tenancy import own_names, resellers, settings
from portal.tenancy.own_names import AlreadyYours, TooManyNames
from portal.web.parts import hostname_rows
from portal.web.parts.formats import money
from portal.web.parts.pages import page
from portal.web.reseller.hostname_forms import AskForm
from portal.web.reseller.pages import blueprint


@blueprint.get("/hostnames")
@requires(Right.SETTINGS_MANAGE)
def hostnames() -> Response:
    """All names, and a form for another."""
    return _page(AskForm(formdata=None))


@blueprint.post("/hostnames")
@personally
@requires(Right.SETTINGS_MANAGE)
def ask_hostname() -> Response:
    """Ask for a name, and go on to what has to be done for it; or take a released one back."""
    form = AskForm()
    if not current().settings.takes_names:
        form.form_errors.append(gettext("Names of your own cannot be added here at present."))
    elif form.validate_on_submit():
        try:
            found = naming.ask(session(), form.name.read, by=g.actor)
        except AlreadyYours:
            flash(gettext("You have this name already, or have asked for it."), "info")
            return _to(form.name.read)
        except TooManyNames as many:
            form.form_errors.append(
                gettext(
                    "You have %(most)s names of your own, which is as many as there can be. Release"
                    " one that you no longer need.",
                    most=many.most,
                )
            )
        except InsufficientFunds as refused:
            form.form_errors.append(
                gettext(
                    "Your cover is %(has)s and the fee for a name is %(needs)s. Top up your cover"
                    " first.",
                    has=money(refused.has, refused.currency),
                    needs=money(refused.needs, refused.currency),
                )
            )
        else:
            if found.row.proven_at is not None:
                flash(gettext("The name is yours again."), "success")
            return _to(form.name.read)
    return _page(form, status=422)


def _to(name: str) -> Response:
    return redirect(url_for("reseller.hostname", hostname=name), 303)


def _page(form: AskForm, *, status: int = 200) -> Response:
    return page(
        "reseller/hostnames.html",
        status,
        rows=[hostname_rows.row(each) for each in own_names.listed(session())],
        form=form,
        is_open=current().settings.takes_names,
        fee_micros=settings.read(session()).own_name_fee,
        currency=resellers.own(session()).currency,
        quarantine_days=own_names.QUARANTINE.days,
    )
