"""The demonstration has two months behind it, and its books agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text

from portal.accounts import sign_up_inbox, staff, wallet
from portal.accounts.models import Client
from portal.accounts.sign_up_hints import Kind
from portal.accounts.statuses import Standing
from portal.billing.models import Assignment
from portal.cli import demo_facts
from portal.cli.demo_portals import PORTALS
from portal.cli.demo_shapes import UNIT, WORKDAYS
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.embedded_postgres import Server
from portal.invoicing import printing
from portal.messaging import history, storage
from portal.messaging.inbound_models import InboundMessage, OptOut
from portal.messaging.models import Message, MessageEvent, Queued
from portal.messaging.statuses import Status
from portal.notifications.models import Mail
from portal.numbers import stock
from portal.reports import proof
from portal.tenancy import resellers
from tests.builders.open_folder import open_folder
from tests.builders.selling import bundles_of

# One process of the suite makes it, once.
pytestmark = pytest.mark.xdist_group("demonstration")

ZONES = {"sunny": "America/New_York", "harbour": "Europe/Berlin"}
FINAL_SHARES = {Status.DELIVERED: 0.93, Status.UNDELIVERED: 0.015, Status.REJECTED: 0.003}


@pytest.fixture(scope="module")
def installed(server: Server, migrated: str) -> Iterator[tuple[Database, dict[str, Any]]]:
    """A database with the demonstration in it, and its facts."""
    url = server.create_database("demonstration", template=migrated)
    database = Database(url)
    database.open()
    with database.across_resellers() as session, session.begin():
        storage.prepare(session)
    with open_folder() as folder:
        settings = Settings(demo=True, data_dir=folder, secret="s" * 40, database_url=url)
        yield database, demo_facts.ensure(database, settings)
    database.close()
    server.drop_database("demonstration")


@pytest.fixture
def database(installed: tuple[Database, dict[str, Any]]) -> Database:
    return installed[0]


def everyone(
    database: Database, facts: dict[str, Any]
) -> Iterator[tuple[ResellerSession, Client, str]]:
    """Each client that was let in, its owner's address, and a session of its reseller's."""
    for reseller in facts["resellers"]:
        with database.across_resellers() as session:
            reseller_id = resellers.by_slug(session, reseller["slug"]).id
        with database.session(reseller_id) as session:
            let_in = select(Client).where(Client.activated_at.is_not(None)).order_by(Client.id)
            for client in session.scalars(let_in):
                yield session, client, client.email


@pytest.fixture
def facts(installed: tuple[Database, dict[str, Any]]) -> dict[str, Any]:
    return installed[1]


def test_the_books_agree_with_every_message(database: Database) -> None:
    with database.across_resellers() as session:
        proven = proof.prove(session)
    assert list(proven.disagreements) == []
    assert proven.messages > 4_000


def test_messages_met_the_fates_that_messages_meet(database: Database) -> None:
    with database.across_resellers() as session:
        counted = dict(
            session.execute(select(Message.status, func.count()).group_by(Message.status)).all()
        )
        oldest_on_its_way = session.scalar(
            select(func.min(Message.accepted_at)).where(Message.status == Status.SUBMITTED)
        )
    assert counted.keys() == FINAL_SHARES.keys() | {Status.SUBMITTED}
    for status, least in FINAL_SHARES.items():
        assert counted[status] / sum(counted.values()) > least, (status, counted)
    assert oldest_on_its_way is not None
    assert oldest_on_its_way > datetime.now(UTC) - timedelta(hours=1)


def test_nothing_happens_in_the_future_or_before_the_message(database: Database) -> None:
    with database.across_resellers() as session:
        early = session.scalar(
            select(func.count())
            .select_from(MessageEvent)
            .join(
                Message,
                (Message.reseller_id == MessageEvent.reseller_id)
                & (Message.id == MessageEvent.message_id),
            )
            .where((MessageEvent.id < Message.id) | (MessageEvent.at < Message.accepted_at))
        )
        latest = session.scalar(select(func.max(MessageEvent.at)))
    assert early == 0
    assert latest is not None
    assert latest <= datetime.now(UTC)


def test_nothing_waits_to_be_sent(database: Database) -> None:
    with database.across_resellers() as session:
        assert session.scalar(select(func.count()).select_from(Queued)) == 0
        assert session.scalar(select(func.count()).select_from(Mail)) == 0
        left = session.scalars(text("SELECT DISTINCT task_name FROM procrastinate_jobs")).all()
    # The worker draws its invoices after the start; nobody is written to.
    assert left == [printing.MAKE]


def test_every_client_that_pays_is_active_and_has_its_money(
    database: Database, facts: dict[str, Any]
) -> None:
    wanted = {client.email: client for portal in PORTALS for client in portal.clients}
    seen = 0
    for session, client, email in everyone(database, facts):
        age = datetime.now(UTC) - client.created_at
        assert timedelta(days=59) < age < timedelta(days=61)
        demo_client = wanted[email]
        if demo_client.paid_until or not demo_client.money:
            continue
        seen += 1
        assert client.standing is Standing.ACTIVE
        assert client.debt_since is None
        held, money = wallet.balance(session, client) / UNIT, demo_client.money / UNIT
        assert 0.9 * money <= held < money + 5, email
        deposits = [m for m in wallet.movements(session, client, limit=1000) if m.amount > 0]
        assert len(deposits) > 3
    assert seen == 5


def test_one_owes_since_twelve_days_and_was_reminded_twice(
    database: Database, facts: dict[str, Any]
) -> None:
    [client] = [c for _, c, email in everyone(database, facts) if email == "ines@lakeside.example"]
    assert client.debt_since is not None
    age = datetime.now(UTC) - client.debt_since
    assert timedelta(days=11) < age < timedelta(days=13)
    assert client.debt_reminders == 2
    with database.session(client.reseller_id) as session:
        assert wallet.balance(session, client) < 0


def test_one_is_suspended_by_balance_and_owes_the_rest_of_a_fee(
    database: Database, facts: dict[str, Any]
) -> None:
    [client] = [c for _, c, email in everyone(database, facts) if email == "june@mapleyoga.example"]
    assert client.standing is Standing.SUSPENDED_BY_BALANCE
    with database.session(client.reseller_id) as session:
        assert wallet.balance(session, client) == 0
        assert -4 * UNIT < wallet.owed(session, client) < 0


def test_money_has_moved_in_every_way(database: Database) -> None:
    with database.across_resellers() as session:
        counted = Counter(
            (row.reseller_id, row.code)
            for row in session.execute(text("SELECT reseller_id, code FROM transfers"))
        )
        quotas = session.execute(
            text(
                "SELECT count(*) FILTER (WHERE quota_unlimited),"
                " count(*) FILTER (WHERE quota_account_id IS NOT NULL) FROM sub_accounts"
            )
        ).one()
        rules = set(session.scalars(select(Message.rule)))
        routes = set(session.scalars(select(Message.route)))
        uses = session.scalars(text("SELECT count(*) FROM voucher_uses GROUP BY reseller_id")).all()
        waiting = session.scalars(
            text("SELECT country FROM country_requests WHERE decision = ''")
        ).all()
    for reseller_id in {reseller_id for reseller_id, _ in counted}:
        codes = {code for owner, code in counted if owner == reseller_id}
        assert codes >= {
            "fee", "voucher", "money_moved", "charge", "reversal", "quota_grant", "quota_parts",
            "bundle_parts", "bundle_grant", "incoming_price",
            "incoming_parts", "message_price", "message_cost",
        }  # fmt: skip
        assert counted[reseller_id, "quota_grant"] >= 2
    assert {code for _, code in counted} >= {"fee_owed", "bundle_rollover"}
    assert tuple(quotas) == (1, 2)
    assert rules >= {"markup", "free_zone", "own_rate", "quota"}
    assert routes == {"value", "premium"}
    assert list(uses) == [1, 1]
    assert list(waiting) == ["BR"]


def test_every_week_has_its_busy_days(database: Database, facts: dict[str, Any]) -> None:
    busy = {c.email for portal in PORTALS for c in portal.clients if c.weekdays == WORKDAYS}
    for reseller in facts["resellers"]:
        with database.across_resellers() as session:
            reseller_id = resellers.by_slug(session, reseller["slug"]).id
        with database.session(reseller_id) as session:
            for client in reseller["clients"]:
                if client["email"] not in busy:
                    continue
                actor = staff.actor_of(session, email=client["email"])
                days = history.per_day(
                    session, actor=actor, time_zone=ZONES[reseller["slug"]], days=30
                )
                workdays = [day.sent for day in days[:-1] if day.day.weekday() < 5]
                weekends = [day.sent for day in days[:-1] if day.day.weekday() >= 5]
                assert min(workdays) >= 10
                assert max(workdays) <= 80
                assert max(weekends) < sum(workdays) / len(workdays)


def test_bundles_were_renewed_until_today(database: Database, facts: dict[str, Any]) -> None:
    for reseller in facts["resellers"]:
        with database.across_resellers() as session:
            reseller_id = resellers.by_slug(session, reseller["slug"]).id
        with database.session(reseller_id) as session:
            found = [
                bundles_of(
                    session,
                    assignment.sub_account_id,
                    datetime.now(ZoneInfo(ZONES[reseller["slug"]])).date(),
                )
                for assignment in session.scalars(select(Assignment).order_by(Assignment.id))
            ]
        assert found
        assert all(found)
        assert {len(each) for each in found} == {1, 2}


def test_customers_have_answered_who_has_a_number(database: Database) -> None:
    with database.across_resellers() as session:
        received = session.execute(
            select(InboundMessage.recipient, func.count()).group_by(InboundMessage.recipient)
        ).all()
        stopped = session.scalars(select(OptOut.digits)).all()
        last = {
            digits: session.scalar(
                select(func.max(Message.accepted_at)).where(
                    Message.recipient == f"+{digits}", Message.accepted_at < at
                )
            )
            for digits, at in session.execute(select(OptOut.digits, OptOut.at))
        }
        later = session.scalar(
            select(func.count())
            .select_from(Message)
            .join(OptOut, Message.recipient == func.concat("+", OptOut.digits))
            .where(Message.accepted_at > OptOut.at, Message.client_id == OptOut.client_id)
        )
        unpaid = session.scalars(
            select(InboundMessage.id).where(InboundMessage.paid_at.is_(None))
        ).all()
    with_number = [c.number for portal in PORTALS for c in portal.clients if c.number]
    assert len(with_number) == 3
    assert {number for number, _ in received} == set(with_number)
    assert min(count for _, count in received) > 20
    assert 1 <= len(stopped) < 20
    assert all(last.values()), "who stops was sent something before"
    assert later == 0
    assert unpaid == []


def test_each_portal_has_a_number_in_stock(database: Database) -> None:
    with database.across_resellers() as session:
        free = {each.reseller_id for each in stock.listed(session) if each.client_id is None}
    assert len(free) == len(PORTALS)


def test_a_plain_and_a_doubtful_sign_up_wait_at_each_portal(
    database: Database, facts: dict[str, Any]
) -> None:
    for reseller in facts["resellers"]:
        with database.across_resellers() as session:
            number = resellers.by_slug(session, reseller["slug"]).id
        with database.session(number) as session:
            doubtful, plain = sign_up_inbox.listed(session)
        assert not plain.hints
        assert {each.kind for each in doubtful.hints} == {
            Kind.NO_MAIL_SERVER, Kind.PHONE_ELSEWHERE, Kind.TIME_ZONE_ELSEWHERE,
            Kind.NOT_CALCULATED,
        }  # fmt: skip
        assert not plain.is_unconfirmed
        assert not doubtful.is_unconfirmed
