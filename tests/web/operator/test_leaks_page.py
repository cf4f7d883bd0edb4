"""Looking for traces of others on a reseller's portal, from the console."""

from __future__ import annotations

import pytest
from flask import g
from sqlalchemy import delete, func, select

from portal.accounts.models import Activity, Person
from portal.accounts.roles import Role
from portal.accounts.session_models import SignedIn
from portal.http import leak_walk
from portal.infra.db import Database
from portal.infra.errors import NotFound
from portal.tenancy import branding
from portal.tenancy.models import Hostname
from portal.web.operator import leaks
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

PATH = f"/operator/resellers/{SUNNY}/leaks"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leak_walk, "PAGES_MAX", 8)


def test_it_is_for_who_manages_resellers(visit: Visit, cast: Cast, database: Database) -> None:
    assert visit(cast.sam).post(PATH).status == 404
    olga = visit(cast.olga)
    assert olga.get(PATH).status == 200
    for nobody in (0, 77):
        path = PATH.replace(f"/{SUNNY}/", f"/{nobody}/")
        assert (olga.get(path).status, olga.post(path).status) == (404, 404)
    with database.session(0) as session, session.begin():
        person = session.get_one(Person, (0, cast.olga.person_id))
        person.role = Role.OPERATOR_READER.value
    assert (olga.get(PATH).status, olga.post(PATH).status) == (403, 403)


def test_nothing_is_looked_at_before_it_is_asked_for(visit: Visit, cast: Cast) -> None:
    olga = visit(cast.olga)
    assert PATH in olga.get(f"/operator/resellers/{SUNNY}").html
    seen = olga.get(PATH)
    assert "Not looked at now" in seen.text
    assert "Look now" in seen.text


def test_a_portal_without_traces_and_then_with_one(
    visit: Visit, cast: Cast, database: Database
) -> None:
    olga = visit(cast.olga)
    olga.get(PATH)
    clean = olga.post(PATH)
    assert clean.status == 200
    assert "No trace of anybody else" in clean.text
    assert "were searched for" in clean.text

    with database.session(SUNNY) as session, session.begin():
        branding.own(session).title = "Sunny, a part of <b>console.localhost</b>"
    found = olga.post(PATH)
    assert found.status == 200
    assert "No trace of anybody else" not in found.text
    assert "a host name of the operator" in found.text
    assert "/login" in found.text
    assert "<b>console.localhost</b>" not in found.html.replace(
        '<b dir="auto">console.localhost</b>', ""
    )
    with database.session(SUNNY) as session:
        acts = session.scalars(select(Activity.what).order_by(Activity.id.desc()).limit(2)).all()
        names = session.scalars(select(Activity.person_name).where(Activity.what == acts[0])).all()
        left = session.scalar(select(func.count()).select_from(SignedIn))
    assert (acts, names, left) == (["reseller.searched"] * 2, ["", ""], 0)


def test_no_transaction_waits_for_a_look_that_takes_long(
    visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database ends one that says nothing for half a minute."""
    held: list[object] = []

    def look(*_: object, **__: object) -> None:
        held.append(g.get("unit_of_work"))
        raise NotFound("reseller", SUNNY)

    monkeypatch.setattr(leaks.leaks, "look", look)
    olga = visit(cast.olga)
    olga.get(PATH)
    assert olga.post(PATH).status == 409
    assert held == [None]


def test_one_portal_is_looked_at_at_a_time(visit: Visit, cast: Cast) -> None:
    olga = visit(cast.olga)
    olga.get(PATH)
    with leaks._one_at_a_time:
        busy = olga.post(PATH)
    assert busy.status == 409
    assert "Another portal is being looked at" in busy.text
    assert "Another portal" not in olga.post(PATH).text


def test_a_portal_without_a_host_name(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(delete(Hostname))
    olga = visit(cast.olga)
    olga.get(PATH)
    answer = olga.post(PATH)
    assert answer.status == 409
    assert "has no host name yet" in answer.text
