"""Invitations: what a link is good for, how long, and what nobody can do before they have come."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from portal.accounts import accepting, activity, clients, invitations, login, people, resets, staff
from portal.accounts.errors import (
    LinkSpent,
    NameTaken,
    TooManyPeople,
    WeakPassword,
    WrongCredentials,
    WrongStanding,
)
from portal.accounts.models import OneTimeLink, Person
from portal.accounts.people import Access
from portal.accounts.roles import Role
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.throttle import TooOften
from portal.notifications.models import Mail
from tests.accounts import firms
from tests.cast import Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
ORIGIN = "http://sunny.localhost:8000"
_TAKE = text("DELETE FROM procrastinate_jobs WHERE task_name = :name RETURNING args")


def mailed(session: ResellerSession) -> list[Mail]:
    """What the worker makes of the jobs that are queued."""
    session.flush()
    for args in session.scalars(_TAKE, {"name": invitations.JOB}).all():
        invitations.mail_link(session, person_id=args["person_id"], origin=ORIGIN)
    session.flush()
    return list(session.scalars(select(Mail).where(Mail.notice == "invited").order_by(Mail.id)))


def token_in(mail: Mail) -> str:
    found = re.search(re.escape(ORIGIN) + r"/join/([\w-]+)", mail.text)
    assert found
    return found[1]


def accept(session: ResellerSession, token: str, password: str = firms.PASSWORD) -> Person:
    return accepting.accept(session, token=token, password=password, address="192.0.2.1")


def guest(session: ResellerSession, cast: Cast) -> Person:
    return firms.invited(
        session,
        cast.alice.owner,
        Role.READER,
        client_id=cast.alice.client_id,
        email="petra@people.test",
    )


def test_an_address_is_used_once_whoever_has_it(
    session: ResellerSession, harbour_session: ResellerSession, cast: Cast
) -> None:
    alice = cast.alice
    for email in ("ALICE@acme.test", "henry@hardware.test", "sam@sunny.test"):
        with pytest.raises(NameTaken):
            firms.invited(session, alice.owner, Role.READER, client_id=alice.client_id, email=email)
    # Of another reseller nothing is known, and nothing is told.
    firms.invited(
        session, alice.owner, Role.READER, client_id=alice.client_id, email="berta@buch.test"
    )
    firms.invited(harbour_session, cast.hanna, Role.STAFF_READER, email="sam@sunny.test")


def test_before_they_come_nobody_signs_in_or_resets(session: ResellerSession, cast: Cast) -> None:
    person = guest(session, cast)
    for password in ("", firms.PASSWORD):
        attempt = login.begin(session, email=person.email, address="192.0.2.1")
        assert attempt.password_hash == ""
        del password
        with pytest.raises(WrongCredentials):
            login.finish(session, attempt, right=True)
    resets.mail_link(session, person_id=person.id, address="", origin=ORIGIN)
    resets_mailed = select(func.count()).where(Mail.notice == "password_reset")
    assert session.scalar(resets_mailed) == 0


def test_the_mail_is_in_their_language_and_tells_no_balance(
    session: ResellerSession, cast: Cast
) -> None:
    person = guest(session, cast)
    person.language = "de"
    (mail,) = mailed(session)
    assert mail.recipient == "petra@people.test"
    assert mail.subject == "Sie sind zu SunnyText eingeladen"
    assert "Petra reader" in mail.text
    assert mail.client_id == cast.alice.client_id
    assert token_in(mail)
    assert session.scalar(select(func.count()).where(OneTimeLink.hash == token_in(mail))) == 0


def test_staff_are_invited_alike(session: ResellerSession, cast: Cast) -> None:
    firms.invited(session, cast.sam, Role.STAFF_SUPPORT)
    staff.invite(session, email="fay@sunny.test", role=Role.STAFF_READER, language="en")
    first, second = mailed(session)
    assert {first.recipient, second.recipient} == {"staff_support@people.test", "fay@sunny.test"}
    fay = staff.by_email(session, "fay@sunny.test")
    assert fay is not None
    assert not fay.is_let_in


def test_a_link_works_once_and_its_guest_signs_in(session: ResellerSession, cast: Cast) -> None:
    person = guest(session, cast)
    (mail,) = mailed(session)
    token = token_in(mail)
    with pytest.raises(WeakPassword):
        accept(session, token, "petra@people.test")
    assert accepting.guest_of(session, token=token) is person
    epoch = person.auth_epoch
    assert accept(session, token) is person
    assert (person.is_let_in, person.auth_epoch) == (True, epoch + 1)
    for spent in (token, "nothing", ""):
        with pytest.raises(LinkSpent):
            accept(session, spent)
    attempt = login.begin(session, email=person.email, address="192.0.2.1")
    assert login.finish(session, attempt, right=True).person is person
    rows = activity.latest(session, client_id=cast.alice.client_id, limit=3)
    assert [(row.what, row.person_name) for row in rows] == [
        ("login.succeeded", "Petra reader"),
        ("person.joined", "Petra reader"),
        ("person.invited", cast.alice.owner.name),
    ]


def test_a_link_is_good_for_seven_days(session: ResellerSession, cast: Cast) -> None:
    with clock.pretending(NOON):
        guest(session, cast)
        (mail,) = mailed(session)
    with clock.pretending(NOON + timedelta(days=7)), pytest.raises(LinkSpent):
        accepting.guest_of(session, token=token_in(mail))
    with clock.pretending(NOON + timedelta(days=7, seconds=-1)):
        accepting.guest_of(session, token=token_in(mail))


def test_sent_again_the_first_link_is_worth_nothing(session: ResellerSession, cast: Cast) -> None:
    person = guest(session, cast)
    (first,) = mailed(session)
    invitations.repeat(session, by=cast.alice.owner, person=person)
    _, second = mailed(session)
    with pytest.raises(LinkSpent):
        accept(session, token_in(first))
    accept(session, token_in(second))
    with pytest.raises(NotFound):
        invitations.repeat(session, by=cast.alice.owner, person=person)
    with pytest.raises(NotFound):
        invitations.withdraw(session, by=cast.alice.owner, person=person)


def test_withdrawn_nothing_is_left_but_the_record(session: ResellerSession, cast: Cast) -> None:
    person = firms.invited(
        session,
        cast.alice.owner,
        Role.USER,
        client_id=cast.alice.client_id,
        only=frozenset({cast.alice.sub_account_id}),
    )
    (mail,) = mailed(session)
    number = person.id
    invitations.withdraw(session, by=cast.alice.owner, person=person)
    with pytest.raises(LinkSpent):
        accept(session, token_in(mail))
    assert session.get(Person, (session.reseller_id, number)) is None
    invitations.mail_link(session, person_id=number, origin=ORIGIN)
    assert len(mailed(session)) == 1
    (row, *_) = activity.latest(session, limit=1)
    assert (row.what, row.about_id) == ("person.withdrawn", number)


def test_another_role_before_they_come_leaves_the_link(
    session: ResellerSession, cast: Cast
) -> None:
    person = guest(session, cast)
    (mail,) = mailed(session)
    people.change(session, by=cast.alice.owner, person=person, to=Access(role=Role.POWER))
    assert accept(session, token_in(mail)).role == Role.POWER


def test_whoever_was_kept_out_meanwhile_does_not_come(session: ResellerSession, cast: Cast) -> None:
    person = guest(session, cast)
    (mail,) = mailed(session)
    person.disabled_at = clock.now()
    with pytest.raises(LinkSpent):
        accept(session, token_in(mail))


def test_nobody_is_invited_to_a_client_that_was_turned_away(
    session: ResellerSession, cast: Cast
) -> None:
    clients.refuse(
        session, client_id=cast.walter.client_id, by=cast.sam, reason="no", origin=ORIGIN
    )
    with pytest.raises(WrongStanding):
        firms.invited(session, cast.sam, Role.READER, client_id=cast.walter.client_id)


def test_a_firm_has_so_many_people_at_most(
    session: ResellerSession, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "PEOPLE_MAX", 2)
    guest(session, cast)
    with pytest.raises(TooManyPeople):
        firms.invited(session, cast.alice.owner, Role.POWER, client_id=cast.alice.client_id)


def test_a_firm_and_an_address_have_so_many_invitations_a_day(
    session: ResellerSession, cast: Cast
) -> None:
    for number in range(invitations.PER_ADDRESS.count_max):
        invitations.count(session, client_id=number, email="petra@people.test")
    with pytest.raises(TooOften):
        invitations.count(session, client_id=None, email="PETRA@people.test")
    for number in range(invitations.PER_FIRM.count_max):
        invitations.count(session, client_id=cast.alice.client_id, email=f"{number}@people.test")
    with pytest.raises(TooOften):
        invitations.count(session, client_id=cast.alice.client_id, email="last@people.test")
    invitations.count(session, client_id=cast.henry.client_id, email="last@people.test")


def test_links_are_tried_so_often_only(session: ResellerSession) -> None:
    for _ in range(10):
        accepting.count(session, address="192.0.2.9")
    with pytest.raises(TooOften):
        accepting.count(session, address="192.0.2.9")
