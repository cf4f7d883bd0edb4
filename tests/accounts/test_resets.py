"""A new password by mail: who gets a link, how long it works, and what it ends."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts import activity, clients, passwords, resets, sessions
from portal.accounts.errors import LinkSpent, WeakPassword
from portal.accounts.models import OneTimeLink, Person
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.throttle import TooOften
from portal.notifications.models import Mail
from tests.accounts import link_jobs
from tests.accounts.link_jobs import ORIGIN
from tests.cast import PASSWORD, Cast

NOON = datetime(2030, 11, 21, 12, tzinfo=UTC)
NEW = "another horse battery"

UNUSED = (OneTimeLink.purpose == resets.PURPOSE, OneTimeLink.used_at.is_(None))


def ask(
    session: ResellerSession, email: str = "alice@acme.test", address: str = "192.0.2.1"
) -> None:
    resets.request(session, email=email, address=address)
    link_jobs.take(session)


def mails(session: ResellerSession, notice: str = "password_reset") -> list[Mail]:
    return list(session.scalars(select(Mail).where(Mail.notice == notice).order_by(Mail.id)))


def link(session: ResellerSession) -> str:
    found = re.search(re.escape(ORIGIN) + r"/reset/([\w-]+)", mails(session)[-1].text)
    assert found
    return found[1]


def confirm(session: ResellerSession, token: str, password: str = NEW) -> Person:
    return resets.confirm(
        session, token=token, password=password, address="192.0.2.1", origin=ORIGIN
    )


def test_nobody_gets_nothing_and_the_answer_is_the_same(session: ResellerSession) -> None:
    ask(session, "nobody@acme.test")
    ask(session, "berta@buch.test")
    assert mails(session) == []
    ask(session, " ALICE@acme.test ")
    assert [mail.recipient for mail in mails(session)] == ["alice@acme.test"]


def test_a_job_is_queued_for_nobody_as_well(session: ResellerSession, cast: Cast) -> None:
    for email in ("nobody@acme.test", "alice@acme.test"):
        resets.request(session, email=email, address="192.0.2.1")
    assert link_jobs.take(session) == [None, cast.alice.owner.person_id]


def test_who_was_refused_gets_no_link(session: ResellerSession, cast: Cast) -> None:
    ask(session, "walter@waiting.test")
    assert len(mails(session)) == 1
    clients.refuse(
        session, client_id=cast.walter.client_id, by=cast.sam, reason="No", origin=ORIGIN
    )
    ask(session, "walter@waiting.test")
    assert len(mails(session)) == 1


def test_staff_gets_one_as_well(session: ResellerSession) -> None:
    ask(session, "sam@sunny.test")
    assert [mail.recipient for mail in mails(session)] == ["sam@sunny.test"]


def test_three_mails_in_six_hours_and_no_word_about_it(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        for n in range(6):
            ask(session, address=f"192.0.2.{n}")
        assert len(mails(session)) == 3
    with clock.pretending(NOON + timedelta(hours=13)):
        ask(session)
        assert len(mails(session)) == 4


def test_a_network_that_asks_for_many_is_refused(session: ResellerSession) -> None:
    for n in range(10):
        ask(session, f"someone{n}@acme.test")
    with pytest.raises(TooOften):
        ask(session)
    assert mails(session) == []


@pytest.mark.parametrize("token", ["", "x", "é", "\ud7ff", "a" * 43, "a" * 500])
def test_what_is_no_link_is_refused(session: ResellerSession, token: str) -> None:
    with pytest.raises(LinkSpent):
        resets.owner_of(session, token=token)
    with pytest.raises(LinkSpent):
        confirm(session, token)


def test_a_link_works_once(session: ResellerSession, cast: Cast) -> None:
    ask(session)
    token = link(session)
    assert resets.owner_of(session, token=token).id == cast.alice.owner.person_id
    person = confirm(session, token)
    assert not passwords.verify(PASSWORD, person.password_hash)
    assert passwords.verify(NEW, person.password_hash)
    with pytest.raises(LinkSpent):
        confirm(session, token)


def test_a_link_works_for_an_hour(session: ResellerSession) -> None:
    with clock.pretending(NOON):
        ask(session)
    token = link(session)
    with clock.pretending(NOON + timedelta(minutes=60)), pytest.raises(LinkSpent):
        confirm(session, token)
    with clock.pretending(NOON + timedelta(minutes=59)):
        confirm(session, token)


def test_a_link_is_of_no_use_at_another_reseller(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    ask(session)
    with pytest.raises(LinkSpent):
        confirm(harbour_session, link(session))


def test_a_weak_password_leaves_the_link_good(session: ResellerSession) -> None:
    ask(session)
    for weak in ("short", "password1", "alice@acme.test"):
        with pytest.raises(WeakPassword):
            confirm(session, link(session), weak)
    confirm(session, link(session))


def test_it_ends_sessions_and_other_links(session: ResellerSession, cast: Cast) -> None:
    person = session.get(Person, (cast.alice.reseller_id, cast.alice.owner.person_id))
    assert person is not None
    cookie = sessions.start(session, person=person, host="h", address="", browser="")
    ask(session)
    ask(session)
    other = session.scalar(select(func.count()).select_from(OneTimeLink).where(*UNUSED))
    assert other == 2
    confirm(session, link(session))
    session.flush()
    assert person.auth_epoch == 1
    assert sessions.find(session, token=cookie, host="h") is None
    unused = select(func.count()).select_from(OneTimeLink).where(*UNUSED)
    assert session.scalar(unused) == 0


def test_its_owner_is_told_and_it_is_written_down(session: ResellerSession, cast: Cast) -> None:
    ask(session)
    confirm(session, link(session))
    session.flush()
    told = mails(session, "password_changed")
    assert [(mail.recipient, mail.client_id) for mail in told] == [
        ("alice@acme.test", cast.alice.client_id)
    ]
    assert NEW not in told[0].text + told[0].html
    found = [(row.what, row.person_id) for row in activity.latest(session, limit=2)]
    assert found == [
        ("password.changed", cast.alice.owner.person_id),
        ("password.link_sent", cast.alice.owner.person_id),
    ]
