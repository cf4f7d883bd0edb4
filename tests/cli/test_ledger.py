"""`portal ledger prove` says that the books agree, or names the row."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.cli.main import main
from portal.infra import seals
from portal.infra.db import Database
from portal.ledger import sealing
from portal.messaging import sending
from portal.messaging.models import Message
from portal.messaging.sending import Order
from portal.reports import proof
from tests.builders.installation import installed
from tests.cast import SUNNY, Cast


@pytest.fixture
def sent(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session, session.begin():
        return sending.accept_one(
            session,
            actor=cast.alice.owner,
            sub_account_id=None,
            order=Order(to="+12025550123", text="Hello"),
        ).id


def prove(database: Database, monkeypatch: pytest.MonkeyPatch) -> int:
    with installed(database, monkeypatch):
        return main(["ledger", "prove"])


def test_a_row_that_disagrees_is_named(
    database: Database,
    sent: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Message, (SUNNY, sent)).price += 1
        session.execute(text("UPDATE ledger_accounts SET debits = debits + 1 WHERE code = 'cover'"))

    assert prove(database, monkeypatch) == 1

    printed = capsys.readouterr().out
    assert "books agree" not in printed
    assert f"messages accepted as {sent}: price says 13801, transfers moved 13800" in printed
    assert "(cover, USD) debits: says 9001, transfers add up to 9000" in printed


def test_the_books_agree(
    database: Database,
    sent: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with database.across_resellers() as session, session.begin():
        seals.seal(session, sealing.BOOK)
        head = seals.head(session, sealing.BOOK)
        accounts, transfers = session.execute(
            text("SELECT (SELECT count(*) FROM ledger_accounts), (SELECT count(*) FROM transfers)")
        ).one()

    assert prove(database, monkeypatch) == 0

    assert head is not None
    assert capsys.readouterr().out == (
        f"books agree: {accounts} accounts, {transfers} transfers, 1 messages, 0 closed days,"
        f" {transfers} sealed rows\n"
        f"  newest seal of transfers: 1 {head.hash}\n"
    )
    with database.across_resellers() as session:
        kept = proof.last(session)
    assert kept is not None
    assert (kept.agrees, kept.transfers) == (True, transfers)


def test_without_a_database_it_says_so(
    monkeypatch: pytest.MonkeyPatch, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    with installed(database, monkeypatch):
        monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/portal")
        assert main(["ledger", "prove"]) == 1

    said = capsys.readouterr().err
    assert said.startswith("portal: The database")
    assert said.count("\n") == 1
