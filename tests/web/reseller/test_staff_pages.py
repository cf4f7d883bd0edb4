"""Who works for a reseller and for the operator, and the people of a client as staff see them."""

import pytest

from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.accounts.roles import AUDIENCES, Audience, Role
from portal.infra.db import Database
from tests.accounts import firms
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

NEW = {
    "email": "petra@people.test", "firstname": "Petra", "lastname": "Prompt", "language": "en",
    "key": "k" * 24,
}  # fmt: skip
READERS = {"/reseller/staff": Role.STAFF_READER, "/operator/staff": Role.OPERATOR_READER}


def at(browser: Browser, path: str) -> Browser:
    """The same, with the token of forms."""
    assert browser.get(path).status == 200
    return browser


def worker(database: Database, by: Actor, role: Role) -> Actor:
    with database.session(by.reseller_id) as session, session.begin():
        return firms.acting(firms.joined(session, by, role))


@pytest.mark.parametrize("role", [each for each in Role if AUDIENCES[each] is Audience.RESELLER])
def test_owners_and_administrators_manage_staff(
    visit: Visit, database: Database, cast: Cast, role: Role
) -> None:
    browser = visit(worker(database, cast.sam, role))
    manages = role in {Role.STAFF_OWNER, Role.STAFF_ADMIN}
    assert browser.get("/reseller/staff").status == (200 if manages else 403)
    assert browser.get("/reseller/staff/roles").status == 200
    home = browser.get("/reseller/").html
    assert ("/reseller/staff" in home or "/reseller/settings" in home) is manages


@pytest.mark.parametrize("path", READERS)
def test_staff_are_invited_changed_and_removed(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    boss = cast.sam if path in "/reseller/staff" else cast.olga
    browser = at(visit(boss), path)
    role = READERS[path]
    seen = browser.follow(browser.post(f"{path}/invite", **NEW, role=role))
    assert "Petra Prompt petra@people.test Reader Invited never" in seen.text
    assert "Sub-accounts" not in seen.text
    refused = browser.post(f"{path}/invite", **NEW | {"key": "x" * 24}, role="owner")
    assert (refused.status, "Not a valid choice" in refused.text) == (422, True)
    taken = browser.post(f"{path}/invite", **NEW | {"key": "y" * 24}, role=role)
    assert (taken.status, "They are among your people already." in taken.text) == (422, True)
    other = worker(database, boss, role)
    one = f"{path}/{other.person_id}"
    better = role.replace("reader", "support")
    saved = browser.follow(browser.post(one, firstname="Pia", lastname="Prompt", role=better))
    assert "Support" in saved.text
    assert "is removed" in browser.follow(browser.post(f"{one}/remove")).text
    assert browser.get(one).status == 404
    own = browser.post(f"{path}/{boss.person_id}/remove")
    assert (own.status, "You cannot do this to yourself." in own.text) == (422, True)


def test_an_administrator_touches_no_owner(visit: Visit, database: Database, cast: Cast) -> None:
    admin = worker(database, cast.sam, Role.STAFF_ADMIN)
    browser = at(visit(admin), "/reseller/staff")
    path = f"/reseller/staff/{cast.sam.person_id}"
    seen = browser.get(path)
    assert "What an owner may do is changed by owners only." in seen.text
    assert "Remove" not in seen.text
    for act in ("disable", "remove"):
        refused = browser.post(f"{path}/{act}")
        assert (refused.status, "Only an owner" in refused.text) == (422, True)
    made = browser.post("/reseller/staff/invite", **NEW, role="staff_owner")
    assert (made.status, "Only an owner" in made.text) == (422, True)
    with database.session(SUNNY) as session:
        sam = session.get_one(Person, (SUNNY, cast.sam.person_id))
        assert (sam.role, sam.is_let_in) == (Role.STAFF_OWNER, True)


def test_staff_manage_the_people_of_a_client(visit: Visit, database: Database, cast: Cast) -> None:
    path = f"/reseller/clients/{cast.alice.client_id}/people"
    browser = at(visit(worker(database, cast.sam, Role.STAFF_SUPPORT)), path)
    seen = browser.follow(
        browser.post(f"{path}/invite", **NEW, role="user", reach="some",
                     sub_accounts=str(cast.alice.sub_account_id))
    )  # fmt: skip
    assert "Petra Prompt" in seen.text
    assert "Limited sender" in seen.text
    last = f"{path}/{cast.alice.owner.person_id}"
    refused = browser.post(f"{last}/remove")
    assert (refused.status, "There has to be an owner" in refused.text) == (422, True)
    demoted = browser.post(last, firstname="A", lastname="B", role="reader", reach="all")
    assert (demoted.status, "There has to be an owner" in demoted.text) == (422, True)
    assert browser.get("/reseller/clients/roles").status == 200


def test_staff_who_read_see_a_clients_people_and_no_buttons(
    visit: Visit, database: Database, cast: Cast
) -> None:
    path = f"/reseller/clients/{cast.alice.client_id}/people"
    browser = visit(worker(database, cast.sam, Role.STAFF_READER))
    seen = browser.get(path)
    assert (seen.status, "alice@acme.test" in seen.text) == (200, True)
    assert "Invite" not in seen.text
    assert f"{path}/{cast.alice.owner.person_id}" not in seen.html
    assert browser.get(f"{path}/invite").status == 403
    assert browser.get(f"{path}/{cast.alice.owner.person_id}").status == 403


def test_a_person_is_of_their_firm(visit: Visit, cast: Cast) -> None:
    browser = visit(cast.sam)
    alice, henry = cast.alice, cast.henry
    clients = "/reseller/clients"
    assert browser.get(f"{clients}/{alice.client_id}/people/{alice.owner.person_id}").status == 200
    for strange in (
        f"{clients}/{alice.client_id}/people/{henry.owner.person_id}",
        f"{clients}/{alice.client_id}/people/{cast.sam.person_id}",
        f"{clients}/{cast.berta.client_id}/people",
        f"/reseller/staff/{alice.owner.person_id}",
        f"/reseller/staff/{cast.hanna.person_id}",
    ):
        assert browser.get(strange).status == 404
