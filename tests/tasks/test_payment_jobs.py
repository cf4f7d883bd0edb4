"""What deposits that nobody pays become by the clock: told of after 48 hours, given up later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity, Client
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.notifications.models import Mail
from portal.payments import deposits, settling
from portal.payments.models import Deposit
from portal.payments.payment_letters import PENDING_FOR
from portal.payments.statuses import Outcome, State
from portal.tasks import context, payments, timetable
from tests.builders import paying, transferring
from tests.builders.money import balance
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.fakes.stripe_double import StripeDouble


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble().running() as double:
        yield double


@pytest.fixture(autouse=True)
def in_use(database: Database, stripe: StripeDouble, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    there = Settings(
        secret="a secret of the tests, long enough to be one",
        public_scheme="http",
        public_port=8000,
        stripe_api=stripe.origin,
    )
    context.use(database=database, settings=there, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def deposit_id(database: Database, cast: Cast) -> int:
    """A deposit of Alice's whose page nobody has paid on."""
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
        return paying.begun(session, cast.alice).id


def found(database: Database, deposit_id: int, *, reseller_id: int = SUNNY) -> Deposit:
    with database.session(reseller_id) as session:
        return deposits.by_id(session, deposit_id)


def mails(database: Database) -> list[Mail]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(Mail).where(Mail.notice == "deposit_pending")))


def test_a_page_that_nobody_has_paid_on_is_given_up_when_it_has_closed(
    database: Database, cast: Cast, deposit_id: int
) -> None:
    """The double knows of no such page, as a provider that has forgotten one."""
    started = found(database, deposit_id).started_at
    for after, state in (
        (deposits.PAYABLE_FOR - timedelta(minutes=1), State.PENDING),
        (deposits.PAYABLE_FOR, State.ABANDONED),
        (timedelta(days=30), State.ABANDONED),
    ):
        with clock.pretending(started + after):
            payments.check(SUNNY, deposit_id)
        assert found(database, deposit_id).state is state
    payments.check(SUNNY, 7)
    with database.session(SUNNY) as session:
        assert balance(session, cast.alice) == 100 * UNIT


def test_one_that_is_given_up_is_credited_all_the_same_if_it_is_paid(
    database: Database, cast: Cast, deposit_id: int
) -> None:
    with clock.pretending(clock.now() + timedelta(hours=48)):
        payments.check(SUNNY, deposit_id)
    with database.session(SUNNY) as session, session.begin():
        deposit = deposits.by_id(session, deposit_id)
        assert deposit.state is State.ABANDONED
        settling.apply(session, deposit_id=deposit_id, seen=paying.seen(deposit))
        assert balance(session, cast.alice) == 110 * UNIT


def test_a_provider_that_is_down_gives_nothing_up(
    database: Database, stripe: StripeDouble, deposit_id: int
) -> None:
    stripe.is_down = True
    with clock.pretending(clock.now() + timedelta(hours=48)):
        payments.check(SUNNY, deposit_id)
    assert found(database, deposit_id).state is State.PENDING


def test_who_waits_for_two_days_is_told_once(
    database: Database, cast: Cast, deposit_id: int
) -> None:
    with database.session(SUNNY) as session, session.begin():
        deposit = deposits.by_id(session, deposit_id)
        processing = paying.seen(deposit, Outcome.PROCESSING)
        settling.apply(session, deposit_id=deposit_id, seen=processing)
        started = deposit.started_at
    for after, count in ((timedelta(minutes=-1), 0), (timedelta(0), 1), (timedelta(days=1), 1)):
        with clock.pretending(started + PENDING_FOR + after):
            payments.tell_pending(0)
        assert len(mails(database)) == count
    [mail] = mails(database)
    assert mail.recipient == "alice@acme.test"
    assert f"/deposits/{deposit_id}" in mail.text
    assert found(database, deposit_id).state is State.PENDING


def test_who_is_gone_or_has_not_paid_is_not_told(
    database: Database, cast: Cast, deposit_id: int
) -> None:
    later = clock.now() + timedelta(days=3)
    with clock.pretending(later):
        payments.tell_pending(0)
    with database.session(SUNNY) as session, session.begin():
        deposits.by_id(session, deposit_id).is_processing = True
        session.get_one(Client, (SUNNY, cast.alice.client_id)).closed_at = clock.now()
    with clock.pretending(later):
        payments.tell_pending(0)
    assert mails(database) == []


def test_a_transfer_that_does_not_come_lapses(database: Database, cast: Cast) -> None:
    with database.session(HARBOUR) as session, session.begin():
        transferring.account(session, by=cast.hanna)
        waiting = transferring.begun(session, cast.berta)
        transfer_id, until = waiting.id, waiting.waits_until
    assert until is not None
    for after, state in ((timedelta(minutes=-1), State.PENDING), (timedelta(0), State.ABANDONED)):
        with clock.pretending(until + after):
            payments.lapse_transfers(0)
        assert found(database, transfer_id, reseller_id=HARBOUR).state is state
    with clock.pretending(until + timedelta(days=1)):
        payments.lapse_transfers(0)
    with database.session(HARBOUR) as session:
        lapsed = select(Activity).where(Activity.what == "deposit.lapsed")
        assert [each.about_id for each in session.scalars(lapsed)] == [transfer_id]


def test_what_runs_when() -> None:
    times = {task.name: cron for cron, task in timetable.TIMETABLE}
    assert times["payments.check_due"] == "* * * * *"
    assert times["payments.tell_pending"] == "40 * * * *"
    assert times["payments.lapse_transfers"] == "45 * * * *"
