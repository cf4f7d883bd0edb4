"""A client that is erased is nowhere any more, and messages that are old cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from portal.accounts import activity, erasure
from portal.accounts.models import Activity, Client, Person
from portal.infra import clock, ids
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from portal.infra.errors import NotFound
from portal.infra.mail import FolderMailer
from portal.messaging.inbound_models import InboundMessage
from portal.messaging.models import Message
from portal.messaging.redaction_models import RedactionLeft
from portal.messaging.statuses import Status
from portal.reports import proof
from portal.tasks import books, context, housekeeping, privacy
from portal.tenancy import settings
from tests.builders import planted
from tests.cast import SUNNY, Cast

DAYS = 30


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    there = Settings(
        secret="a secret of the tests, long enough to be one",
        public_scheme="http",
        public_port=8000,
    )
    context.use(database=database, settings=there, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def message_ids(database: Database, cast: Cast) -> list[int]:
    """Alice's firm as of the planted name, with two messages: one delivered, one that waits."""
    with database.session(SUNNY) as session, session.begin():
        made = planted.plant(session, cast)
    settle(database, made[:1])
    return made


def settle(database: Database, message_ids: list[int]) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            update(Message)
            .where(Message.id.in_(message_ids))
            .values(status=Status.DELIVERED, status_at=clock.now())
        )


