"""Tables are brought up to date once, by one process at a time, or refused with a sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from portal.infra import migrations
from portal.infra.db import Database, DatabaseUnfit
from portal.infra.embedded_postgres import Server


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    url = server.create_database("empty")
    yield url
    server.drop_database("empty")


@pytest.fixture
def opened(empty: str) -> Iterator[Database]:
    database = Database(empty)
    yield database
    database.close()


def test_tables_of_another_version_are_refused(empty: str, opened: Database) -> None:
    migrations.upgrade(empty)
    with opened.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of the future'"))
    assert not migrations.is_up_to_date(opened)
    with pytest.raises(DatabaseUnfit) as refused:
        migrations.upgrade(empty)
    said = str(refused.value)
    assert said.startswith("The tables are not those of this version of the portal (")
    assert said.endswith("start the version that was last used with them, or a newer one.")
    assert "\n" not in said


def test_a_database_that_is_away_is_not_up_to_date() -> None:
    away = Database("postgresql://portal@127.0.0.1:1/portal")
    assert not migrations.is_up_to_date(away)
    away.close()


def test_an_empty_database_is_brought_up_to_date_once(empty: str, opened: Database) -> None:
    assert not migrations.is_up_to_date(opened)
    migrations.upgrade(empty)
    assert migrations.is_up_to_date(opened)
    migrations.upgrade(empty)
    assert migrations.is_up_to_date(opened)


def test_machines_that_start_at_once_take_turns(empty: str, opened: Database) -> None:
    gate, failed = threading.Barrier(3), []

    def upgrade() -> None:
        gate.wait()
        try:
            migrations.upgrade(empty)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            failed.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert migrations.is_up_to_date(opened)


def test_nothing_is_left_half_done(empty: str, opened: Database) -> None:
    """A migration that fails leaves the tables as they were, and the next try begins anew."""
    with opened.engine.begin() as connection:
        connection.execute(text("CREATE TABLE wordings (id int)"))
    with pytest.raises(Exception, match="wordings"):
        migrations.upgrade(empty)
    with opened.engine.begin() as connection:
        assert connection.scalar(text("SELECT to_regclass('clients')")) is None
        connection.execute(text("DROP TABLE wordings"))
    migrations.upgrade(empty)
    assert migrations.is_up_to_date(opened)


@pytest.mark.parametrize("table", ["transfers", "activity"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET id = id + 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
)
def test_rows_that_are_only_added_stay(
    shared_database: Database, table: str, statement: str
) -> None:
    with shared_database.across_resellers() as session:
        with pytest.raises(Exception, match=f"rows of {table} are added, never changed"):
            session.execute(text(statement.format(table)))
        session.rollback()
