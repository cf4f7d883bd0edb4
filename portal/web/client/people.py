"""A client's own people: who signs in for it, and what they may do."""

from __future__ import annotations

from flask import url_for
from werkzeug import Response

from portal.accounts.roles import Audience, Right
from portal.http.actor import requires, signed_in
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import people_pages
from portal.web.parts.addresses import ID
from portal.web.parts.people_pages import ACTS, SECOND_STEP, Place


@blueprint.get("/people")
@requires(Right.PEOPLE_MANAGE)
def people() -> Response:
    """Everybody, and how they stand."""
    return people_pages.show(_place())


@blueprint.route("/people/invite", methods=["GET", "POST"])
@requires(Right.PEOPLE_MANAGE)
@fresh
def invite_person() -> Response:
    """One more."""
    return people_pages.invite(_place())


@blueprint.get("/people/roles")
@signed_in
def roles() -> Response:
    """Which role may do what."""
    return people_pages.roles(Audience.CLIENT)


@blueprint.route(f"/people/<{ID}:person_id>", methods=["GET", "POST"])
@requires(Right.PEOPLE_MANAGE)
@fresh
def person(person_id: int) -> Response:
    """One of them, and what they may do."""
    return people_pages.person(_place(), person_id)


@blueprint.post(f"/people/<{ID}:person_id>/<{ACTS}:act>")
@requires(Right.PEOPLE_MANAGE)
def act_on_person(person_id: int, act: str) -> Response:
    """Keep them out, let them in, remove them; or their invitation again, or never."""
    return people_pages.act(_place(), person_id, act)


@blueprint.post(f"/people/<{ID}:person_id>/second-step")
@requires(Right.PEOPLE_MANAGE)
@fresh
def take_off_second_step(person_id: int) -> Response:
    """Ask no codes of somebody who has lost the app that makes them."""
    return people_pages.act(_place(), person_id, SECOND_STEP)


def _place() -> Place:
    return Place(
        session=session(),
        audience=Audience.CLIENT,
        client_id=own_client().id,
        list_of="client.people",
        invite="client.invite_person",
        person="client.person",
        act="client.act_on_person",
        second_step="client.take_off_second_step",
        roles_url=url_for("client.roles"),
        owner={},
    )
