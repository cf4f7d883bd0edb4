"""A client's people, as its reseller's staff look after them."""

from __future__ import annotations

from flask import g, url_for
from werkzeug import Response

from portal.accounts.roles import Audience, Right
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.web.parts import people_pages
from portal.web.parts.addresses import ID
from portal.web.parts.people_pages import ACTS, SECOND_STEP, Place
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint


@blueprint.get(f"/clients/<{ID}:client_id>/people")
@requires(Right.CLIENTS_READ)
def client_people(client_id: int) -> Response:
    """Everybody, and how they stand."""
    place = _place(client_id)
    return client_view(
        "reseller/client_people.html",
        found_client(client_id),
        "reseller.client_people",
        place=place,
        rows=people_pages.rows(place),
    )


@blueprint.route(f"/clients/<{ID}:client_id>/people/invite", methods=["GET", "POST"])
@requires(Right.CLIENTS_MANAGE)
@fresh
def invite_client_person(client_id: int) -> Response:
    """One more."""
    return people_pages.invite(_place(client_id))


@blueprint.get("/clients/roles")
@requires(Right.CLIENTS_READ)
def client_roles() -> Response:
    """Which role may do what among the people of a client."""
    return people_pages.roles(Audience.CLIENT)


@blueprint.route(f"/clients/<{ID}:client_id>/people/<{ID}:person_id>", methods=["GET", "POST"])
@requires(Right.CLIENTS_MANAGE)
@fresh
def client_person(client_id: int, person_id: int) -> Response:
    """One of them, and what they may do."""
    return people_pages.person(_place(client_id), person_id)


@blueprint.post(f"/clients/<{ID}:client_id>/people/<{ID}:person_id>/<{ACTS}:act>")
@requires(Right.CLIENTS_MANAGE)
def act_on_client_person(client_id: int, person_id: int, act: str) -> Response:
    """Keep them out, let them in, remove them; or their invitation again, or never."""
    return people_pages.act(_place(client_id), person_id, act)


@blueprint.post(f"/clients/<{ID}:client_id>/people/<{ID}:person_id>/second-step")
@requires(Right.CLIENTS_MANAGE)
@fresh
def take_off_client_second_step(client_id: int, person_id: int) -> Response:
    """Ask no codes of somebody who has lost the app that makes them."""
    return people_pages.act(_place(client_id), person_id, SECOND_STEP)


def _place(client_id: int) -> Place:
    client = found_client(client_id)
    return Place(
        session=session(),
        audience=Audience.CLIENT,
        client_id=client.id,
        list_of="reseller.client_people",
        invite="reseller.invite_client_person",
        person="reseller.client_person",
        act="reseller.act_on_client_person",
        second_step="reseller.take_off_client_second_step",
        roles_url=url_for("reseller.client_roles"),
        owner={"client_id": client.id},
        may_manage=g.actor.can(Right.CLIENTS_MANAGE) and g.actor.viewing is None,
        above=client.name,
    )
