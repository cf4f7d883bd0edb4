"""A snapshot is of one moment, in order, and writes nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Client
from portal.infra import snapshot
from portal.infra.db import Database
from portal.notifications.models import Wording
from tests.cast import SUNNY, Cast


def add_wording(database: Database, language: str) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.add(Wording(notice="activated", language=language, subject="s", body="b"))


def test_nothing_can_be_written(shared_database: Database) -> None:
    with shared_database.session(SUNNY) as session:
        snapshot.begin(session)
        with pytest.raises(DBAPIError, match="read-only transaction"):
            session.execute(text("UPDATE clients SET phone = ''"))


def test_what_others_commit_meanwhile_is_not_seen(database: Database) -> None:
    count = text("SELECT count(*) FROM wordings")
    add_wording(database, "en")
    with database.across_resellers() as session:
        snapshot.begin(session)
        add_wording(database, "de")
        before = session.scalar(count)
        add_wording(database, "pl")
        assert session.scalar(count) == before
    with database.across_resellers() as session:
        assert session.scalar(count) == 3


def test_rows_come_in_order_with_every_column(shared_database: Database, cast: Cast) -> None:
    with shared_database.across_resellers() as session:
        snapshot.begin(session)
        rows = list(snapshot.rows(session, Client))
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert {"reseller_id", "id", "email", "balance_management", "credit_limit"} <= rows[0].keys()
    assert {cast.alice.client_id, cast.berta.client_id} <= {row["id"] for row in rows}


def test_rows_above_an_id(shared_database: Database) -> None:
    with shared_database.across_resellers() as session:
        first, *others = snapshot.rows(session, Client)
        assert list(snapshot.rows(session, Client, above_id=first["id"])) == others
        assert list(snapshot.rows(session, Client, above_id=others[-1]["id"])) == []


def test_rows_keep_to_the_sessions_reseller(shared_database: Database) -> None:
    with shared_database.session(SUNNY) as session:
        assert {row["reseller_id"] for row in snapshot.rows(session, Client)} == {SUNNY}


def test_the_connection_can_write_again_afterwards(shared_database: Database) -> None:
    only = Database(shared_database.url, pool_size=1)
    with only.session(SUNNY) as session:
        snapshot.begin(session)
        assert session.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        assert session.scalar(text("SHOW statement_timeout")) == "0"
    with only.session(SUNNY) as session:
        assert session.scalar(text("SHOW transaction_isolation")) == "read committed"
        assert session.scalar(text("SHOW statement_timeout")) == "15s"
        session.execute(text("UPDATE clients SET phone = ''"))
        session.rollback()
    only.close()
