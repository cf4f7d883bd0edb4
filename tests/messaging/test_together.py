"""Many who send and pay at once: nobody spends twice, and nobody waits for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import func, select, text

from portal.accounts import access, clients, sub_accounts, wallet
from portal.accounts.models import Client
from portal.accounts.statuses import BalanceManagement, Standing
from portal.billing import assignments
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.messaging import dispatching, failing, moving, sending
from portal.messaging.dispatching import Result
from portal.messaging.errors import CannotAfford, ClientSuspended, MessagingError
from portal.messaging.models import Message
from portal.messaging.moving import Move
from portal.messaging.sending import Accepted, Order
from portal.messaging.statuses import Status
from portal.pricing import packages
from portal.reports import proof
from tests.builders import traffic
from tests.builders.conditions import in_one_currency
from tests.builders.money import balance, bring_to, client_of, manage, notices
from tests.builders.selling import bundles_of
from tests.cast import SUNNY, UNIT, Cast, Firm

PHONE = "+12025550123"
PRICE = 13_800
AT_ONCE = 16

Answer = TypeVar("Answer")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """As many as the database's pool has connections."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool


def committed(database: Database, verb: Callable[[ResellerSession], Answer]) -> Answer:
    """Do something in a transaction of its own, once: nothing here is tried again."""
    with database.session(SUNNY) as session, session.begin():
        return verb(session)


def send(database: Database, firm: Firm) -> Accepted | MessagingError:
    try:
        return committed(
            database,
            lambda session: sending.accept_one(
                session,
                actor=firm.owner,
                sub_account_id=firm.sub_account_id,
                order=Order(to=PHONE, text="Hello"),
            ),
        )
    except MessagingError as refusal:
        return refusal


def blocked(database: Database, count: int) -> None:
    """Wait until so many transactions wait for a lock."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = time.monotonic() + 4
    with database.engine.connect() as connection:
        while connection.scalar(waiting) != count:
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.01)
            connection.rollback()


@contextmanager
def holding(database: Database, statement: str) -> Iterator[None]:
    """Keep rows of Sunny's locked for as long as the block lasts."""
    with database.session(SUNNY) as session, session.begin():
        assert session.execute(text(statement)).all()
        yield


