"""The link in the reseller's mail: it shows one request, and lets that client in, once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from portal.accounts import approving, clients, sign_up_letters, signing_up
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.sign_up_models import ApprovalLink
from portal.accounts.statuses import Standing
from portal.infra import clock, signing
from portal.infra.db import Database
from portal.notifications import mail_record
from portal.notifications.models import Mail
from portal.tenancy import settings
from portal.tenancy.admission import Admission
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

LINK = re.compile(r"http://sunny\.localhost:8000(/approve/[\w-]+)")


@pytest.fixture
def path(database: Database, cast: Cast) -> str:
    """Where the link of the mail about Walter leads."""
    with database.session(SUNNY) as session, session.begin():
        walter = session.get_one(Client, (SUNNY, cast.walter.client_id))
        sign_up_letters.tell_reseller(session, walter, origin="http://sunny.localhost:8000")
        mail = session.scalars(select(Mail).where(Mail.notice == "signup_notice")).one()
        found = LINK.search(mail.text)
        assert found is not None
        assert mail_record.is_secret(mail)
        return found[1]


def opened(visit: Visit, path: str, actor: Actor) -> Browser:
    """Somebody's browser with the page open."""
    browser = visit(actor)
    browser.get(path)
    return browser


def standing(database: Database, cast: Cast) -> Standing:
    with database.session(SUNNY) as session:
        return session.get_one(Client, (SUNNY, cast.walter.client_id)).standing


def acts(database: Database, cast: Cast) -> list[tuple[str, int | None, str]]:
    with database.session(SUNNY) as session:
        rows = session.execute(
            text(
                "SELECT what, person_id, person_name FROM activity"
                " WHERE client_id = :id AND what IN"
                " ('client.activated', 'client.approved_by_link') ORDER BY id"
            ),
            {"id": cast.walter.client_id},
        )
        return [tuple(row) for row in rows]


def test_only_the_hash_of_the_secret_is_kept(path: str, database: Database) -> None:
    with database.session(SUNNY) as session:
        link = session.scalars(select(ApprovalLink)).one()
    assert link.hash == signing.digest(path.rpartition("/")[2])
    assert link.recipient == "office@sunny.test"


def test_to_open_it_shows_the_request_and_does_nothing(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    browser = visit()
    for _ in range(2):
        seen = browser.get(path)
        assert (seen.status, "walter@waiting.test" in seen.text) == (200, True)
        assert "What stands out" in seen.text
        assert "/reseller/clients/" not in seen.html
    assert standing(database, cast) is Standing.WAIT
    assert acts(database, cast) == []


def test_the_button_lets_the_client_in_once_in_the_name_of_the_mails_owner(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    browser = visit()
    done = browser.post(path)
    assert (done.status, "Waiting is active" in done.text) == (200, True)
    assert standing(database, cast) is Standing.ACTIVE
    assert acts(database, cast) == [
        ("client.approved_by_link", None, "office@sunny.test"),
        ("client.activated", None, "office@sunny.test"),
    ]
    assert browser.post(path).status == browser.get(path).status == 410
    assert browser.get("/reseller/clients").status == 303


def test_signed_in_staff_do_it_in_their_own_name(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    assert opened(visit, path, cast.sam).post(path).status == 200
    assert {(person, name) for _, person, name in acts(database, cast)} == {
        (cast.sam.person_id, cast.sam.name)
    }


def test_signed_in_staff_without_the_right_do_not(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE people SET role = 'staff_reader' WHERE id = :id"),
            {"id": cast.sam.person_id},
        )
    assert opened(visit, path, cast.sam).post(path).status == 403
    assert standing(database, cast) is Standing.WAIT
    assert visit().get(path).status == 200


def test_a_client_that_is_signed_in_is_nobody_here(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    assert opened(visit, path, cast.alice.owner).post(path).status == 200
    assert acts(database, cast)[0][2] == "office@sunny.test"


@pytest.mark.parametrize("token", ["x", "b" * 43])
def test_what_is_no_link_opens_nothing(visit: Visit, token: str) -> None:
    assert visit().get(f"/approve/{token}").status == 410


def test_it_is_too_old_after_a_week(visit: Visit, path: str) -> None:
    with time_machine.travel(clock.now() + approving.GOOD_FOR + timedelta(seconds=1)):
        assert visit().get(path).status == 410


def test_it_works_on_no_other_host(visit: Visit, cast: Cast, path: str) -> None:
    assert visit(host=cast.harbour_host).get(path).status == 410
    assert visit(host=cast.console_host).get(path).status == 404


def test_it_is_worth_nothing_once_somebody_has_answered(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    with database.session(SUNNY) as session, session.begin():
        clients.refuse(
            session, client_id=cast.walter.client_id, by=cast.sam, reason="No", origin="http://x"
        )
    seen = visit().get(path)
    assert (seen.status, "Perhaps somebody has answered" in seen.text) == (410, True)


def test_trying_links_is_slowed_down(visit: Visit) -> None:
    browser = visit()
    assert [browser.get(f"/approve/{n}").status for n in range(11)] == [410] * 10 + [429]


def test_the_client_begins_with_the_package_for_sign_ups(
    visit: Visit, database: Database, cast: Cast, path: str
) -> None:
    browser = visit()
    assert "can send nothing until you give it one" in browser.get(path).text
    with database.session(SUNNY) as session, session.begin():
        package = session.scalars(text("SELECT id FROM packages WHERE name = 'Starter'")).one()
        settings.change(session, admission=Admission(package_id=package))
    assert "begins with the package Starter" in browser.get(path).text
    browser.post(path)
    with database.session(SUNNY) as session:
        given = session.scalars(
            text("SELECT package_id FROM sub_accounts WHERE client_id = :id"),
            {"id": cast.walter.client_id},
        ).one()
    assert given == package


def test_the_mail_says_what_stands_out(database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        made = signing_up.sign_up(
            session,
            form=signing_up.SignUp(
                email="nora@gmail.com", password="a long enough password", firstname="Nora",
                lastname="New", country="US", phone="+4915123456789", language="en",
            ),
            origin="http://sunny.localhost",
        )  # fmt: skip
        assert made is not None
        sign_up_letters.await_activation(session, made, origin="http://sunny.localhost")
        mail = session.scalars(select(Mail).where(Mail.notice == "signup_notice")).one()
    assert "– gmail.com gives an address to anybody, so it names no firm." in mail.text
    assert "– The telephone number is of another country: Germany." in mail.text
    assert "[" not in mail.text
