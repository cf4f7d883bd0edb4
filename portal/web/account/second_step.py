"""The second step at sign-in: an app that makes codes, and codes on paper for when it is lost."""

from __future__ import annotations

import segno
from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response

from portal.accounts import authenticators, recovery_codes
from portal.accounts.errors import WrongCode
from portal.accounts.statuses import Proof
from portal.http import entering
from portal.http.actor import personal
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.tenancy import links
from portal.web.account.pages import blueprint, own_page, own_person
from portal.web.parts.forms import Form
from portal.web.parts.proofs import code_field

_CODE_SCALE = 4


class CodeForm(Form):
    """The code that the app shows."""

    code = code_field(lazy_gettext("Six digits, which change every half minute."))


@blueprint.get("/profile/second-step")
@personal
def second_step() -> Response:
    """Whether there is one, and what can be done about it."""
    person_id = own_person().id
    return own_page(
        "second_step.html",
        is_on=authenticators.is_on(session(), person_id=person_id),
        codes_left=recovery_codes.left(session(), person_id=person_id),
        is_asked_for=_is_asked_for(),
    )


@blueprint.post("/profile/second-step/begin")
@personal
@fresh
def begin_second_step() -> Response:
    """Make a secret for an app, and go on to where it is shown."""
    authenticators.begin(session(), person_id=own_person().id, vault=current().vault)
    return redirect(url_for("account.set_up_second_step"), 303)


@blueprint.route("/profile/second-step/set-up", methods=["GET", "POST"])
@personal
@fresh
def set_up_second_step() -> Response:
    """Show the secret to an app, and see that it makes the right codes."""
    person, vault = own_person(), current().vault
    secret = authenticators.secret_to_confirm(session(), person_id=person.id, vault=vault)
    if secret is None:
        return redirect(url_for("account.second_step"), 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            codes = authenticators.confirm(
                session(),
                person,
                code=form.code.data,
                vault=vault,
                by=g.actor,
                origin=links.origin_of(session(), current().settings),
            )
        except WrongCode:
            form.code.errors = [
                gettext(
                    "The app shows another code now. See that the clock of your phone is right."
                )
            ]
        else:
            entering.begin(session(), person, proof=Proof.SECOND_STEP)
            return own_page("recovery_codes.html", codes=codes, is_new=True)
    address = authenticators.address_of(secret, name=person.email, issuer=g.tenant.brand.title)
    return own_page(
        "second_step_set_up.html",
        422 if form.is_submitted() else 200,
        form=form,
        key=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=segno.make(address).svg_data_uri(scale=_CODE_SCALE, border=4, light="#fff"),
        address=address,
    )


@blueprint.post("/profile/second-step/codes")
@personal
@fresh
def renew_codes() -> Response:
    """New codes for paper in place of those before, shown this once."""
    codes = authenticators.renew_codes(session(), own_person(), by=g.actor)
    if not codes:
        return redirect(url_for("account.second_step"), 303)
    return own_page("recovery_codes.html", codes=codes, is_new=False)


@blueprint.post("/profile/second-step/off")
@personal
@fresh
def turn_off_second_step() -> Response:
    """Ask for the password alone again, where that is for its owner to say."""
    if _is_asked_for():
        flash(gettext("Everybody who works here signs in with a second step."), "danger")
        return redirect(url_for("account.second_step"), 303)
    authenticators.take_off(
        session(),
        own_person(),
        by=g.actor,
        origin=links.origin_of(session(), current().settings),
    )
    flash(gettext("From now on your password alone lets you in."), "success")
    return redirect(url_for("account.second_step"), 303)


def _is_asked_for() -> bool:
    """Whether these are staff of whom a second step is asked."""
    return g.actor.client_id is None and g.tenant.settings.staff_take_second_step
