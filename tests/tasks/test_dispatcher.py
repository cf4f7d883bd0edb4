"""The loop as a whole: claims, hands over to a gateway that speaks HTTP, records, lets go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from portal.gateways import configured
from portal.gateways.models import Gateway
from portal.gateways.port import Outcome, Report
from portal.infra import clock, exchanging, ids
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.vault import Vault
from portal.messaging import delivery_reports, dispatching
from portal.messaging.models import DeliveryReport, Message
from portal.messaging.statuses import Status
from portal.reports import proof
from portal.tasks import dispatcher
from portal.tasks.dispatcher import Dispatcher
from tests.builders.money import balance
from tests.builders.traffic import PRICE, claim, message, queued, record, send
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.fakes.http_gateway import HttpGateway, answers, stays_silent

SECRET = "a secret of the tests, long enough to be one"
ACCEPTED = answers(202, b"0: Accepted for delivery")
SECONDS_MAX = 15.0


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    """A Kannel that accepts everything, unless a test says otherwise."""
    with HttpGateway(always=ACCEPTED) as fake:
        yield fake


@pytest.fixture
def kannel(database: Database, gateway: HttpGateway) -> Gateway:
    """The only gateway in use."""
    with database.across_resellers() as session, session.begin():
        session.execute(update(Gateway).values(enabled=False))
        return configured.create(
            session,
            vault=Vault(SECRET),
            kind="kannel",
            name="Kannel",
            settings={"url": gateway.url, "user": "portal", "password": "secret"},
            sender="+12025550100",
        )


def run(
    database: Database,
    *,
    until: Callable[[], bool],
    hooks: str = "http://127.0.0.1:1",
    seconds: float = SECONDS_MAX,
) -> float:
    """Let a dispatcher work until something holds; how long it took to stop, in seconds."""
    settings = Settings(secret=SECRET, hook_origin=hooks)

    async def work() -> float:
        stop = asyncio.Event()
        async with exchanging.http_session() as http:
            working = asyncio.create_task(Dispatcher(database, settings, http=http).run(stop))
            deadline = time.monotonic() + seconds
            while not await asyncio.to_thread(until):
                assert time.monotonic() < deadline, "the dispatcher does not get there"
                await asyncio.sleep(0.05)
            stop.set()
            stopped_at = time.monotonic()
            async with asyncio.timeout(seconds):
                await working
        return time.monotonic() - stopped_at

    return asyncio.run(work())


def count(database: Database, *statuses: Status) -> int:
    with database.across_resellers() as session:
        return session.scalars(
            select(func.count()).select_from(Message).where(Message.status.in_(statuses))
        ).one()


def agree(database: Database) -> None:
    with database.across_resellers() as session:
        assert list(proof.prove(session).disagreements) == []


def test_everything_is_handed_over_once(
    database: Database, gateway: HttpGateway, kannel: Gateway, cast: Cast
) -> None:
    sent = send(database, cast.alice, count=100) + send(database, cast.berta, count=20)

    run(database, until=lambda: count(database, Status.SUBMITTED) == 120)

    addresses = [request.query["dlr-url"] for request in gateway.journal]
    references = sorted(address.partition("ref=")[2].partition("&")[0] for address in addresses)
    assert references == sorted(
        [f"{SUNNY}-{i}-1" for i in sent[:100]] + [f"{HARBOUR}-{i}-1" for i in sent[100:]]
    )
    assert addresses[0].startswith(f"http://127.0.0.1:1/hooks/gateways/{kannel.hook_token}?")
    assert gateway.journal[0].query["from"] == "+12025550100"
    assert queued(database) == []
    agree(database)


def test_a_refusal_is_given_back_and_another_day_is_waited_for(
    database: Database, gateway: HttpGateway, kannel: Gateway, cast: Cast
) -> None:
    gateway.replies = [
        answers(403, b"Not routable. Rejected."),
        answers(503, b"Temporal failure, try again later."),
    ]
    sent = send(database, cast.alice, count=3)

    def settled() -> bool:
        waits = count(database, Status.ACCEPTED) == 1
        return waits and count(database, Status.REJECTED, Status.SUBMITTED) == 2

    run(database, until=settled)

    found = {message(database, i).status: message(database, i) for i in sent}
    assert found[Status.REJECTED].reason.endswith("Not routable. Rejected.")
    assert found[Status.ACCEPTED].attempt == 1
    (place,) = queued(database)
    assert (place.message_id, place.leased_until) == (found[Status.ACCEPTED].id, None)
    with database.session(SUNNY) as session:
        assert balance(session, cast.alice) == 100 * UNIT - 2 * PRICE
    agree(database)


def test_who_stood_still_past_the_lease_sends_nothing(
    database: Database,
    gateway: HttpGateway,
    kannel: Gateway,
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatching, "LEASE", timedelta(0))
    (sent,) = send(database, cast.alice)

    def tried() -> bool:
        found = message(database, sent)
        return (found.status, found.attempt) == (Status.ACCEPTED, 1)

    run(database, until=tried)

    assert gateway.journal == []
    assert [place.message_id for place in queued(database)] == [sent]


def test_stopped_in_the_middle_it_knows_what_it_does_not_know(
    database: Database, gateway: HttpGateway, kannel: Gateway, cast: Cast
) -> None:
    gateway.replies = [ACCEPTED, ACCEPTED]
    gateway.always = stays_silent()
    send(database, cast.alice, count=5)

    took = run(
        database,
        until=lambda: len(gateway.journal) == 5 and count(database, Status.SUBMITTED) == 2,
    )

    assert took < dispatcher.GRACE_SECONDS + 2
    assert count(database, Status.UNKNOWN) == 3
    assert count(database, Status.SUBMITTED) == 2
    assert queued(database) == []
    agree(database)


def test_an_answer_that_no_database_takes_does_not_stop_the_others(
    database: Database, gateway: HttpGateway, kannel: Gateway, cast: Cast
) -> None:
    gateway.replies = [answers(403, b"Not \x00routable " + b"x" * 300)]
    send(database, cast.alice, count=3)
    run(database, until=lambda: count(database, Status.SUBMITTED) == 2)
    assert count(database, Status.REJECTED) == 1
    with database.across_resellers() as session:
        reason = session.scalars(
            select(Message.reason).where(Message.status == Status.REJECTED)
        ).one()
    assert "Not \N{REPLACEMENT CHARACTER}routable xxx" in reason
    agree(database)


def test_a_result_that_the_database_refuses_is_left_to_its_lease(
    database: Database, gateway: HttpGateway, kannel: Gateway, cast: Cast
) -> None:
    gateway.always = answers(403, b"Not routable. Rejected.")
    (theirs,) = send(database, cast.berta)
    with database.session(HARBOUR) as session, session.begin():
        # More than a wallet can ever take back.
        session.execute(update(Message).values(price=2**63 - 1))
    sent = send(database, cast.alice, count=2)

    run(
        database,
        until=lambda: count(database, Status.REJECTED) == 2 and len(gateway.journal) == 3,
    )

    assert {message(database, i).status for i in sent} == {Status.REJECTED}
    assert message(database, theirs).status is Status.SUBMITTING
    (place,) = queued(database)
    assert (place.message_id, place.leased_until is None) == (theirs, False)


def test_a_gateway_that_cannot_be_opened_does_not_stop_the_others(
    database: Database, kannel: Gateway, cast: Cast
) -> None:
    with database.across_resellers() as session, session.begin():
        for name, kind, settings in (
            ("Older", "kannel", {"nonsense": True}),
            ("Gone", "telex", {}),
            ("Sealed", "kannel", {"url": "http://127.0.0.1", "user": "u", "password": "sealed:"}),
        ):
            session.add(
                Gateway(
                    id=ids.new(),
                    kind=kind,
                    name=name,
                    settings=settings,
                    enabled=True,
                    priority=1,
                    hook_token=name,
                    sender="",
                    created_at=clock.now(),
                )
            )
        first = session.scalars(select(Gateway).where(Gateway.name == "Sealed")).one()
        sealed = Vault("another secret, quite as long as it must be").seal("x", purpose="y")
        first.settings = {**first.settings, "password": sealed}
    send(database, cast.alice)
    run(database, until=lambda: count(database, Status.SUBMITTED) == 1)


def test_reports_are_applied_and_one_resellers_trouble_is_not_anothers(
    database: Database, kannel: Gateway, cast: Cast
) -> None:
    (ours,), (theirs,) = send(database, cast.alice), send(database, cast.berta)
    record(database, claim(database), Status.SUBMITTED)
    with database.across_resellers() as session, session.begin():
        for reseller, number in ((SUNNY, ours), (HARBOUR, theirs)):
            report = Report(reference=f"{reseller}-{number}-1", outcome=Outcome.DELIVERED, raw={})
            delivery_reports.receive(session, gateway_id=1, report=report)
        session.execute(
            update(DeliveryReport)
            .where(DeliveryReport.reference.startswith(f"{SUNNY}-"))
            .values(outcome="nonsense")
        )
    run(database, until=lambda: count(database, Status.DELIVERED) == 1)
    assert message(database, theirs).status is Status.DELIVERED
    assert message(database, ours).status is Status.SUBMITTED


def test_what_a_dead_worker_left_is_unknown(
    database: Database, kannel: Gateway, cast: Cast
) -> None:
    send(database, cast.alice, count=2)
    claim(database, limit=1)
    with database.across_resellers() as session, session.begin():
        session.execute(text("UPDATE dispatch_queue SET leased_until = now() WHERE attempt = 1"))
    run(
        database,
        until=lambda: count(database, Status.UNKNOWN) == count(database, Status.SUBMITTED) == 1,
    )
    agree(database)


def test_the_sandbox_reports_to_where_it_is_told(database: Database, cast: Cast) -> None:
    with database.across_resellers() as session, session.begin():
        session.execute(update(Gateway).values(settings={"report_seconds": 0}))
    with HttpGateway() as portal:
        (message_id,) = send(database, cast.alice)
        run(database, until=lambda: bool(portal.journal), hooks=portal.url)
    (told,) = portal.journal
    assert told.path == "/hooks/gateways/sandbox-hook-token"
    assert told.query["ref"] == f"{SUNNY}-{message_id}-1"
    assert told.query["state"] == "delivered"
    assert message(database, message_id).upstream_id == f"sandbox-{SUNNY}-{message_id}-1"
