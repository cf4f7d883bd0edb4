"""An installation of the first weeks is brought up to date with what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from portal.accounts.actor import system
from portal.billing import renewing
from portal.billing.models import Assignment
from portal.infra import clock, ids, migrations
from portal.infra.db import Database, ResellerSession
from portal.infra.embedded_postgres import Server
from portal.infra.files import shipped
from portal.ledger import statements
from portal.messaging import refunding
from portal.messaging.models import Message
from portal.messaging.sending import Order, accept_one
from portal.messaging.statuses import Status
from portal.pricing import packages
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.rating import Pulse
from portal.reports import proof
from tests.builders.selling import bundles_of

RESELLER = 7
CLIENT, SUB_ACCOUNT, PLAIN, RICH, ASSIGNMENT, BUNDLE, GATEWAY, RATES = range(7_101, 7_109)
WALLET, BUNDLE_ACCOUNT, COVER, SALES, COSTS, GRANTED, USED, RECEIVED = range(7_201, 7_209)
UNIT = 1_000_000
PHONE = "+12025550123"
TODAY = clock.now().astimezone(ZoneInfo("America/New_York")).date()
BEGAN, ENDS = TODAY - timedelta(days=10), TODAY + timedelta(days=10)


@pytest.fixture
def old(server: Server) -> Iterator[Database]:
    """A database whose tables are those of the second migration, with a row of each kind."""
    url = server.create_database("old")
    database = Database(url)
    with database.engine.connect() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(shipped("migrations")))
        config.set_main_option("path_separator", "os")
        command.upgrade(config, "0002")
        connection.commit()
    database.open()
    with database.session(RESELLER) as session, session.begin():
        _rows(session)
    yield database
    database.close()
    server.drop_database("old")


def _insert(session: ResellerSession, table: str, **values: object) -> None:
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f":{name}" for name in values)
    session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), values)  # noqa: S608 - names of ours


def _rows(session: ResellerSession) -> None:
    now = clock.now()
    mine = {"reseller_id": RESELLER}
    _insert(
        session, "resellers", id=RESELLER, number=2001, slug="old", name="Old", currency="USD",
        language="en", time_zone="America/New_York", country="US", email="a@old.test",
        created_at=now,
    )  # fmt: skip
    accounts = [
        (WALLET, "USD", "wallet", CLIENT, None, 3 * UNIT + 13_800, UNIT),
        (BUNDLE_ACCOUNT, "parts", "bundle", BUNDLE, 0, 2, 100),
        (COVER, "USD", "cover", 0, 0, 27_000, 50 * UNIT),
        (SALES, "USD", "sales", 0, None, 0, 0),
        (COSTS, "USD", "operator_sales", 0, None, 0, 0),
        (GRANTED, "parts", "parts_granted", 0, None, 0, 0),
        (USED, "parts", "parts_used", 0, None, 0, 0),
        (RECEIVED, "USD", "operator_received", 0, None, 0, 0),
    ]
    for account_id, unit, code, owner, overdraft, out, into in accounts:
        _insert(
            session, "ledger_accounts", **mine, id=account_id, unit=unit, code=code,
            owner_id=owner, limited=code in {"wallet", "bundle", "cover"}, overdraft=overdraft,
            debits=out, credits=into,
        )  # fmt: skip
    _insert(
        session, "clients", **mine, id=CLIENT, number=100_001, email="c@old.test", country="US",
        language="en", time_zone="UTC", currency="USD", balance_management="SOFT",
        wallet_id=WALLET, created_at=now, activated_at=now,
    )  # fmt: skip
    _insert(
        session, "packages", **mine, id=PLAIN, name="Plain", currency="EUR", flat_fee=50_000,
        pulse="message", created_at=now,
    )  # fmt: skip
    _insert(
        session, "packages", **mine, id=RICH, name="Rich", currency="USD", version=3,
        markup_fixed=2_500, markup_percent_millionths=200_000, addition_per_message=7,
        bundle_parts=100, monthly_fee=5 * UNIT, setup_fee=UNIT, refused_prefixes=["1900"],
        created_at=now,
    )  # fmt: skip
    _insert(
        session, "sub_accounts", **mine, id=SUB_ACCOUNT, client_id=CLIENT, name="Main", user="main",
        api_password_hash="", package_id=RICH, created_at=now,
    )  # fmt: skip
    _insert(
        session, "assignments", **mine, id=ASSIGNMENT, sub_account_id=SUB_ACCOUNT, package_id=RICH,
        assigned_on=BEGAN, billing_day=ENDS.day,
    )  # fmt: skip
    _insert(
        session, "bundles", **mine, id=BUNDLE, sub_account_id=SUB_ACCOUNT, package_id=RICH,
        account_id=BUNDLE_ACCOUNT, size=100, begins_on=BEGAN, ends_on=ENDS,
    )  # fmt: skip
    _insert(session, "price_lists", **mine, id=RATES, currency="USD")
    _insert(
        session, "rates", **mine, list_id=RATES, prefix="1", valid_from=date(2020, 1, 1),
        price=9_000,
    )  # fmt: skip
    _insert(
        session, "gateways", id=GATEWAY, kind="sandbox", name="Sandbox", enabled=True, priority=1,
        settings="{}", hook_token="token", created_at=now,
    )  # fmt: skip
    _books(session)


def _books(session: ResellerSession) -> None:
    """A payment, a fee, free parts, and one message: two free parts and one that was charged."""
    now = clock.now()
    message_id = ids.new()
    moves = [
        (RECEIVED, COVER, "USD", 50 * UNIT, "cover_payment", ids.new()),
        (SALES, WALLET, "USD", UNIT, "reversal", ids.new()),
        (WALLET, SALES, "USD", 3 * UNIT, "charge", ids.new()),
        (GRANTED, BUNDLE_ACCOUNT, "parts", 100, "bundle_grant", BUNDLE),
        (WALLET, SALES, "USD", 13_800, "message_price", message_id),
        (COVER, COSTS, "USD", 27_000, "message_cost", message_id),
        (BUNDLE_ACCOUNT, USED, "parts", 2, "bundle_parts", message_id),
    ]
    for debit, credit, unit, amount, code, cause in moves:
        _insert(
            session, "transfers", reseller_id=RESELLER, id=ids.new(), debit_id=debit,
            credit_id=credit, unit=unit, amount=amount, code=code, cause_id=cause, at=now,
        )  # fmt: skip
    for number, bundle_id, taken in ((message_id, BUNDLE, 2), (ids.new(), None, 0)):
        _insert(
            session, "messages", reseller_id=RESELLER, id=number, acceptance_id=number,
            client_id=CLIENT, sub_account_id=SUB_ACCOUNT, sender="", recipient=PHONE,
            country="US", text="a" * 307, encoding="gsm7", parts=3,
            status="submitted" if taken else "rejected",
            status_at=now, accepted_at=now, valid_until=now, currency="USD",
            price=13_800 if taken else 0, cost=27_000 if taken else 0, unit_price=13_800,
            unit_cost=9_000, rule="markup", prefix="1", markup_fixed=2_500,
            markup_percent_millionths=200_000, bundle_parts=taken, bundle_id=bundle_id,
            package_id=RICH, refunded_at=None if taken else now,
        )  # fmt: skip


def test_what_it_holds_is_carried_over(old: Database) -> None:
    migrations.upgrade(old.url)
    assert migrations.is_up_to_date(old)
    with old.session(RESELLER) as session:
        plain, rich = (packages.holding(session, each, on=TODAY) for each in (PLAIN, RICH))
        assert plain.conditions == Conditions(
            amounts={"EUR": Amounts(flat_fee=50_000)}, pulse=Pulse.MESSAGE
        )
        assert (rich.number, rich.valid_from) == (1, packages.ALWAYS)
        assert rich.conditions == Conditions(
            amounts={
                "USD": Amounts(
                    markup_fixed=2_500,
                    addition_per_message=7,
                    monthly_fee=5 * UNIT,
                    setup_fee=UNIT,
                )
            },
            markup_percent_millionths=200_000,
            refused_prefixes=("1900",),
            bundles=(Offer(parts=100),),
        )
        assert packages.default(session) is None
        left = bundles_of(session, SUB_ACCOUNT, TODAY)
        assert [(each.left, each.size, each.renews_on) for each in left] == [(98, 100, ENDS)]
        taken = [
            (each.bundle_ids, each.bundle_taken, each.quota_parts, each.package_version_id)
            for each in session.scalars(select(Message).order_by(Message.id))
        ]
        assert taken == [([BUNDLE], [2], 0, RICH), ([], [], 0, RICH)]
    with old.across_resellers() as session:
        assert list(proof.prove(session).disagreements) == []


def test_what_was_charged_before_is_given_back_after(old: Database) -> None:
    migrations.upgrade(old.url)
    with old.session(RESELLER) as session, session.begin():
        first = session.scalars(select(Message).order_by(Message.id).limit(1)).one()
        first.status = Status.REJECTED
        refunding.refund(session, first, cost_too=True)
    with old.session(RESELLER) as session:
        held = statements.balances(session, [WALLET, BUNDLE_ACCOUNT, COVER])
        assert held == {WALLET: -2 * UNIT, BUNDLE_ACCOUNT: 100, COVER: 50 * UNIT}
    with old.across_resellers() as session:
        assert list(proof.prove(session).disagreements) == []


def test_sending_and_billing_go_on(old: Database) -> None:
    migrations.upgrade(old.url)
    with old.session(RESELLER) as session, session.begin():
        sent = accept_one(
            session,
            actor=system(RESELLER),
            sub_account_id=SUB_ACCOUNT,
            order=Order(to=PHONE, text="Hello"),
        )
        assert (sent.price, sent.quote.bundle_parts) == (0, 1)
    with old.session(RESELLER) as session, session.begin():
        assert renewing.renew(session, client_id=CLIENT, on=ENDS - timedelta(days=1)) == 0
        assert renewing.renew(session, client_id=CLIENT, on=ENDS) == 1
        assert session.get_one(Assignment, (RESELLER, ASSIGNMENT)).periods_billed == 1
        assert statements.balance(session, WALLET) == -7 * UNIT - 13_800
        left = bundles_of(session, SUB_ACCOUNT, ENDS)
        assert [(each.left, each.size) for each in left] == [(100, 100)]
