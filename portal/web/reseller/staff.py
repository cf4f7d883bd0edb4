"""Who works for a reseller, and what they may do."""

from __future__ import annotations

from flask import url_for
from werkzeug import Response

from portal.accounts.roles import Audience, Right
from portal.http.actor import requires, signed_in
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.web.parts import people_pages
from portal.web.parts.addresses import ID
from portal.web.parts.people_pages import ACTS, SECOND_STEP, Place
from portal.web.reseller.pages import blueprint


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
    return people_pages.roles(Audience.RESELLER)


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


def _place() -> Place:
    return Place(
        session=session(),
        audience=Audience.RESELLER,
        client_id=None,
        list_of="reseller.staff",
        invite="reseller.invite_staff",
        person="reseller.staff_person",
        act="reseller.act_on_staff",
        second_step="reseller.take_off_second_step",
        roles_url=url_for("reseller.roles"),
        owner={},
    )
