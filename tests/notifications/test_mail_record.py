"""The record of mails: found by what they are, sent again, hastened, forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.infra import clock, ids
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound
from portal.notifications import mail_record, outbox
from portal.notifications.errors import MailSettingUnfit, NotResendable, NotWaiting
from portal.notifications.mail_record import Chosen, State
from portal.notifications.models import Mail
from tests.cast import HARBOUR, SUNNY

SECRET_URL = "http://sunny.localhost/reset/very-secret"


def write(
    session: ResellerSession,
    notice: str = "password_changed",
    *,
    to: str = "ada@example.com",
    client_id: int | None = None,
    state: State = State.WAITING,
) -> Mail:
    values = {"url": SECRET_URL, "firstname": "Ada"}
    outbox.write(session, notice, to=to, language="en", values=values, client_id=client_id)
    session.flush()
    mail = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    mail.attempts = 0 if state is State.WAITING else 1
    mail.sent_at = clock.now() if state is State.SENT else None
    mail.refused_at = clock.now() if state is State.REFUSED else mail.refused_at
    session.flush()
    return mail


def jobs_of(session: ResellerSession, mail: Mail) -> list[str]:
    found = session.execute(
        text(
            "SELECT status FROM procrastinate_jobs WHERE task_name = 'mails.send'"
            " AND (args ->> 'mail_id')::bigint = :id ORDER BY id"
        ),
        {"id": mail.id},
    )
    return list(found.scalars())


@pytest.fixture
def none_yet(session: ResellerSession) -> ResellerSession:
    for mail in session.scalars(select(Mail)):
        session.delete(mail)
    session.flush()
    return session


def test_there_is_no_such_mail(session: ResellerSession, harbour_session: ResellerSession) -> None:
    theirs = write(harbour_session)
    for number in (5, theirs.id):
        with pytest.raises(NotFound):
            mail_record.by_id(session, number)


@pytest.mark.parametrize("state", list(State))
def test_mails_are_found_by_their_state(none_yet: ResellerSession, state: State) -> None:
    made = {each: write(none_yet, state=each) for each in State}
    assert {each: mail_record.state_of(mail) for each, mail in made.items()} == {
        each: each for each in State
    }
    assert mail_record.page(none_yet, chosen=Chosen(states=(state,))) == [made[state]]


def test_mails_are_found_by_words_kind_client_and_day(none_yet: ResellerSession) -> None:
    now = clock.now()
    first = write(none_yet, "activated", to="Ada.100%@Example.com", client_id=7)
    second = write(none_yet, to="bert@example.org")
    first.id = ids.floor(now - timedelta(days=3))
    none_yet.flush()

    def found(**chosen: Any) -> list[Mail]:
        return mail_record.page(none_yet, chosen=Chosen(**chosen))

    assert found() == [second, first]
    assert found(text="ADA.100%@ex") == [first]
    assert found(text="%@ex_mple") == []
    assert found(text="PASSWORD for") == [second]
    assert found(notice="activated") == [first]
    assert found(client_id=7) == [first]
    assert found(client_id=8) == []
    assert found(since=now - timedelta(days=1)) == [second]
    assert found(until=now - timedelta(days=1)) == [first]
    assert mail_record.page(none_yet, below_id=second.id) == [first]
    assert mail_record.page(none_yet, limit=1) == [second]


def test_a_mail_is_sent_again_as_a_mail_of_its_own(session: ResellerSession) -> None:
    first = write(session, client_id=7, state=State.REFUSED)
    again = mail_record.repeat(session, first.id, to=" Ada@New.example ")
    assert again.id != first.id
    assert (again.repeats_id, again.recipient, again.client_id) == (first.id, "Ada@new.example", 7)
    assert (again.subject, again.html, again.text) == (first.subject, first.html, first.text)
    assert (again.sent_at, again.refused_at, again.attempts) == (None, None, 0)
    assert jobs_of(session, again) == ["todo"]
    assert mail_record.repeated_by(session, first.id) == [again.id]


@pytest.mark.parametrize("to", ["", "nobody", "a@b.test, c@d.test", "a@b.test\r\nBcc: c@d.test"])
def test_it_is_not_sent_to_what_is_no_address(session: ResellerSession, to: str) -> None:
    first = write(session, state=State.SENT)
    with pytest.raises(MailSettingUnfit) as refused:
        mail_record.repeat(session, first.id, to=to)
    assert refused.value.field == "to"
    assert mail_record.repeated_by(session, first.id) == []


def test_what_opens_an_account_is_shown_to_nobody_and_not_repeated(
    session: ResellerSession,
) -> None:
    for state in State:
        secret = write(session, "password_reset", state=state)
        assert mail_record.is_secret(secret)
        assert not mail_record.can_be_repeated(secret)
        with pytest.raises(NotResendable):
            mail_record.repeat(session, secret.id, to="ada@example.com")
    gone = write(session)
    gone.notice = "of_an_older_version"
    assert mail_record.is_secret(gone)  # nobody knows what stands in it


def test_nor_what_is_no_longer_kept(session: ResellerSession) -> None:
    old = write(session, state=State.SENT)
    old.html = old.text = ""
    with pytest.raises(NotResendable):
        mail_record.repeat(session, old.id, to="ada@example.com")


def test_a_mail_that_waits_is_tried_at_once(session: ResellerSession) -> None:
    mail = write(session, state=State.RETRYING)
    session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'"))
    mail_record.hasten(session, mail.id)
    assert jobs_of(session, mail) == ["todo"]
    due = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at = now()"
    assert session.scalar(text(due)) == 1
    session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    mail_record.hasten(session, mail.id)
    assert jobs_of(session, mail) == ["doing"]
    session.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
    mail_record.hasten(session, mail.id)
    assert jobs_of(session, mail) == ["failed", "todo"]


@pytest.mark.parametrize("state", [State.SENT, State.REFUSED])
def test_what_is_settled_waits_no_longer(session: ResellerSession, state: State) -> None:
    with pytest.raises(NotWaiting):
        mail_record.hasten(session, write(session, state=state).id)


def test_what_mails_said_is_kept_for_90_days_and_that_there_were_any_for_400(
    database: Database,
) -> None:
    now = clock.now()
    kept = {}
    for reseller_id in (SUNNY, HARBOUR):
        with database.session(reseller_id) as session, session.begin():
            for days, state in ((89, State.SENT), (91, State.SENT), (91, State.RETRYING),
                                (401, State.REFUSED), (401, State.WAITING)):  # fmt: skip
                mail = write(session, state=state)
                mail.id = ids.floor(now - timedelta(days=days)) + len(kept)
                kept[reseller_id, days, state] = mail.id
    with database.across_resellers() as session, session.begin():
        mail_record.forget_old(session)
    for (reseller_id, days, state), mail_id in kept.items():
        with database.session(reseller_id) as session:
            mail = session.get(Mail, (reseller_id, mail_id))
        if (days, state) == (401, State.REFUSED):
            assert mail is None
            continue
        assert mail is not None
        is_forgotten = (days, state) == (91, State.SENT)
        assert (mail.html == "", mail.text == "") == (is_forgotten, is_forgotten)
