"""The job of an invoice: its PDF is made and kept, its client is told once, with or without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select, text

from portal.accounts.models import Client
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.invoicing import invoices as verbs
from portal.invoicing import printing
from portal.invoicing.invoices import GivenBack
from portal.invoicing.models import InvoiceFile
from portal.invoicing.printing import NoPrinter
from portal.notifications.models import Mail
from portal.tasks import context, invoices
from tests.builders import invoicing
from tests.cast import SUNNY, UNIT, Cast


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    settings = Settings(
        secret=b"a secret of thirty-two bytes or more", public_scheme="http", public_port=8000
    )
    context.use(database=database, settings=settings, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def issued(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
        return invoicing.issue(session, cast.alice).id


def mails(database: Database) -> list[Mail]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(Mail).where(Mail.notice == "invoice")))


def files(database: Database) -> list[int]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(InvoiceFile.invoice_id)))


def queued(database: Database) -> list[dict[str, object]]:
    with database.session(SUNNY) as session:
        asked = "SELECT args FROM procrastinate_jobs WHERE task_name = 'invoices.make' ORDER BY id"
        return list(session.scalars(text(asked)))


def no_printer(_: object) -> object:
    raise NoPrinter("cannot load library")


def test_the_pdf_is_made_and_the_client_is_told(database: Database, issued: int) -> None:
    (job,) = queued(database)
    invoices.make(**job)  # type: ignore[arg-type]  # as the worker calls it
    assert files(database) == [issued]
    (mail,) = mails(database)
    assert f"http://sunny.localhost:8000/invoices/{issued}" in mail.text
    assert "S-" in mail.subject


def test_a_client_is_told_also_where_no_pdf_can_be_made(
    database: Database, issued: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "printed", no_printer)
    invoices.make(SUNNY, issued)
    assert (files(database), len(mails(database))) == ([], 1)


def test_what_is_missing_is_made_later_and_nobody_is_told_again(
    database: Database, issued: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(queued(database))
    invoices.make_missing(0)
    assert len(queued(database)) == before  # its own job is not done yet
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        monkeypatch.setattr(printing, "can_print", lambda: False)
        invoices.make_missing(0)
        assert len(queued(database)) == before
        monkeypatch.setattr(printing, "can_print", lambda: True)
        invoices.make_missing(0)
    *_, job = queued(database)
    assert job == {"reseller_id": SUNNY, "invoice_id": issued, "tells": False}
    invoices.make(**job)  # type: ignore[arg-type]  # as the worker calls it
    assert (files(database), mails(database)) == ([issued], [])


def test_of_a_credit_note_the_refunds_mail_tells(
    database: Database, cast: Cast, issued: int
) -> None:
    with database.session(SUNNY) as session, session.begin():
        made = session.get_one(verbs.Invoice, (SUNNY, issued))
        given = GivenBack(deposit_id=made.deposit_id, cause_id=1, amount=UNIT, at=clock.now())
        (note,) = verbs.for_refund(session, given)
        number = note.id
    invoices.make(SUNNY, number)
    assert (files(database), mails(database)) == ([number], [])


def test_who_is_gone_is_not_written_to(database: Database, cast: Cast, issued: int) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Client, (SUNNY, cast.alice.client_id)).closed_at = clock.now()
    invoices.make(SUNNY, issued)
    assert (files(database), mails(database)) == ([issued], [])
