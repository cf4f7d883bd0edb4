"""Stored mails are handed over once, and tried again when it is worth it; how it went is kept."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import procrastinate
import pytest
from sqlalchemy import select, text

from portal.infra import clock, outgoing
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer, Mailer
from portal.infra.mail_errors import MailDelayed, MailRefused
from portal.infra.queue import jobs
from portal.notifications import outbox
from portal.notifications.models import Mail
from portal.tasks import context, mails
from portal.tenancy import branding, pictures
from tests.builders import portal_folder
from tests.cast import HARBOUR, SUNNY

VALUES = {"firstname": "Alice", "url": "http://sunny.localhost/reset/very-secret"}


@dataclass
class Postbox:
    """A mailer that keeps what it gets; `when_sent` is called in the middle of it."""

    when_sent: Callable[[], object] = lambda: None
    kept: list[tuple[EmailMessage, str, str]] = field(default_factory=list)

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        outgoing.assert_no_transaction()
        self.when_sent()
        self.kept.append((message, sender, to))


def failing(error: Exception) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture(autouse=True)
def nothing_in_use() -> Iterator[None]:
    yield
    context._in_use.clear()


def use(database: Database, mailer: Mailer, **settings: Any) -> None:
    context.use(database=database, settings=Settings(demo=True, **settings), mailer=mailer)


def written(
    database: Database, *, notice: str = "password_changed", reseller_id: int = SUNNY
) -> int:
    """A mail that waits, alone in the queue; its id."""
    with database.session(reseller_id) as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))
        outbox.write(session, notice, to="alice@acme.test", language="en", values=VALUES)
        session.commit()
        return session.scalars(select(Mail.id).order_by(Mail.id.desc()).limit(1)).one()


def stored(database: Database, mail_id: int, *, reseller_id: int = SUNNY) -> Mail:
    with database.session(reseller_id) as session:
        return session.get_one(Mail, (reseller_id, mail_id))


def queued(database: Database) -> list[dict[str, Any]]:
    with database.session(SUNNY) as session:
        rows = session.execute(
            text(
                # The worker of a test may see a minute begin, and queue what is on the timetable.
                "SELECT status, attempts, scheduled_at FROM procrastinate_jobs"
                " WHERE task_name = 'mails.send' ORDER BY id"
            )
        )
        return [dict(row) for row in rows.mappings()]


def work_off(database: Database) -> None:
    """Do what is due, as the worker does."""

    async def run() -> None:
        conninfo = database.url.replace("+psycopg", "")
        with jobs.replace_connector(procrastinate.PsycopgConnector(conninfo=conninfo)) as app:
            async with app.open_async():
                await app.run_worker_async(wait=False, install_signal_handlers=False)

    asyncio.run(run())


def test_without_a_context_no_job_runs() -> None:
    for ask in (context.database, context.settings, context.mailer):
        with pytest.raises(RuntimeError, match=r"context\.use was not called"):
            ask()


def test_a_mail_that_is_not_there_is_no_matter(database: Database) -> None:
    use(database, postbox := Postbox())
    mails.send(SUNNY, 1)
    assert postbox.kept == []


def test_another_resellers_mail_is_not_sent(database: Database) -> None:
    use(database, postbox := Postbox())
    mails.send(HARBOUR, written(database))
    assert postbox.kept == []


def test_a_mail_that_will_never_be_taken_is_left_alone(database: Database) -> None:
    use(database, Postbox(failing(MailRefused("550 no such mailbox"))))
    number = written(database)
    mails.send(SUNNY, number)
    mail = stored(database, number)
    assert (mail.attempts, mail.sent_at, mail.error) == (1, None, "550 no such mailbox")
    assert mail.refused_at is not None
    use(database, postbox := Postbox())
    mails.send(SUNNY, number)
    assert postbox.kept == []


def test_a_mail_that_is_delayed_says_why_and_fails_the_job(database: Database) -> None:
    use(database, Postbox(failing(MailDelayed("451 try later"))))
    number = written(database)
    with pytest.raises(MailDelayed):
        mails.send(SUNNY, number)
    mail = stored(database, number)
    assert (mail.attempts, mail.error) == (1, "451 try later")
    assert (mail.sent_at, mail.refused_at) == (None, None)


def test_a_sender_that_is_no_address_can_be_mended(database: Database) -> None:
    use(database, postbox := Postbox(), mail_from="portal, other@example.org")
    number = written(database)
    with pytest.raises(Exception, match="not one e-mail address"):
        mails.send(SUNNY, number)
    assert stored(database, number).error == "not one e-mail address"
    use(database, postbox, mail_from="mail@relay.example")
    mails.send(SUNNY, number)
    assert [(sender, to) for _, sender, to in postbox.kept] == [
        ("mail@relay.example", "alice@acme.test")
    ]
    assert stored(database, number).error == ""


def test_a_mail_is_sent_once(database: Database) -> None:
    use(database, postbox := Postbox())
    number = written(database)
    before = clock.now()
    mails.send(SUNNY, number)
    mails.send(SUNNY, number)
    ((message, sender, to),) = postbox.kept
    assert (sender, to) == ("no-reply@sunny.localhost", "alice@acme.test")
    assert str(message["From"]) == "SunnyText <no-reply@sunny.localhost>"
    assert str(message["Reply-To"]) == "office@sunny.test"
    assert str(message["Subject"]) == "Your password for SunnyText was changed"
    assert str(message["Message-ID"]) == f"<{number}@sunny.localhost>"
    mail = stored(database, number)
    assert mail.sent_at is not None
    assert mail.sent_at >= before
    assert (mail.attempts, mail.error) == (1, "")


def test_tries_of_one_mail_carry_one_id(database: Database) -> None:
    number = written(database)
    ids = []
    for _ in range(2):
        # The server has taken it, and the connection broke before it said so.
        use(database, postbox := Postbox())
        mails.send(SUNNY, number)
        ids.append(str(postbox.kept[0][0]["Message-ID"]))
        with database.session(SUNNY) as session:
            session.get_one(Mail, (SUNNY, number)).sent_at = None
            session.commit()
    assert ids[0] == ids[1]


@pytest.mark.parametrize("taken", [True, False])
def test_a_link_that_opens_an_account_is_not_kept(database: Database, taken: bool) -> None:
    postbox = Postbox() if taken else Postbox(failing(MailRefused("550 no")))
    use(database, postbox)
    number = written(database, notice="password_reset")
    assert "very-secret" in stored(database, number).text
    mails.send(SUNNY, number)
    mail = stored(database, number)
    assert (mail.text, mail.html) == ("", "")
    assert mail.subject == "Choose a new password for SunnyText"


def test_the_worker_tries_again_later(database: Database) -> None:
    use(database, Postbox(failing(MailDelayed("451 try later"))))
    number = written(database)
    before = clock.now()
    work_off(database)
    (job,) = queued(database)
    assert (job["status"], job["attempts"]) == ("todo", 1)
    assert 4 <= (job["scheduled_at"] - before).total_seconds() <= 15
    with database.session(SUNNY) as session:
        session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
        session.commit()
    use(database, postbox := Postbox())
    work_off(database)
    assert [job["status"] for job in queued(database)] == ["succeeded"]
    assert len(postbox.kept) == 1
    assert stored(database, number).attempts == 2


def test_the_worker_gives_up_in_the_end(database: Database) -> None:
    waits = []
    for attempt in range(9):
        job = procrastinate.jobs.Job(
            id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempt
        )
        before = clock.now()
        decision = mails.RETRY.get_retry_decision(exception=MailDelayed("x"), job=job)
        if decision is not None:
            assert decision.retry_at is not None
            waits.append(round((decision.retry_at - before).total_seconds()))
    assert waits == [5, 25, 125, 625, 3125, 15625, 78125]


def test_the_worker_writes_mail_into_the_folder(database: Database, tmp_path: Path) -> None:
    use(database, FolderMailer(tmp_path))
    number = written(database)
    work_off(database)
    (file,) = tmp_path.glob("*.eml")
    assert file.name.endswith(f"-{number}.eml")
    assert stored(database, number).sent_at is not None


def test_the_logo_travels_with_the_mail(database: Database) -> None:
    picture = pictures.drawn(portal_folder.logo())
    with database.session(SUNNY) as session, session.begin():
        branding.show_picture(session, "logo_light", picture)
    mail_id = written(database)
    with database.session(SUNNY) as session, session.begin():
        branding.show_picture(session, "logo_light", pictures.drawn(portal_folder.logo("#0b2545")))
    postbox = Postbox()
    use(database, postbox)
    mails.send(SUNNY, mail_id)
    ((message, _, _),) = postbox.kept
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    *_, page, shown = message.walk()
    assert shown.get_content() == picture.content  # as it was when the mail was written
    assert shown["Content-Disposition"] == "inline"
    address = shown["Content-ID"].strip("<>")
    assert f'src="cid:{address}"' in page.get_content()
    assert address == f"{picture.hash}@sunny.localhost"
