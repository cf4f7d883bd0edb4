"""What a reseller is told of a change of its costs: never too much, and then by one mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from portal.infra import clock, sheets
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.mail import FolderMailer
from portal.notifications.models import Mail
from portal.pricing import (
    below_cost_letters,
    packages,
    price_lists,
    rate_imports,
    rate_lists,
    selling,
    wholesale_changes,
)
from portal.pricing.conditions import Route
from portal.pricing.rate_cells import Decimals
from portal.pricing.rate_lists import ListName
from portal.pricing.rate_sheets import read
from portal.pricing.rating import Rate
from portal.tasks import context, wholesale
from portal.tenancy import settings
from tests.builders.conditions import in_one_currency
from tests.cast import HARBOUR, LONG_AGO, SUNNY, Cast

SECRET = "a secret of the tests, long enough to be one"
DOLLARS = ListName(currency="USD")
JOBS = text("SELECT args FROM procrastinate_jobs WHERE task_name = :name ORDER BY id")


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    found = Settings(secret=SECRET, public_scheme="http", public_port=8000)
    context.use(database=database, settings=found, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


def choose(database: Database, what: str, *, reseller_id: int = SUNNY) -> None:
    with database.session(reseller_id) as session, session.begin():
        settings.change(session, wholesale_rise=what)


def write(
    database: Database, *rates: Rate, name: ListName = DOLLARS, reseller_id: int = SUNNY
) -> None:
    with database.session(reseller_id) as session, session.begin():
        price_lists.set_rates(
            session, rates, currency=name.currency, package_id=name.package_id, route=name.route
        )


def jobs(database: Database) -> list[dict[str, Any]]:
    with database.across_resellers() as session:
        return list(session.scalars(JOBS, {"name": wholesale_changes.JOB}))


def work(database: Database) -> list[Mail]:
    """Do the jobs that wait, and say which mails there are by then."""
    for arguments in jobs(database):
        wholesale.changed(**arguments)
    with database.across_resellers() as session, session.begin():
        session.execute(text("DELETE FROM procrastinate_jobs"))
    with database.across_resellers() as session:
        found = select(Mail).where(Mail.notice == below_cost_letters.NOTICE).order_by(Mail.id)
        return list(session.scalars(found))


def test_a_reseller_that_is_warned_on_its_pages_gets_no_job(database: Database, cast: Cast) -> None:
    write(database, Rate("4912", 90_000, LONG_AGO))
    assert jobs(database) == []


def test_one_that_has_changed_its_mind_since_gets_no_mail(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    write(database, Rate("4912", 90_000, LONG_AGO))
    choose(database, "warn")
    assert len(jobs(database)) == 1
    assert work(database) == []


def test_own_rates_and_what_was_said_before_are_no_change(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    with database.session(SUNNY) as session:
        (starter,) = packages.listed(session)
    own = ListName(currency="USD", package_id=starter.id)
    write(database, Rate("49", 1, LONG_AGO), name=own)
    write(database, Rate("49", 60_000, LONG_AGO))
    write(database)
    assert jobs(database) == []


@pytest.mark.parametrize(
    "rate",
    [
        Rate("49", 59_000, LONG_AGO),  # it was a loss before
        Rate("49", 61_000, LONG_AGO),  # the same loss, and a greater one
        Rate("1", 10_000, LONG_AGO),  # the markup rises with it
        Rate("491", None, LONG_AGO),
        Rate("49", None, LONG_AGO),
    ],
)
def test_what_loses_no_more_than_before_is_not_written_of(
    database: Database, cast: Cast, rate: Rate
) -> None:
    choose(database, "mail")
    write(database, rate)
    assert len(jobs(database)) == 1
    assert work(database) == []


def test_a_change_that_is_rolled_back_leaves_no_job(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    with database.session(SUNNY) as session:
        price_lists.set_rates(session, [Rate("4912", 90_000, LONG_AGO)], currency="USD")
        session.rollback()
    assert jobs(database) == []


def test_one_mail_says_what_falls_below_cost(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    write(database, Rate("4912", 90_000, LONG_AGO), Rate("1202", 5_000, LONG_AGO))
    (mail,) = work(database)
    assert mail.reseller_id == SUNNY
    assert mail.recipient == "office@sunny.test"
    assert mail.subject == "Destinations sold below cost: 1"
    with database.session(SUNNY) as session:
        today = selling.today(session)
    day = f"{today:%b} {today.day}, {today.year}"
    assert f"\nStarter · Germany +4912 · $0.03 · $0.09 · {day}\n" in mail.text
    assert "not sent" not in mail.text
    assert "http://sunny.localhost:8000/reseller/packages/below-cost" in mail.text


def test_who_blocks_reads_that_it_is_not_sent_and_in_its_language(
    database: Database, cast: Cast
) -> None:
    choose(database, "block", reseller_id=HARBOUR)
    euros = ListName(currency="EUR")
    write(database, Rate("4912", 1_090_000, LONG_AGO), name=euros, reseller_id=HARBOUR)
    (mail,) = work(database)
    assert mail.recipient == "office@harbour.test"
    assert "Starter · Deutschland +4912 · 0,03\N{NO-BREAK SPACE}€ · 1,09" in mail.text
    assert "Nachrichten an diese Ziele (1) werden von dem Tag an nicht gesendet" in mail.text


def test_the_worst_ten_are_named_and_all_are_counted(database: Database, cast: Cast) -> None:
    choose(database, "block")
    with database.session(SUNNY) as session, session.begin():
        packages.create(
            session,
            name="(none)",
            conditions=in_one_currency("USD", flat_fee=100_000),
            is_default=True,
        )
    write(database, *(Rate(f"332{n:02d}", 200_000 + n, LONG_AGO) for n in range(12)))
    (mail,) = work(database)
    assert mail.subject == "Destinations sold below cost: 12"
    lines = [line for line in mail.text.splitlines() if " · France" in line]
    assert len(lines) == 10
    assert lines[0].startswith("Clients without a package · France +33211 · $0.10 · $0.200011")
    assert "(12) are not sent" in mail.text


def test_a_rise_in_days_to_come_is_told_with_its_day(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    with database.session(SUNNY) as session:
        later = selling.today(session) + timedelta(days=40)
    write(database, Rate("4912", 90_000, later))
    (mail,) = work(database)
    assert f"$0.09 · {later:%b} {later.day}, {later.year}" in mail.text


def test_there_is_one_mail_a_day(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    for prefix in ("4912", "4913"):
        write(database, Rate(prefix, 90_000, LONG_AGO))
    assert len(work(database)) == 1
    write(database, Rate("4914", 90_000, LONG_AGO))
    assert len(work(database)) == 1
    with clock.pretending(clock.now() + timedelta(days=1, minutes=1)):
        write(database, Rate("4915", 90_000, LONG_AGO))
        first, second = work(database)
    assert "+4914" not in second.text
    assert "+4915" in second.text
    assert first.id != second.id


def test_every_way_of_the_operators_is_noticed(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    rows = sheets.read(b"prefix,price\n4912,0.09\n")
    with database.session(SUNNY) as session, session.begin():
        today = selling.today(session)
        rate_lists.change(session, DOLLARS, Rate("49", 90_000, today), by=cast.olga)
        sheet = read(rows, decimals=Decimals.POINT, today=today)
        kept = rate_imports.keep(session, DOLLARS, sheet, today=today, by=cast.olga)
        seen = rate_lists.version(session, DOLLARS)
        rate_imports.apply(session, kept, name=DOLLARS, by=cast.olga, seen_version=seen)
    day = today.isoformat()
    asked = {"reseller_id": SUNNY, "currency": "USD", "route": "value"}
    assert jobs(database) == [
        {**asked, "former": [["49", day]]},
        {**asked, "former": [["4912", day]]},
    ]


def test_a_list_as_it_was(session: ResellerSession) -> None:
    day = date(2026, 11, 1)
    present = [Rate("1", 5, day), Rate("2", 6, day), Rate("3", 7, day), Rate("4", 8, day)]
    former = [["1", "2026-11-01"], ["2", "2026-11-01", 9], ["3", "2026-11-01", None]]
    assert wholesale_changes.undone(present, former) == [
        Rate("4", 8, day), Rate("2", 9, day), Rate("3", None, day)
    ]  # fmt: skip


def test_a_list_that_is_what_it_was_has_made_nothing_worse(session: ResellerSession) -> None:
    before = rate_lists.rates(session, DOLLARS)
    assert before
    assert rate_lists.losses_since(session, DOLLARS, before, today=date(2026, 11, 20)) == []


def test_what_was_changed_is_noted_line_by_line(database: Database, cast: Cast) -> None:
    choose(database, "mail")
    premium = ListName(currency="USD", route=Route.PREMIUM)
    write(database, Rate("49", 7, LONG_AGO), Rate("48", 8, LONG_AGO), name=premium)
    with database.across_resellers() as session, session.begin():
        session.execute(delete(Mail))
        session.execute(text("DELETE FROM procrastinate_jobs"))
    write(
        database,
        Rate("49", None, LONG_AGO), Rate("48", 8, LONG_AGO), Rate("47", 1, LONG_AGO),
        name=premium,
    )  # fmt: skip
    (job,) = jobs(database)
    assert job["route"] == "premium"
    assert job["former"] == [["47", "2020-01-01"], ["49", "2020-01-01", 7]]
