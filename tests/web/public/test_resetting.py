"""A new password by mail, in a browser."""

import re

from sqlalchemy import select

from portal.accounts import resets
from portal.infra import clock
from portal.infra.db import Database
from portal.notifications.models import Mail
from tests.accounts import link_jobs
from tests.cast import PASSWORD, SUNNY, Cast
from tests.web.conftest import Visit

NEW = "another horse battery"


def link(database: Database) -> str:
    with database.session(SUNNY) as session, session.begin():
        link_jobs.take(session)
        mail = session.scalars(
            select(Mail).where(Mail.notice == "password_reset").order_by(Mail.id.desc())
        ).first()
    assert mail is not None
    found = re.search(r"http://sunny\.localhost:8000(/reset/[\w-]+)", mail.text)
    assert found
    return found[1]


def test_asking_tells_nothing(visit: Visit) -> None:
    browser = visit()
    seen = browser.post("/reset", email="no address")
    assert (seen.status, "This is no e-mail address" in seen.text) == (422, True)
    known = browser.post("/reset", email="alice@acme.test")
    unknown = browser.post("/reset", email="nobody@acme.test")
    assert known.status == unknown.status == 200
    assert known.anonymous_html == unknown.anonymous_html


def test_the_link_is_to_the_stored_host(visit: Visit, database: Database) -> None:
    browser = visit()
    browser.get("/reset", **{"X-Forwarded-Host": "evil.test"})
    browser.post("/reset", email="alice@acme.test")
    assert link(database)


def test_with_the_link_one_chooses_and_the_old_one_is_gone(
    visit: Visit, database: Database, cast: Cast
) -> None:
    signed_in = visit(cast.alice.owner)
    assert signed_in.get("/dashboard").status == 200
    browser = visit()
    browser.post("/reset", email="alice@acme.test")
    path = link(database)
    assert browser.get(path).status == 200
    weak = browser.post(path, password="password1")
    assert (weak.status, "tried first" in weak.text) == (422, True)
    personal = browser.post(path, password="alice@acme.test")
    assert (personal.status, "who knows you" in personal.text) == (422, True)
    assert browser.post(path, password=NEW).location == "/login"
    assert signed_in.get("/dashboard").status == 303
    again = browser.post(path, password=NEW)
    assert (again.status, "does not work any more" in again.text) == (410, True)
    assert browser.post("/login", email="alice@acme.test", password=PASSWORD).status == 422
    assert browser.post("/login", email="alice@acme.test", password=NEW).status == 303


def test_a_link_that_is_none_or_too_old_is_gone(visit: Visit, database: Database) -> None:
    browser = visit()
    browser.post("/reset", email="alice@acme.test")
    path = link(database)
    for wrong in ("/reset/x", f"{path}x", path[:-1]):
        assert browser.get(wrong).status == 410
    with clock.pretending(clock.now() + resets.GOOD_FOR):
        assert browser.get(path).status == 410
    assert browser.get(path).status == 200


def test_guessing_links_is_slowed_down(visit: Visit) -> None:
    browser = visit()
    statuses = [browser.get(f"/reset/{n}").status for n in range(11)]
    assert statuses == [410] * 10 + [429]
