"""A client's own people, in a browser."""

import re

import pytest
from sqlalchemy import select, text

from portal.accounts import invitations
from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.infra.db import Database
from portal.notifications.models import Mail
from tests.accounts import firms
from tests.accounts.test_invitations import mailed, token_in
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

NEW = {
    "email": "petra@people.test", "firstname": "Petra", "lastname": "Prompt", "language": "en",
    "role": "power", "reach": "all", "key": "k" * 24,
}  # fmt: skip

_CLOSE = text("UPDATE sub_accounts SET closed_at = now() WHERE id = :id")


def found(database: Database, email: str = "petra@people.test") -> Person | None:
    with database.session(SUNNY) as session:
        return session.scalars(select(Person).where(Person.email == email)).one_or_none()


def opened(visit: Visit, cast: Cast) -> Browser:
    """Alice at her list, which has the token of forms."""
    browser = visit(cast.alice.owner)
    browser.get("/people")
    return browser


def join_path(database: Database) -> str:
    with database.session(SUNNY) as session, session.begin():
        return f"/join/{token_in(mailed(session)[-1])}"


@pytest.mark.parametrize("role", [Role.POWER, Role.USER, Role.READER, Role.BILLING])
def test_only_owners_manage_people(
    visit: Visit, database: Database, cast: Cast, role: Role
) -> None:
    alice = cast.alice
    only = frozenset({alice.sub_account_id}) if role is Role.USER else None
    with database.session(SUNNY) as session, session.begin():
        actor = firms.acting(
            firms.joined(session, alice.owner, role, client_id=alice.client_id, only=only)
        )
    browser = visit(actor)
    assert browser.get("/people").status == 403
    browser.get("/dashboard")
    assert browser.post("/people/invite", **NEW).status == 403
    assert "People" not in browser.get("/dashboard").text
    assert browser.get("/people/roles").status == 200
    assert found(database) is None


def test_invite_come_and_sign_in(visit: Visit, database: Database, cast: Cast) -> None:
    browser = opened(visit, cast)
    assert "Invite somebody" in browser.get("/people").text
    form = browser.get("/people/invite")
    sent = browser.post("/people/invite", **NEW | {"key": form.value_of("key")})
    seen = browser.follow(sent)
    assert "The invitation to petra@people.test is on its way." in seen.text
    assert "Petra Prompt petra@people.test Sender all Invited never" in seen.text
    again = browser.post("/people/invite", **NEW | {"key": form.value_of("key")})
    assert (again.status, again.location) == (303, "/people")
    path = join_path(database)
    guest = visit()
    assert guest.post(
        "/login", email="petra@people.test", password=firms.PASSWORD
    ).status == 422  # fmt: skip
    shown = guest.get(path)
    assert "You are invited to SunnyText." in shown.text
    assert "petra@people.test" in shown.text
    weak = guest.post(path, password="short")
    assert (weak.status, "at least 8 characters" in weak.text) == (422, True)
    personal = guest.post(path, password="petra@people.test")
    assert (personal.status, "who knows you" in personal.text) == (422, True)
    assert guest.post(path, password=firms.PASSWORD).location == "/login"
    spent = guest.get(path)
    assert (spent.status, "does not work any more" in spent.text) == (410, True)
    assert guest.post(
        "/login", email="petra@people.test", password=firms.PASSWORD
    ).status == 303  # fmt: skip
    assert "Petra Prompt petra@people.test Sender all Active" in browser.get("/people").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "no address"}, "This is no e-mail address"),
        ({"email": "a@b.test,c@d.test"}, "This is no e-mail address"),
        ({"email": "x@y.test\r\nBcc: z@y.test"}, "This is no e-mail address"),
        ({"email": "a" * 10_000 + "@b.test"}, "This is no e-mail address"),
        ({"email": "ALICE@acme.test"}, "They are among your people already."),
        ({"email": "henry@hardware.test"}, "This address has an account here already."),
        ({"role": "staff_owner"}, "Not a valid choice."),
        ({"role": ""}, "Please fill this in."),
        ({"role": "reader", "reach": "some"}, "Choose at least one sub-account."),
        ({"role": "billing", "reach": "some"}, "This role is for the whole account."),
        ({"role": "reader", "reach": "some", "sub_accounts": "7"}, "not a valid choice"),
        ({"language": "tlh"}, "Not a valid choice."),
        ({"key": ""}, "Please fill this in."),
    ],
)
def test_what_cannot_be_read_is_said(
    visit: Visit, database: Database, cast: Cast, changes: dict[str, str], words: str
) -> None:
    browser = opened(visit, cast)
    seen = browser.post("/people/invite", **NEW | changes)
    assert (seen.status, words in seen.html) == (422, True), seen.text
    assert seen.value_of("firstname") == "Petra"
    assert found(database) is None


