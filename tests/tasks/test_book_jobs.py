"""The jobs of the books: seals, daily sums and the nightly proof, each harmless to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.infra import clock, seals
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.ledger import closing
from portal.notifications.models import Mail
from portal.reports import proof
from portal.tasks import books, context
from portal.tenancy.resellers import OPERATOR_ID
from tests.cast import SUNNY

SECRET = "a secret of the tests, long enough to be one"


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    settings = Settings(secret=SECRET, public_scheme="http", public_port=8000)
    context.use(database=database, settings=settings, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


def test_transfers_and_acts_are_sealed_batch_by_batch(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "BATCH", 2)
    for _ in range(2):
        books.seal(0)

    with database.across_resellers() as session:
        for book in proof.BOOKS:
            rows = session.scalars(text(f"SELECT count(*) FROM {book.name}")).one()  # noqa: S608 - ours
            assert seals.count(session, book) == rows > 2
            head = seals.head(session, book)
            assert head is not None
            assert head.number == (rows + 1) // 2


def test_days_are_closed_when_they_are_over(database: Database) -> None:
    now = clock.now()
    books.close_days(0)
    with database.across_resellers() as session:
        assert closing.closed_through(session) is None

    with clock.pretending(now + timedelta(days=3)):
        books.close_days(0)
        books.close_days(0)
    with database.across_resellers() as session:
        through = closing.closed_through(session)
    assert through is not None
    assert through >= now.date() + timedelta(days=1)


def test_a_proof_is_kept_with_what_it_found(database: Database) -> None:
    books.seal(0)
    books.prove(0)
    with database.across_resellers() as session:
        agreed = proof.last(session)
    assert agreed is not None
    assert agreed.agrees
    assert agreed.sealed > 0
    assert set(agreed.heads) == {"transfers", "activity"}

    with database.session(SUNNY) as session, session.begin():
        session.execute(text("UPDATE ledger_accounts SET debits = debits + 1 WHERE code = 'cover'"))
    books.prove(0)
    with database.across_resellers() as session:
        found = proof.last(session)
    assert found is not None
    assert not found.agrees
    assert found.disagree == len(found.disagreements) == 1
    assert found.at > agreed.at


def told(database: Database) -> list[dict[str, Any]]:
    with database.across_resellers() as session:
        return list(
            session.scalars(
                text("SELECT args FROM procrastinate_jobs WHERE task_name = 'books.tell_operator'")
            )
        )


def test_the_operator_hears_of_books_that_disagree_and_nobody_else(database: Database) -> None:
    books.prove(0)
    assert told(database) == []

    with database.session(SUNNY) as session, session.begin():
        session.execute(
            text("UPDATE ledger_accounts SET debits = debits + 1 WHERE limited AND code <> 'cover'")
        )
    books.prove(0)
    [job] = told(database)
    assert job["rows"] > 1
    assert job["first"].startswith(f"reseller {SUNNY}, account ")
    books.tell_operator(**job)

    with database.across_resellers() as session:
        [mail] = session.scalars(select(Mail).where(Mail.notice == "books_disagree"))
    assert (mail.reseller_id, mail.recipient) == (OPERATOR_ID, "office@console.test")
    assert mail.subject == f"The books disagree: {job['rows']}"
    assert job["first"] in mail.text
    assert "http://console.localhost:8000/operator/ledger" in mail.text
