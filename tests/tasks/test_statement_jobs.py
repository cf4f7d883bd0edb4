"""Statements by mail: made when a month is over, written about once, with the PDFs in the mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text

from portal.accounts import wallet
from portal.accounts.models import Client
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.infra.months import Month, month_of
from portal.invoicing import printing, statement_mails
from portal.invoicing.printing import NoPrinter
from portal.invoicing.statement_models import StatementFile
from portal.notifications.models import Mail
from portal.tasks import context, privacy, statements
from portal.tenancy import settings
from portal.tenancy.display import Display
from tests.cast import HARBOUR, SUNNY, UNIT, Cast


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    made = Settings(
        secret=b"a secret of thirty-two bytes or more", public_scheme="http", public_port=8000
    )
    context.use(database=database, settings=made, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def month(database: Database, cast: Cast) -> Month:
    """This month, whose statement Alice wants."""
    with database.session(SUNNY) as session, session.begin():
        statement_mails.set_wanted(
            session, client_id=cast.alice.client_id, wanted=True, by=cast.alice.owner
        )
    return month_of(clock.now().date())


def next_month(month: Month) -> Any:
    later = month.after.begins("UTC") + timedelta(days=1)
    return time_machine.travel(later)


def queued(database: Database) -> list[dict[str, Any]]:
    with database.session(SUNNY) as session:
        asked = "SELECT args FROM procrastinate_jobs WHERE task_name = 'statements.send'"
        return list(session.scalars(text(asked)))


def mails(database: Database) -> list[Mail]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(Mail).where(Mail.notice == "statement")))


def kept(database: Database) -> list[str]:
    with database.session(SUNNY) as session:
        asked = select(StatementFile.currency).order_by(StatementFile.currency)
        return list(session.scalars(asked))


def test_each_wallets_month_goes_out_once(database: Database, cast: Cast, month: Month) -> None:
    with database.session(SUNNY) as session, session.begin():
        wallet.payment(
            session, client_id=cast.alice.client_id, amount=UNIT, description="", by=cast.sam,
            currency="EUR", priced={"EUR"},
        )  # fmt: skip
    statements.send_due(0)
    assert queued(database) == []
    with next_month(month):
        statements.send_due(0)
        statements.send_due(0)
        (job,) = queued(database)
        assert job["client_id"] == cast.alice.client_id
        statements.send(**job)
    assert kept(database) == ["EUR", "USD"]
    (mail,) = mails(database)
    assert f"/statement?month={month.key}" in mail.text
    assert mail.recipient == "alice@acme.test"
    assert [each["name"] for each in mail.papers] == [
        f"statement-{month.key}-EUR.pdf", f"statement-{month.key}-USD.pdf",
    ]  # fmt: skip


def test_one_is_made_for_who_asks(database: Database, cast: Cast, month: Month) -> None:
    with next_month(month):
        for _ in range(2):
            statements.make(SUNNY, cast.alice.client_id, month.key, "USD")
    assert (kept(database), mails(database)) == (["USD"], [])


def test_where_none_can_be_made_the_client_is_told_all_the_same(
    database: Database, cast: Cast, month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_printer(_: object) -> object:
        raise NoPrinter("cannot load library")

    monkeypatch.setattr(printing, "drawn", no_printer)
    with next_month(month):
        statements.send(SUNNY, cast.alice.client_id, month.key)
    assert (kept(database), len(mails(database))) == ([], 1)


def test_an_empty_month_is_not_told(database: Database, cast: Cast, month: Month) -> None:
    with next_month(month):
        statements.send(SUNNY, cast.alice.client_id, "2020-01")
    assert (kept(database), mails(database)) == ([], [])


@pytest.mark.parametrize("why", ["gone", "closed", "unwanted", "hidden", "waiting"])
def test_who_may_not_be_told_is_not(database: Database, cast: Cast, month: Month, why: str) -> None:
    number = cast.alice.client_id
    with database.session(SUNNY) as session, session.begin():
        client = session.get_one(Client, (SUNNY, number))
        match why:
            case "gone":
                number = 7
            case "closed":
                client.closed_at = clock.now()
            case "waiting":
                client.activated_at = None
            case "unwanted":
                statement_mails.set_wanted(session, client_id=number, wanted=False, by=cast.sam)
            case "hidden":
                settings.change(session, display=Display(money=False).model_dump(mode="json"))
    with next_month(month):
        statements.send(SUNNY, number, month.key)
    assert mails(database) == []


def test_another_resellers_client_is_none(database: Database, cast: Cast, month: Month) -> None:
    with next_month(month):
        statements.send(HARBOUR, cast.alice.client_id, month.key)
    assert mails(database) == []


def test_an_erased_clients_papers_are_gone(database: Database, cast: Cast, month: Month) -> None:
    with next_month(month):
        statements.make(SUNNY, cast.alice.client_id, month.key, "USD")
        privacy.erase_client(SUNNY, cast.alice.client_id)
    assert kept(database) == []