def test_names_are_read_as_one_line_of_text(visit: Visit, database: Database, cast: Cast) -> None:
    browser = opened(visit, cast)
    browser.post("/people/invite", **NEW | {"firstname": "\u202eP<b>etra\n", "lastname": ""})
    seen = browser.get("/people")
    assert "P&lt;b&gt;etra" in seen.html
    assert "\u202e" not in seen.html


def test_the_only_sub_account_is_the_one_of_a_limited_sender(
    visit: Visit, database: Database, cast: Cast
) -> None:
    browser = opened(visit, cast)
    seen = browser.follow(browser.post("/people/invite", **NEW | {"role": "user"}))
    assert "Limited sender" in seen.text
    petra = found(database)
    assert petra is not None
    assert petra.is_limited


def test_with_several_a_limited_sender_needs_some(
    visit: Visit, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        second = firms.second_sub_account(session, cast.sam, cast.alice.client_id)
    browser = opened(visit, cast)
    seen = browser.post("/people/invite", **NEW | {"role": "user"})
    assert (seen.status, "Choose at least one sub-account." in seen.text) == (422, True)
    browser.post("/people/invite", **NEW | {"role": "user", "sub_accounts": str(second)})
    assert "Petra Prompt petra@people.test Limited sender Second" in browser.get("/people").text


def test_without_sub_accounts_nobody_is_limited(
    visit: Visit, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(_CLOSE, {"id": cast.alice.sub_account_id})
    browser = opened(visit, cast)
    assert "Only these" not in browser.get("/people/invite").text
    refused = browser.post("/people/invite", **NEW | {"role": "user"})
    assert (refused.status, "There is no sub-account yet" in refused.text) == (422, True)
    assert browser.post("/people/invite", **NEW).status == 303


def test_a_role_and_a_limit_are_changed(visit: Visit, database: Database, cast: Cast) -> None:
    alice = cast.alice
    with database.session(SUNNY) as session, session.begin():
        person = firms.joined(session, alice.owner, Role.POWER, client_id=alice.client_id)
        actor, path = firms.acting(person), f"/people/{person.id}"
    theirs, browser = visit(actor), opened(visit, cast)
    assert theirs.get("/send").status == 200
    fields = {"firstname": "Petra", "lastname": "P", "role": "power", "reach": "all"}
    seen = browser.follow(browser.post(path, **fields))
    assert "Saved." in seen.text
    assert theirs.get("/send").status == 200
    bad = browser.post(path, **fields | {"role": "reader", "reach": "some"})
    assert (bad.status, "Choose at least one" in bad.text) == (422, True)
    limited = fields | {
        "role": "reader", "reach": "some", "sub_accounts": str(alice.sub_account_id)
    }  # fmt: skip
    seen = browser.follow(browser.post(path, **limited))
    assert "They are signed out, and sign in again." in seen.text
    assert theirs.get("/send").status == 303
    assert visit(actor).get("/send").status == 403


def test_what_buttons_do(visit: Visit, database: Database, cast: Cast) -> None:
    alice = cast.alice
    with database.session(SUNNY) as session, session.begin():
        person = firms.joined(session, alice.owner, Role.POWER, client_id=alice.client_id)
        guest = firms.invited(session, alice.owner, Role.READER, client_id=alice.client_id)
        come, invited = f"/people/{person.id}", f"/people/{guest.id}"
    browser = opened(visit, cast)
    for path in (f"{come}/repeat", f"{come}/withdraw", f"{invited}/disable", f"{invited}/remove"):
        assert browser.post(path).status == 404
    assert browser.post(f"{come}/promote").status == 404
    assert "cannot sign in any more" in browser.follow(browser.post(f"{come}/disable")).text
    assert "Kept out" in browser.get("/people").text
    assert "can sign in again" in browser.follow(browser.post(f"{come}/enable")).text
    assert "is removed" in browser.follow(browser.post(f"{come}/remove")).text
    assert browser.get(come).status == 404
    assert "is on its way again" in browser.follow(browser.post(f"{invited}/repeat")).text
    assert "is withdrawn" in browser.follow(browser.post(f"{invited}/withdraw")).text
    assert browser.get(invited).status == 404


def test_nobody_takes_themselves_away(visit: Visit, cast: Cast) -> None:
    browser = opened(visit, cast)
    own = f"/people/{cast.alice.owner.person_id}"
    seen = browser.get(own)
    assert "changed by another owner" in seen.text
    assert 'name="role"' not in seen.html
    for act in ("disable", "remove"):
        refused = browser.post(f"{own}/{act}")
        assert (refused.status, "You cannot do this to yourself." in refused.text) == (422, True)
    renamed = browser.follow(browser.post(own, firstname="Alicia", lastname="", role="reader"))
    assert "Alicia" in renamed.text
    assert browser.get("/people").status == 200


def test_too_many_invitations_are_refused_for_a_while(
    visit: Visit, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        for number in range(invitations.PER_FIRM.count_max):
            invitations.count(
                session, client_id=cast.alice.client_id, email=f"{number}@people.test"
            )
    browser = opened(visit, cast)
    seen = browser.post("/people/invite", **NEW)
    assert (seen.status, "Too many invitations" in seen.text) == (422, True)
    with database.session(SUNNY) as session, session.begin():
        guest = firms.invited(
            session, cast.alice.owner, Role.READER, client_id=cast.alice.client_id
        ).id
    seen = browser.post(f"/people/{guest}/repeat")
    assert (seen.status, "Too many invitations" in seen.text) == (422, True)


def test_a_form_sent_twice_for_two_is_said(visit: Visit, database: Database, cast: Cast) -> None:
    browser = opened(visit, cast)
    browser.post("/people/invite", **NEW)
    seen = browser.post("/people/invite", **NEW | {"email": "other@people.test"})
    assert (seen.status, "This form was sent before." in seen.text) == (422, True)
    assert found(database, "other@people.test") is None


def test_an_old_invitation_is_shown_as_one(visit: Visit, database: Database, cast: Cast) -> None:
    alice = cast.alice
    with database.session(SUNNY) as session, session.begin():
        guest = firms.invited(session, alice.owner, Role.READER, client_id=alice.client_id)
        assert guest.invited_at is not None
        guest.invited_at -= invitations.GOOD_FOR
    assert "Invitation too old" in visit(alice.owner).get("/people").text


def test_the_table_of_rights_is_generated(visit: Visit, cast: Cast) -> None:
    seen = visit(cast.alice.owner).get("/people/roles")
    assert "Send messages yes yes yes no no" in re.sub(r"– ", "", seen.text)
    assert "Erase clients" not in seen.text


def test_no_invitation_tells_who_invited(visit: Visit, database: Database, cast: Cast) -> None:
    opened(visit, cast).post("/people/invite", **NEW)
    join_path(database)
    with database.session(SUNNY) as session:
        mail = session.scalars(select(Mail).where(Mail.notice == "invited")).one()
    assert cast.alice.owner.name not in mail.text
