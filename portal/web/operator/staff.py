"""Who works for the operator, and what they may do."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import BooleanField

from portal.accounts.roles import Audience, Right
from portal.http.actor import requires, signed_in
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.provisioning import settling
from portal.tenancy import settings
from portal.web.operator.pages import blueprint
from portal.web.parts import people_pages
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.parts.people_pages import ACTS, SECOND_STEP, Place


@blueprint.get("/staff")
@requires(Right.PEOPLE_MANAGE)
def staff() -> Response:
    """Everybody, and how they stand."""
    return people_pages.show(_place())


@blueprint.route("/staff/invite", methods=["GET", "POST"])
@requires(Right.PEOPLE_MANAGE)
@fresh
def invite_staff() -> Response:
    """One more."""
    return people_pages.invite(_place())


@blueprint.get("/staff/roles")
@signed_in
def roles() -> Response:
    """Which role may do what."""
    return people_pages.roles(Audience.OPERATOR)


@blueprint.route(f"/staff/<{ID}:person_id>", methods=["GET", "POST"])
@requires(Right.PEOPLE_MANAGE)
@fresh
def staff_person(person_id: int) -> Response:
    """One of them, and what they may do."""
    return people_pages.person(_place(), person_id)


@blueprint.post(f"/staff/<{ID}:person_id>/<{ACTS}:act>")
@requires(Right.PEOPLE_MANAGE)
def act_on_staff(person_id: int, act: str) -> Response:
    """Keep them out, let them in, remove them; or their invitation again, or never."""
    return people_pages.act(_place(), person_id, act)


@blueprint.post(f"/staff/<{ID}:person_id>/second-step")
@requires(Right.PEOPLE_MANAGE)
@fresh
def take_off_second_step(person_id: int) -> Response:
    """Ask no codes of somebody who has lost the app that makes them."""
    return people_pages.act(_place(), person_id, SECOND_STEP)


class StaffRulesForm(Form):
    """What holds for everybody who works for the operator."""

    staff_take_second_step = BooleanField(
        lazy_gettext("Everybody who works for you signs in with a second step"),
        description=lazy_gettext(
            "A code from their phone, or a passkey. Whoever has none yet sets it up at the next"
            " click."
        ),
    )


@blueprint.route("/staff/rules", methods=["GET", "POST"])
@requires(Right.PEOPLE_MANAGE)
@fresh
def staff_rules() -> Response:
    """Whether a password alone lets anybody in here."""
    present = settings.read(session()).staff_take_second_step
    form = StaffRulesForm(data={"staff_take_second_step": present})
    if form.validate_on_submit():
        settling.change(
            session(), by=g.actor, staff_take_second_step=form.staff_take_second_step.data
        )
        flash(gettext("Saved. It holds from now on."), "success")
        return redirect(url_for("operator.staff_rules"), 303)
    return page("operator/staff_rules.html", 422 if form.is_submitted() else 200, form=form)


def _place() -> Place:
    return Place(
        session=session(),
        audience=Audience.OPERATOR,
        client_id=None,
        list_of="operator.staff",
        invite="operator.invite_staff",
        person="operator.staff_person",
        act="operator.act_on_staff",
        second_step="operator.take_off_second_step",
        roles_url=url_for("operator.roles"),
        owner={},
        rules_url=url_for("operator.staff_rules"),
    )
