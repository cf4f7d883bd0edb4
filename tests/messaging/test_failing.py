"""Messages that fail: what is given back, to whom, and that it is given back once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from portal.accounts import wallet
from portal.accounts.statuses import BalanceManagement, Standing
from portal.billing import assignments, renewing
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.ledger import statements
from portal.ledger.codes import AccountCode
from portal.messaging import failing, refunding
from portal.messaging.dispatching import Claimed, Result
from portal.messaging.models import Message
from portal.messaging.statuses import Status
from portal.pricing import packages
from portal.reports import proof
from tests.builders.conditions import in_one_currency
from tests.builders.money import balance, bring_to, client_of, manage, notices
from tests.builders.selling import bundles_of
from tests.builders.traffic import COST, PRICE, claim, message, queued, record, send, statuses
from tests.cast import SUNNY, UNIT, Cast

HUNDRED, THOUSAND = 100 * UNIT, 1000 * UNIT


@pytest.fixture
def database(undone: Database) -> Database:
    """No test here needs more than one connection."""
    return undone


def reject(database: Database, claimed: list[Claimed], reason: str = "No such number") -> int:
    results = [Result(claimed=c, status=Status.REJECTED, reason=reason) for c in claimed]
    with database.session(SUNNY) as session, session.begin():
        return len(failing.reject(session, results))


def expire(database: Database, **parts: float) -> int:
    moment = clock.now() + timedelta(**parts)
    opened = database.session(SUNNY)
    with clock.pretending(moment), opened as session, session.begin():
        return failing.expire(session)


def held(database: Database, cast: Cast) -> tuple[int, int]:
    """What alice's wallet and Sunny's cover hold."""
    with database.session(SUNNY) as session:
        cover = statements.held(session, AccountCode.COVER)[SUNNY, "USD"]
        return balance(session, cast.alice), cover


def agrees(database: Database) -> bool:
    with database.across_resellers() as session:
        found = proof.prove(session)
    assert list(found.disagreements) == []
    return found.agrees


def test_what_the_gateway_refuses_is_given_back_in_full_and_once(
    database: Database, cast: Cast
) -> None:
    first, second = send(database, cast.alice, count=2)
    claimed = claim(database)
    assert held(database, cast) == (HUNDRED - 2 * PRICE, THOUSAND - 2 * COST)

    assert reject(database, [c for c in claimed if c.submission.message_id == first]) == 1

    found = message(database, first)
    assert (found.status, found.reason) == (Status.REJECTED, "No such number")
    assert found.refunded_at is not None
    assert (found.price, found.cost) == (PRICE, COST)  # the receipt stays
    assert statuses(database, first) == [(Status.SUBMITTING, 1), (Status.REJECTED, 1)]
    assert [place.message_id for place in queued(database)] == [second]
    assert held(database, cast) == (HUNDRED - PRICE, THOUSAND - COST)

    assert reject(database, claimed) == 1  # the other one
    assert held(database, cast) == (HUNDRED, THOUSAND)
    assert reject(database, claimed) == 0
    assert held(database, cast) == (HUNDRED, THOUSAND)
    assert agrees(database)


def test_a_refund_asked_for_again_moves_nothing(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    reject(database, claim(database))
    for forget in (False, True):
        with database.session(SUNNY) as session, session.begin():
            found = session.get_one(Message, (SUNNY, message_id))
            if forget:  # the natural key says it too
                found.refunded_at = None
            refunding.refund(session, found, cost_too=True)
        assert held(database, cast) == (HUNDRED, THOUSAND)
    assert agrees(database)


def test_a_refund_names_what_it_reverses(database: Database, cast: Cast) -> None:
    (message_id,) = send(database, cast.alice)
    reject(database, claim(database))
    with database.session(SUNNY) as session:
        rows = session.execute(
            text(
                "SELECT b.code, o.code FROM transfers b JOIN transfers o ON o.id = b.reverses_id"
                " WHERE b.cause_id = :id ORDER BY 1"
            ),
            {"id": message_id},
        ).all()
    assert [tuple(row) for row in rows] == [
        ("cost_refund", "message_cost"),
        ("price_refund", "message_price"),
    ]


def test_nothing_to_give_back_is_no_trouble(session: ResellerSession) -> None:
    refunding.refund_all(session, [], cost_too=True)
    assert failing.reject(session, []) == []


class TestBundle:
    """Free parts go back to the period that they were taken from."""

    @pytest.fixture
    def half_free(self, database: Database, cast: Cast) -> int:
        """A message of three parts, two of which were free."""
        with database.session(SUNNY) as session, session.begin():
            package = packages.create(
                session, name="Two", conditions=in_one_currency("USD", bundle_parts=2)
            )
            session.flush()
            assignments.assign(
                session,
                sub_account_id=cast.alice.sub_account_id,
                package_id=package.id,
                by=cast.sam,
                on=clock.now().date() - timedelta(days=1),
            )
        (message_id,) = send(database, cast.alice, words="a" * 307)
        return message_id

    def left(self, database: Database, cast: Cast) -> int:
        with database.session(SUNNY) as session:
            (found,) = bundles_of(session, cast.alice.sub_account_id, clock.now().date())
        return found.left

    def test_comes_back_with_the_money(
        self, database: Database, cast: Cast, half_free: int
    ) -> None:
        assert self.left(database, cast) == 0
        assert held(database, cast) == (HUNDRED - COST, THOUSAND - 3 * COST)
        reject(database, claim(database))
        assert self.left(database, cast) == 2
        assert held(database, cast) == (HUNDRED, THOUSAND)
        assert message(database, half_free).bundle_parts == 2
        assert agrees(database)

    def test_lapses_if_the_period_is_over(
        self, database: Database, cast: Cast, half_free: int
    ) -> None:
        with database.session(SUNNY) as session, session.begin():
            over = clock.now().date() + timedelta(days=60)
            assert renewing.renew_all(session, on=over) >= 1
        reject(database, claim(database))
        with database.session(SUNNY) as session:
            (found,) = bundles_of(session, cast.alice.sub_account_id, over)
        assert found.left == 2  # and not 4
        assert message(database, half_free).refunded_at is not None
        assert agrees(database)


def test_a_refund_lifts_the_suspension_it_finds(database: Database, cast: Cast) -> None:
    henry = cast.henry
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, henry, PRICE, by=cast.sam)
    send(database, henry)
    with database.session(SUNNY) as session:
        assert client_of(session, henry).standing is Standing.SUSPENDED_BY_BALANCE
    reject(database, claim(database))
    with database.session(SUNNY) as session:
        assert client_of(session, henry).standing is Standing.ACTIVE
        assert notices(session, henry) == ["low_balance", "suspended", "reactivated"]


def test_a_refund_pays_first_what_is_owed(database: Database, cast: Cast) -> None:
    """Every credit does: from SOFT with a debt to HARD, and then two messages fail."""
    alice = cast.alice
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, alice, 0, by=cast.sam)
    send(database, alice, count=3)
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, alice, -PRICE - 5_000, by=cast.sam)
        manage(session, alice, BalanceManagement.HARD, by=cast.sam)

    reject(database, claim(database, limit=2))

    with database.session(SUNNY) as session:
        assert wallet.owed(session, client_of(session, alice)) == 0
        assert balance(session, alice) == PRICE - 5_000
        assert client_of(session, alice).standing is Standing.ACTIVE
    reject(database, claim(database))
    with database.session(SUNNY) as session:
        assert balance(session, alice) == 2 * PRICE - 5_000
    assert agrees(database)


class TestExpiry:
    """48 hours to be handed over, and an hour more to be reported on."""

    def test_unsent_is_given_back_and_leaves_the_queue(
        self, database: Database, cast: Cast
    ) -> None:
        (message_id,) = send(database, cast.alice)
        assert expire(database, hours=47, minutes=59) == 0

        assert expire(database, hours=48, seconds=1) == 1

        found = message(database, message_id)
        assert (found.status, found.reason) == (
            Status.EXPIRED, "It could not be handed over in time.",
        )  # fmt: skip
        assert held(database, cast) == (HUNDRED, THOUSAND)
        assert queued(database) == []
        assert expire(database, hours=50) == 0
        assert agrees(database)

    def test_tried_and_not_accepted_is_unsent(self, database: Database, cast: Cast) -> None:
        (message_id,) = send(database, cast.alice)
        record(database, claim(database), Status.ACCEPTED)
        assert expire(database, hours=49) == 1
        assert statuses(database, message_id)[-1] == (Status.EXPIRED, 1)
        assert held(database, cast) == (HUNDRED, THOUSAND)

    def test_handed_over_keeps_its_charge(self, database: Database, cast: Cast) -> None:
        (message_id,) = send(database, cast.alice)
        record(database, claim(database), Status.SUBMITTED)
        assert expire(database, hours=48, minutes=59) == 0
        assert expire(database, hours=49, seconds=1) == 1
        found = message(database, message_id)
        assert (found.status, found.reason, found.refunded_at) == (
            Status.EXPIRED, "No delivery report came in time.", None,
        )  # fmt: skip
        assert held(database, cast) == (HUNDRED - PRICE, THOUSAND - COST)
        assert agrees(database)

    @pytest.mark.parametrize("status", [Status.SUBMITTING, Status.UNKNOWN])
    def test_what_may_have_left_does_not_expire(
        self, database: Database, cast: Cast, status: Status
    ) -> None:
        send(database, cast.alice)
        claimed = claim(database)
        if status is Status.UNKNOWN:
            record(database, claimed, status)
        assert expire(database, days=30) == 0

    def test_is_bounded_and_goes_on(self, database: Database, cast: Cast) -> None:
        send(database, cast.alice, count=3)
        with clock.pretending(clock.now() + timedelta(hours=49)):
            counts = []
            for _ in range(3):
                with database.session(SUNNY) as session, session.begin():
                    counts.append(failing.expire(session, limit=2))
        assert counts == [2, 1, 0]
        assert held(database, cast) == (HUNDRED, THOUSAND)
