"""A link for a new password that staff have mailed, and what nobody does on a visit."""

from __future__ import annotations

import pytest

from portal.accounts import resets
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.infra.db import Database
from portal.tenancy import settings
from tests.accounts import firms, link_jobs
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit
from tests.web.operator.test_visiting import ask, enter


def page_of(cast: Cast) -> str:
    return f"/reseller/clients/{cast.alice.client_id}/people/{cast.alice.owner.person_id}"


def queued(database: Database) -> list[int | None]:
    with database.session(SUNNY) as session, session.begin():
        return link_jobs.take(session)


def at_alices_page(visit: Visit, cast: Cast) -> Browser:
    browser = visit(cast.sam)
    assert "Mail a link for a new password" in browser.get(page_of(cast)).text
    return browser


def test_staff_mail_a_link_also_where_nobody_may_ask_for_one(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, password_reset=False)
    asked = visit().get("/login").text
    assert "Please ask us: we mail you a link for a new one." in asked
    assert visit().get("/reset").status == 404
    browser = at_alices_page(visit, cast)
    seen = browser.follow(browser.post(f"{page_of(cast)}/link"))
    assert "A link for a new password is on its way to Alice Tester." in seen.text
    assert queued(database) == [cast.alice.owner.person_id]
    told = visit(cast.alice.owner).get("/activity").text
    assert "had a link for a new password sent to" in told


def test_a_link_is_not_mailed_for_ever(visit: Visit, cast: Cast, database: Database) -> None:
    browser = at_alices_page(visit, cast)
    for _ in range(resets.MAILS.count_max):
        assert browser.post(f"{page_of(cast)}/link").status == 303
    seen = browser.post(f"{page_of(cast)}/link")
    assert (seen.status, "gets no more for some hours" in seen.text) == (422, True)
    assert len(queued(database)) == resets.MAILS.count_max


def test_who_has_not_come_is_kept_out_or_owns_the_firm_gets_none(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        guest = firms.invited(
            session, cast.alice.owner, Role.READER, client_id=cast.alice.client_id
        ).id
        admin = firms.acting(firms.joined(session, cast.sam, Role.STAFF_ADMIN))
        session.get(Person, (SUNNY, cast.alice.owner.person_id)).disabled_at = session.get(
            Person, (SUNNY, cast.sam.person_id)
        ).created_at
    browser = visit(cast.sam)
    browser.get("/reseller/clients")
    people = f"/reseller/clients/{cast.alice.client_id}/people"
    assert browser.post(f"{people}/{guest}/link").status == 404
    assert browser.post(f"{page_of(cast)}/link").status == 404
    lesser = visit(admin)
    lesser.get("/reseller/staff")
    seen = lesser.post(f"/reseller/staff/{cast.sam.person_id}/link")
    assert (seen.status, "Only an owner" in seen.text) == (422, True)
    assert queued(database) == []


@pytest.mark.parametrize("act", ["link", "disable", "remove"])
def test_on_a_visit_nobodys_way_in_is_touched(
    visit: Visit, cast: Cast, database: Database, act: str
) -> None:
    at_sunny = visit()
    enter(at_sunny, ask(visit(cast.olga), reason="You asked us by telephone"))
    people = f"/reseller/clients/{cast.alice.client_id}/people"
    shown = at_sunny.get(people).text
    assert "Alice" in shown
    assert "Invite somebody" not in shown
    assert at_sunny.get(f"{people}/invite").status in {200, 403}
    wanted = {"email": "x@people.test", "role": "owner", "language": "en", "key": "k" * 24}
    refused = at_sunny.post(f"{people}/invite", **wanted)
    assert refused.status in {403, 422}
    assert at_sunny.post(f"{page_of(cast)}/{act}").status == 403
    assert queued(database) == []


def test_a_client_made_on_a_visit_is_not_invited(
    visit: Visit, cast: Cast, database: Database
) -> None:
    at_sunny = visit()
    enter(at_sunny, ask(visit(cast.olga), reason="You asked us by telephone"))
    form = at_sunny.get("/reseller/clients/new")
    assert "While you visit, nobody is invited." in form.text
