"""Jobs that keep the house: each harmless to repeat, and each reseller on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import procrastinate
import pytest
from sqlalchemy import select, text

from portal.infra import clock, kept_answers, throttle
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.kept_answers import KeptAnswer
from portal.infra.mail import FolderMailer
from portal.infra.queue import enqueue, jobs
from portal.infra.throttle import Counter
from portal.messaging.statuses import Status
from portal.notifications.models import Mail
from portal.pricing import rate_imports
from portal.pricing.models import PriceListDraft
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import Sheet
from portal.tasks import context, housekeeping, notices, timetable
from tests.builders.money import balance, bring_to, client_of
from tests.builders.traffic import message, send
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

SECRET = "a secret of the tests, long enough to be one"


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    settings = Settings(secret=SECRET, public_scheme="http", public_port=8000)
    context.use(database=database, settings=settings, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


def test_partitions_are_made_once_and_take_what_comes(database: Database, cast: Cast) -> None:
    names = text(
        "SELECT inhrelid::regclass::text FROM pg_inherits"
        " WHERE inhparent = 'messages'::regclass ORDER BY 1"
    )

    def partitions() -> list[str]:
        with database.across_resellers() as session:
            return list(session.scalars(names))

    far = clock.now() + timedelta(days=300)
    with clock.pretending(far):
        (in_the_rest,) = send(database, cast.alice)
        housekeeping.make_partitions(0)
        made = partitions()
        housekeeping.make_partitions(0)
        assert partitions() == made
    with clock.pretending(far + timedelta(days=40)):
        (in_its_month,) = send(database, cast.alice)
    assert f"messages_{far:%Y_%m}" not in made  # its rows would have to move
    where = text("SELECT id, tableoid::regclass::text FROM messages WHERE id = ANY(:ids)")
    with database.across_resellers() as session:
        lie = dict(session.execute(where, {"ids": [in_the_rest, in_its_month]}).all())
    month = f"messages_{far + timedelta(days=40):%Y_%m}"
    assert lie == {in_the_rest: "messages_rest", in_its_month: month}


def test_only_what_is_old_is_forgotten(database: Database) -> None:
    for days in (0, 8):
        with (
            clock.pretending(clock.now() - timedelta(days=days)),
            database.session(SUNNY) as session,
            session.begin(),
        ):
            kept_answers.keep(
                session, owner_id=1, endpoint="x", key=f"{days}", asked=b"", answer={}
            )
            throttle.hit(session, f"{days}", throttle.Limit(count_max=1, window=timedelta(1)))
    for _ in range(2):
        housekeeping.forget_old(0)
        with database.across_resellers() as session:
            assert list(session.scalars(select(KeptAnswer.key))) == ["0"]
            assert list(session.scalars(select(Counter.key))) == ["0"]


def test_sheets_that_nobody_imported_in_their_hour_are_forgotten(
    database: Database, cast: Cast
) -> None:
    def kept() -> set[int]:
        with database.across_resellers() as session:
            return set(session.scalars(select(PriceListDraft.id)))

    made = []
    for minutes in (61, 59):
        with clock.pretending(clock.now() - timedelta(minutes=minutes)):
            for reseller_id, by in ((SUNNY, cast.sam), (HARBOUR, cast.hanna)):
                with database.session(reseller_id) as session, session.begin():
                    name = ListName(currency="USD")
                    today = clock.now().date()
                    made.append(rate_imports.keep(session, name, Sheet(), today=today, by=by))
    assert kept() == set(made)
    for _ in range(2):
        housekeeping.forget_old(0)
        assert kept() == set(made[2:])


def test_messages_of_every_reseller_expire(database: Database, cast: Cast) -> None:
    (ours,), (theirs,) = send(database, cast.alice), send(database, cast.berta)
    with clock.pretending(clock.now() + timedelta(hours=49)):
        for _ in range(2):
            housekeeping.expire_messages(0)
            assert message(database, ours).status is Status.EXPIRED
            assert message(database, theirs).status is Status.EXPIRED
            with database.session(SUNNY) as session:
                assert balance(session, cast.alice) == 100 * UNIT


class TestNotice:
    """Mails that a change of a wallet queued."""

    def written(self, database: Database) -> list[tuple[str, str, str]]:
        with database.session(SUNNY) as session:
            found = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1))
            return [(mail.notice, mail.recipient, mail.text) for mail in found]

    def test_goes_where_the_client_wants_it_with_its_balance_now(
        self, database: Database, cast: Cast
    ) -> None:
        with database.session(SUNNY) as session, session.begin():
            bring_to(session, cast.alice, 9 * UNIT, by=cast.sam)
            client_of(session, cast.alice).low_balance_email = "money@acme.test"
        notices.notify(reseller_id=SUNNY, client_id=cast.alice.client_id, notice="low_balance")
        ((notice, recipient, words),) = self.written(database)
        assert (notice, recipient) == ("low_balance", "money@acme.test")
        assert "$9.00" in words
        assert "$10.00" in words
        assert "http://sunny.localhost:8000/dashboard" in words

    @pytest.mark.parametrize("client_id", [None, 1])
    def test_to_who_is_gone_is_not_written(
        self, database: Database, cast: Cast, client_id: int | None
    ) -> None:
        with database.session(SUNNY) as session, session.begin():
            client_of(session, cast.alice).closed_at = clock.now()
        before = self.written(database)
        notices.notify(
            reseller_id=SUNNY, client_id=client_id or cast.alice.client_id, notice="suspended"
        )
        assert self.written(database) == before


def test_what_a_dead_worker_was_doing_is_done_again(database: Database) -> None:
    status = text("SELECT status FROM procrastinate_jobs WHERE id = :id")
    with database.session(SUNNY) as session, session.begin():
        enqueue(session, "clients.notify", reseller_id=SUNNY, client_id=1, notice="suspended")
        job = session.scalars(text("SELECT max(id) FROM procrastinate_jobs")).one()
        worker = session.scalars(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                " VALUES (now() - interval '61 seconds') RETURNING id"
            )
        ).one()
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :w WHERE id = :id"),
            {"w": worker, "id": job},
        )

    async def retry() -> None:
        conninfo = database.url.replace("postgresql+psycopg", "postgresql")
        connector = procrastinate.PsycopgConnector(conninfo=conninfo)
        with jobs.replace_connector(connector) as app:
            async with app.open_async():
                await housekeeping.retry_stalled(0)

    for _ in range(2):
        asyncio.run(retry())
        with database.session(SUNNY) as session:
            assert session.scalars(status, {"id": job}).one() == "todo"


def test_every_name_of_the_timetable_is_a_job_and_runs_when_it_says() -> None:
    periodic = {
        (task.cron, task.task.name) for task in jobs.periodic_registry.periodic_tasks.values()
    }
    assert periodic == {(cron, task.name) for cron, task in timetable.TIMETABLE}
    assert len(periodic) == len(timetable.TIMETABLE)
