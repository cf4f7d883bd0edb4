"""Somebody has lost the phone that makes their codes: whoever manages them takes the step off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.accounts import authenticators
from portal.accounts.actor import Actor
from portal.accounts.models import Activity
from portal.accounts.roles import Role
from portal.accounts.sign_in_models import RecoveryCode
from portal.infra.db import Database
from portal.notifications.models import Mail
from tests.accounts import firms
from tests.cast import Cast
from tests.web.account.conftest import App, Grown, app_of, grown_old, vault
from tests.web.browsing import Browser
from tests.web.conftest import Visit

__all__ = ["app_of", "grown_old", "vault"]

AppOf = Callable[[Actor], App]
BUTTON = "Take off the second step"


def at(browser: Browser, path: str) -> Browser:
    """The same, with the token of forms."""
    assert browser.get(path).status == 200
    return browser


def joined(database: Database, by: Actor, role: Role, client_id: int | None = None) -> Actor:
    with database.session(by.reseller_id) as session, session.begin():
        return firms.acting(firms.joined(session, by, role, client_id=client_id))


def is_on(database: Database, actor: Actor) -> bool:
    assert actor.person_id is not None
    with database.session(actor.reseller_id) as session:
        return authenticators.is_on(session, person_id=actor.person_id)


@pytest.mark.parametrize("firm", ["client", "client, by staff", "reseller", "operator"])
def test_whoever_lost_their_phone_comes_in_again(
    visit: Visit, database: Database, cast: Cast, app_of: AppOf, firm: str
) -> None:
    alice = cast.alice
    boss, people, role, client_id = {
        "client": (alice.owner, "/people", Role.READER, alice.client_id),
        "client, by staff": (
            cast.sam, f"/reseller/clients/{alice.client_id}/people", Role.READER, alice.client_id,
        ),
        "reseller": (cast.sam, "/reseller/staff", Role.STAFF_READER, None),
        "operator": (cast.olga, "/operator/staff", Role.OPERATOR_READER, None),
    }[firm]  # fmt: skip
    lost = joined(database, alice.owner if client_id else boss, role, client_id)
    page = f"{people}/{lost.person_id}"
    browser = visit(boss)
    assert BUTTON not in browser.get(page).text
    app_of(lost)
    seen = browser.get(page)
    assert BUTTON in seen.text
    assert f'action="{page}/second-step"' in seen.html
    done = browser.post(f"{page}/second-step")
    assert (done.status, done.location) == (303, page)
    seen = browser.follow(done)
    assert f"{lost.name} signs in without a code from now on" in seen.text
    assert BUTTON not in seen.text
    assert not is_on(database, lost)
    with database.session(lost.reseller_id) as session:
        assert session.scalars(select(RecoveryCode)).all() == []
        assert session.scalars(
            select(Mail.recipient).where(Mail.notice == "sign_in_changed")
        ).all() == [lost.email, lost.email]  # when it was set up, and now
        row = session.scalars(
            select(Activity).where(Activity.what == "second_step.taken_off")
        ).one()
        assert (row.person_id, row.about_id, row.details["reason"]) == (
            boss.person_id, lost.person_id, lost.name,
        )  # fmt: skip
        assert row.client_id == client_id
    again = browser.post(f"{page}/second-step")
    assert again.status == 303
    with database.session(lost.reseller_id) as session:
        found = session.scalars(select(Activity).where(Activity.what == row.what)).all()
        assert len(found) == 1


def test_it_asks_who_presses_the_button(
    visit: Visit, database: Database, cast: Cast, app_of: AppOf, grown_old: Grown
) -> None:
    lost = joined(database, cast.sam, Role.STAFF_READER)
    app_of(lost)
    browser = at(visit(cast.sam), f"/reseller/staff/{lost.person_id}")
    grown_old()
    led = browser.post(f"/reseller/staff/{lost.person_id}/second-step")
    assert led.status == 307
    assert led.location.startswith("/confirm?next=")
    assert is_on(database, lost)


def test_an_administrator_takes_none_off_an_owner(
    visit: Visit, database: Database, cast: Cast, app_of: AppOf
) -> None:
    app_of(cast.sam)
    path = f"/reseller/staff/{cast.sam.person_id}"
    browser = at(visit(joined(database, cast.sam, Role.STAFF_ADMIN)), path)
    assert BUTTON not in browser.get(path).text
    refused = browser.post(f"{path}/second-step")
    assert (refused.status, "Only an owner" in refused.text) == (422, True)
    assert is_on(database, cast.sam)


def test_ones_own_is_turned_off_in_the_profile(
    visit: Visit, database: Database, cast: Cast, app_of: AppOf
) -> None:
    browser = visit(cast.sam)
    app_of(cast.sam)
    path = f"/reseller/staff/{cast.sam.person_id}"
    assert BUTTON not in at(browser, path).get(path).text
    refused = browser.post(f"{path}/second-step")
    assert (refused.status, "You cannot do this to yourself." in refused.text) == (422, True)
    assert is_on(database, cast.sam)


def test_who_has_not_come_yet_has_none(visit: Visit, database: Database, cast: Cast) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        guest = firms.invited(session, cast.sam, Role.STAFF_READER).id
    browser = at(visit(cast.sam), f"/reseller/staff/{guest}")
    assert browser.post(f"/reseller/staff/{guest}/second-step").status == 404


@pytest.mark.parametrize("role", [Role.STAFF_SUPPORT, Role.STAFF_READER])
def test_only_who_manages_people_does_it(
    visit: Visit, database: Database, cast: Cast, app_of: AppOf, role: Role
) -> None:
    lost = joined(database, cast.sam, Role.STAFF_BILLING)
    app_of(lost)
    browser = at(visit(joined(database, cast.sam, role)), "/reseller/")
    assert browser.post(f"/reseller/staff/{lost.person_id}/second-step").status == 403
    assert is_on(database, lost)