def erase(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        erasure.erase(session, client_id=cast.alice.client_id, by=cast.sam)
    privacy.erase_client(SUNNY, cast.alice.client_id)
    # Who tried to sign in from which network is counted for some minutes, and forgotten nightly.
    with clock.pretending(clock.now() + timedelta(days=3)):
        housekeeping.forget_old(0)


def test_what_is_planted_is_everywhere(
    server: Server, database: Database, message_ids: list[int]
) -> None:
    found = planted.found(server, database)
    assert {
        "activity", "api_keys", "client_cards", "client_notes", "clients", "consents",
        "delivery_reports", "inbound_messages", "kept_answers", "mails", "people", "sender_names",
        "sub_accounts", "transfer_notes",
    } <= found.keys()  # fmt: skip
    assert any(table.startswith("messages_") for table in found)
    assert any(table.startswith("message_events_") for table in found)


def test_after_an_erasure_no_table_says_who_it_was(
    server: Server, database: Database, cast: Cast, message_ids: list[int]
) -> None:
    settle(database, message_ids)
    erase(database, cast)

    assert planted.found(server, database) == {}


def test_what_may_still_be_sent_is_erased_when_it_is_over(
    server: Server, database: Database, cast: Cast, message_ids: list[int]
) -> None:
    erase(database, cast)
    with database.session(SUNNY) as session:
        waiting = session.get_one(Message, (SUNNY, message_ids[1]))
        assert (waiting.recipient, waiting.redacted_at) == (planted.PHONE, None)
        job = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'privacy.erase_client'"
        assert session.scalar(text(job)) == 2

    with clock.pretending(clock.now() + timedelta(days=4)):
        privacy.erase_client(SUNNY, cast.alice.client_id)
        assert planted.found(server, database) == {}
        with database.session(SUNNY) as session:
            newest = activity.latest(session, limit=1)
        assert [each.what for each in newest] == ["client.messages_erased"]


def test_messages_made_unreadable_before_keep_no_sender_and_no_reference_either(
    server: Server, database: Database, cast: Cast, message_ids: list[int]
) -> None:
    settle(database, message_ids)
    keep_for(database, DAYS)
    with clock.pretending(clock.now() + timedelta(days=DAYS + 1)):
        privacy.redact(0)
        erase(database, cast)

        assert planted.found(server, database) == {}
        with database.session(SUNNY) as session:
            left = session.scalars(select(Message).where(Message.id.in_(message_ids))).all()
            assert [(each.sender, each.reference) for each in left] == [("", ""), ("", "")]


def test_the_books_and_the_record_of_acts_are_proven_after_an_erasure(
    database: Database, cast: Cast, message_ids: list[int]
) -> None:
    settle(database, message_ids)
    books.seal(0)
    before = amounts(database)
    erase(database, cast)

    assert amounts(database) == before
    with database.across_resellers() as session, session.begin():
        found = proof.prove(session)
    assert list(found.disagreements) == []
    with database.session(SUNNY) as session:
        (erasing,) = session.scalars(select(Activity).where(Activity.what == erasure.ERASED))
        assert (erasing.person_name, erasing.client_id) == (cast.sam.name, cast.alice.client_id)
        client = session.get_one(Client, (SUNNY, cast.alice.client_id))
        assert (client.company, client.phone, client.country) == ("", "", "US")
        assert client.closed_at is not None
        person = session.get_one(Person, (SUNNY, cast.alice.owner.person_id))
        assert person.name == f"{person.id}@erased.invalid"


def amounts(database: Database) -> list[tuple[object, ...]]:
    with database.across_resellers() as session:
        transfers = session.execute(text("SELECT * FROM transfers ORDER BY id")).all()
        receipts = session.execute(
            text(
                "SELECT id, country, parts, price, cost, currency, prefix, status FROM messages"
                " ORDER BY id"
            )
        ).all()
        return [tuple(row) for row in (*transfers, *receipts)]


def test_nobody_elses_client_is_erased(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, pytest.raises(NotFound):
        erasure.erase(session, client_id=cast.berta.client_id, by=cast.sam)


def test_erasing_again_changes_nothing_more(
    server: Server, database: Database, cast: Cast, message_ids: list[int]
) -> None:
    settle(database, message_ids)
    erase(database, cast)
    erase(database, cast)

    assert planted.found(server, database) == {}
    with database.across_resellers() as session, session.begin():
        assert list(proof.prove(session).disagreements) == []


def keep_for(database: Database, days: int | None) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, redact_after_days=days)


READABLE = ("messages", "message_events", "inbound_messages", "delivery_reports", "kept_answers")


def readable(server: Server, database: Database) -> set[str]:
    """The tables of messages that say a planted word."""
    return {table for table in planted.found(server, database) if table.startswith(READABLE)}


def test_messages_stay_as_long_as_nobody_wants_them_gone(
    server: Server, database: Database, message_ids: list[int]
) -> None:
    before = readable(server, database)
    with clock.pretending(clock.now() + timedelta(days=20)):
        privacy.redact(0)
    # The words of gateways go in any case.
    assert "delivery_reports" in before
    assert readable(server, database) == before - {"delivery_reports"}


def test_old_messages_cannot_be_read(
    server: Server, database: Database, cast: Cast, message_ids: list[int]
) -> None:
    keep_for(database, DAYS)
    settle(database, message_ids)
    with clock.pretending(clock.now() + timedelta(days=DAYS - 1)):
        privacy.redact(0)
        with database.session(SUNNY) as session:
            assert session.get_one(Message, (SUNNY, message_ids[0])).recipient == planted.PHONE

    with clock.pretending(clock.now() + timedelta(days=DAYS + 1)):
        privacy.redact(0)
        with database.session(SUNNY) as session:
            message = session.get_one(Message, (SUNNY, message_ids[0]))
            assert (message.text, message.recipient, message.redacted_at) == ("", "", clock.now())
            assert (message.country, message.prefix, message.parts) == ("US", "1", 1)
            inbound = session.scalars(select(InboundMessage)).one()
            assert (inbound.text, inbound.sender, inbound.raw) == ("", "", {})
    digits = planted.PHONE.removeprefix("+")
    with database.across_resellers() as session:
        told = session.scalars(text("SELECT reason FROM message_events")).all()
    assert not any(digits in reason for reason in told)


def test_a_planned_message_is_read_until_it_is_over(
    database: Database, message_ids: list[int]
) -> None:
    keep_for(database, DAYS)
    long_from_now = clock.now() + timedelta(days=60)
    with database.session(SUNNY) as session, session.begin():
        session.execute(
            update(Message)
            .where(Message.id == message_ids[1])
            .values(status=Status.SCHEDULED, valid_until=long_from_now)
        )
    with clock.pretending(clock.now() + timedelta(days=DAYS + 1)):
        privacy.redact(0)
        privacy.redact(0)
    with database.session(SUNNY) as session:
        assert session.get_one(Message, (SUNNY, message_ids[1])).recipient == planted.PHONE
        assert session.scalars(select(RedactionLeft.message_id)).all() == [message_ids[1]]

    with clock.pretending(long_from_now + timedelta(days=DAYS + 2)):
        privacy.redact(0)
    with database.session(SUNNY) as session:
        assert session.get_one(Message, (SUNNY, message_ids[1])).recipient == ""
        assert session.scalars(select(RedactionLeft.message_id)).all() == []


def test_ids_say_when_a_message_was_accepted(message_ids: list[int]) -> None:
    assert clock.now() - ids.moment_of(message_ids[0]) < timedelta(minutes=5)