def test_two_hundred_sends_on_money_for_ten(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    henry = cast.henry
    committed(database, lambda session: bring_to(session, henry, 10 * PRICE, by=cast.sam))

    answers = list(threads.map(lambda _: send(database, henry), range(200)))

    accepted = [one for one in answers if isinstance(one, Accepted)]
    refused = [one for one in answers if not isinstance(one, Accepted)]
    assert len(accepted) == 10
    assert {type(one) for one in refused} <= {CannotAfford, ClientSuspended}
    with database.session(SUNNY) as session:
        assert balance(session, henry) == 0
        assert client_of(session, henry).standing is Standing.SUSPENDED_BY_BALANCE
        assert notices(session, henry) == ["low_balance", "suspended"]
        stored = session.scalars(
            select(func.count()).select_from(Message).where(Message.client_id == henry.client_id)
        ).one()
        assert stored == 10
    assert proven(database) == []


def proven(database: Database) -> list[str]:
    with database.across_resellers() as session:
        return list(proof.prove(session).disagreements)


def test_two_hundred_sends_on_a_bundle_of_ten_parts(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    alice = cast.alice
    today = clock.now().date() - timedelta(days=1)

    def with_bundle(session: ResellerSession) -> None:
        package = packages.create(
            session, name="Ten", conditions=in_one_currency("USD", bundle_parts=10)
        )
        session.flush()
        assignments.assign(
            session,
            sub_account_id=alice.sub_account_id,
            package_id=package.id,
            by=cast.sam,
            on=today,
        )
        bring_to(session, alice, 90_000, by=cast.sam)
        manage(session, alice, BalanceManagement.SOFT, limit=0, by=cast.sam)

    committed(database, with_bundle)

    answers = list(threads.map(lambda _: send(database, alice), range(200)))

    # Ten are free, and the money is for ten more at the wholesale rate of 0.009.
    accepted = [one for one in answers if isinstance(one, Accepted)]
    assert sorted(one.price for one in accepted) == [0] * 10 + [9_000] * 10
    with database.session(SUNNY) as session:
        (left,) = bundles_of(session, alice.sub_account_id, today)
        assert left.left == 0
        assert balance(session, alice) == 0
    assert proven(database) == []


def test_sends_and_payments_of_two_clients_at_once(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    """Henry is suspended and lifted all the time, so that his row is written from both sides."""
    alice, henry = cast.alice, cast.henry
    committed(database, lambda session: bring_to(session, henry, PRICE, by=cast.sam))

    def pay(firm: Firm) -> int:
        return committed(
            database,
            lambda session: wallet.payment(
                session, client_id=firm.client_id, amount=PRICE, description="", by=cast.sam
            ),
        )

    acts: list[Future[object]] = []
    for _ in range(40):
        acts.append(threads.submit(send, database, henry))
        acts.append(threads.submit(pay, henry))
        acts.append(threads.submit(send, database, alice))
        acts.append(threads.submit(pay, alice))
    answers = [act.result() for act in acts]

    sent = [one for one in answers if isinstance(one, Accepted)]
    with database.session(SUNNY) as session:
        assert balance(session, alice) == 100 * UNIT
        spent = len(sent) - 40
        assert balance(session, henry) == (1 + 40 - spent) * PRICE
        client = client_of(session, henry)
        assert (client.standing is Standing.ACTIVE) == (balance(session, henry) > 0)
    assert proven(database) == []


def test_a_send_that_suspends_and_a_payment_do_not_wait_for_each_other(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    henry = cast.henry
    committed(database, lambda session: bring_to(session, henry, PRICE, by=cast.sam))
    with holding(database, "SELECT 1 FROM ledger_accounts WHERE code = 'cover' FOR NO KEY UPDATE"):
        sent = threads.submit(send, database, henry)
        blocked(database, 1)
        paid = threads.submit(
            committed,
            database,
            lambda session: wallet.payment(
                session, client_id=henry.client_id, amount=5, description="", by=cast.sam
            ),
        )
        blocked(database, 2)
    assert isinstance(sent.result(), Accepted)
    assert paid.result()
    with database.session(SUNNY) as session:
        assert balance(session, henry) == 5
        assert client_of(session, henry).standing is Standing.ACTIVE
        assert notices(session, henry) == ["low_balance", "suspended", "reactivated"]


def submitting(database: Database, cast: Cast, firms: list[Firm]) -> list[Result]:
    """A message of each firm, on its way to the gateway, and the gateway's refusal of it."""
    messages = [send(database, firm) for firm in firms]

    def claim(session: ResellerSession) -> list[Result]:
        moves = [
            Move(reseller_id=SUNNY, message_id=m.id, attempt=1, to=Status.SUBMITTING)
            for m in messages
            if isinstance(m, Accepted)
        ]
        moving.move(session, moves)
        session.execute(text("UPDATE dispatch_queue SET attempt = 1, leased_until = now()"))
        return [
            Result(
                claimed=dispatching.Claimed(
                    reseller_id=SUNNY,
                    gateway_id=1,
                    submission=submission(m),
                    leased_until=clock.now(),
                ),
                status=Status.REJECTED,
                reason="No",
            )
            for m in messages
            if isinstance(m, Accepted)
        ]

    return committed(database, claim)


def submission(message: Accepted) -> dispatching.Submission:
    return dispatching.Submission(
        reseller_id=SUNNY,
        message_id=message.id,
        attempt=1,
        sender="",
        recipient=message.recipient,
        text="Hello",
        encoding=dispatching.Encoding.GSM7,
        parts=1,
        valid_for_seconds=60,
        report_url="http://127.0.0.1/",
    )


def test_refunds_of_several_clients_and_a_send_do_not_wait_for_each_other(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    alice, henry = cast.alice, cast.henry
    refused = submitting(database, cast, [alice, henry])
    with holding(database, "SELECT 1 FROM clients WHERE company = 'Hardware' FOR UPDATE"):
        rejected = threads.submit(
            committed, database, lambda session: failing.reject(session, refused)
        )
        blocked(database, 1)
        sent = threads.submit(send, database, henry)
        blocked(database, 2)
    assert len(rejected.result()) == 2
    assert isinstance(sent.result(), Accepted)
    with database.session(SUNNY) as session:
        assert balance(session, alice) == 100 * UNIT
        assert balance(session, henry) == 100 * UNIT - PRICE
    assert proven(database) == []


def test_a_send_that_waited_for_the_change_to_hard_still_suspends(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    """It had read that the client is SOFT before it got hold of the wallet."""
    alice = cast.alice
    committed(database, lambda session: bring_to(session, alice, PRICE, by=cast.sam))
    with database.session(SUNNY) as changing, changing.begin():
        manage(changing, alice, BalanceManagement.HARD, by=cast.sam)
        changing.flush()
        sent = threads.submit(send, database, alice)
        blocked(database, 1)
    assert isinstance(sent.result(), Accepted)
    with database.session(SUNNY) as session:
        assert balance(session, alice) == 0
        assert client_of(session, alice).standing is Standing.SUSPENDED_BY_BALANCE


def test_a_threshold_is_held_against_the_balance_that_a_send_leaves(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    alice = cast.alice
    committed(database, lambda session: bring_to(session, alice, 20 * UNIT, by=cast.sam))
    with holding(database, "SELECT 1 FROM ledger_accounts WHERE code = 'cover' FOR NO KEY UPDATE"):
        sent = threads.submit(send, database, alice)
        blocked(database, 1)
        chosen = threads.submit(
            committed,
            database,
            lambda session: clients.set_low_balance(
                session,
                client_id=alice.client_id,
                threshold=20 * UNIT - 1,
                email="",
                by=cast.sam,
            ),
        )
        blocked(database, 2)
    sent.result()
    chosen.result()
    with database.session(SUNNY) as session:
        assert notices(session, alice) == ["low_balance"]


def test_two_workers_never_claim_the_same(database: Database, cast: Cast) -> None:
    sent = traffic.send(database, cast.alice, count=60)
    with ThreadPoolExecutor(4) as threads:
        claims = list(threads.map(lambda _: traffic.claim(database, limit=7), range(12)))
    taken = [c.submission.message_id for claimed in claims for c in claimed]
    assert len(taken) == len(set(taken))
    taken += [c.submission.message_id for c in traffic.claim(database, limit=60)]
    assert sorted(taken) == sent


def test_a_claim_that_is_not_committed_is_nobodys(database: Database, cast: Cast) -> None:
    sent = traffic.send(database, cast.alice, count=2)
    with database.across_resellers() as dying:
        held = dispatching.claim(
            dying,
            candidates=[traffic.FIRST],
            senders=traffic.OWN_NUMBERS,
            report_urls=traffic.REPORTS,
            limit=1,
        )
        others = traffic.claim(database)
        dying.rollback()
    assert {c.submission.message_id for c in [*held, *others]} == set(sent)
    assert [c.submission.attempt for c in traffic.claim(database)] == [1]


def test_sub_accounts_made_at_once_have_names_of_their_own(
    database: Database, threads: ThreadPoolExecutor, cast: Cast
) -> None:
    def make(number: int) -> str:
        made, _ = committed(
            database,
            lambda session: sub_accounts.create(
                session,
                client_id=cast.alice.client_id,
                name=f"Shop {number}",
                user=f"shop{number}",
                by=cast.sam,
            ),
        )
        return made.name

    made = set(threads.map(make, range(8)))
    with database.session(SUNNY) as session:
        client = session.get(Client, (SUNNY, cast.alice.client_id))
        assert client is not None
        found = access.sub_accounts_of(session, client_id=client.id)
    assert made == {one.name for one in found} - {"Main"}
