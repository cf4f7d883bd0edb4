"""The database that serves one test after the other is as new for each."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from portal.infra.embedded_postgres import Server
from tests.builders import reused
from tests.builders.reused import Reused

ROWS = "SELECT id, company, email FROM clients ORDER BY id"


@pytest.fixture
def copy(server: Server, template: str) -> Iterator[Reused]:
    made = Reused(server, template=template, name="reused_again")
    yield made
    made.close()


def run(statement: str, *, url: str) -> list[tuple[object, ...]]:
    """As the database's superuser, in a connection of its own."""
    with psycopg.connect(url.replace("portal@", "postgres@"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def number_of(url: str) -> object:
    """What tells a copy from the one that was made in its place."""
    return run("SELECT oid FROM pg_database WHERE datname = current_database()", url=url)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "UPDATE clients SET company = 'Another', email = 'another@example.com'",
        "SET session_replication_role = replica; DELETE FROM clients",
        "SET session_replication_role = replica; DELETE FROM people; DELETE FROM clients",
        "BEGIN; UPDATE clients SET company = 'Another'; ROLLBACK",
        "ANALYZE",
    ],
)
def test_rows_are_put_back_without_another_copy(copy: Reused, statement: str) -> None:
    url = copy.url()
    before, number = run(ROWS, url=url), number_of(url)
    people = run("SELECT * FROM people ORDER BY id", url=url)
    assert before
    assert people
    run(statement, url=url)
    again = copy.url()
    assert run(ROWS, url=again) == before
    assert run("SELECT * FROM people ORDER BY id", url=again) == people
    assert number_of(again) == number


@pytest.mark.parametrize(
    "statement",
    [
        "SET session_replication_role = replica; TRUNCATE clients CASCADE",
        "ALTER TABLE clients DISABLE TRIGGER ALL",
        "ALTER TABLE clients ADD COLUMN another integer",
        "CREATE TABLE another (id integer)",
        "DROP TABLE throttles",
        "CREATE FUNCTION another() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "DROP POLICY reseller ON clients",
        "GRANT SELECT ON clients TO PUBLIC",
        "INSERT INTO throttles SELECT n::text, now(), 1, 1 FROM generate_series(1, 3001) n",
    ],
)
def test_what_is_more_than_rows_takes_another_copy(copy: Reused, statement: str) -> None:
    url = copy.url()
    before, number = run(ROWS, url=url), number_of(url)
    run(statement, url=url)
    again = copy.url()
    assert run(ROWS, url=again) == before
    assert run("SELECT * FROM throttles", url=again) == []
    assert number_of(again) != number


def test_sequences_give_the_numbers_that_they_gave(copy: Reused) -> None:
    sequences = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences"
    url = copy.url()
    before = sorted(run(sequences, url=url), key=str)
    assert {last is None for _, last in before} == {True, False}
    given = [run(f"SELECT nextval('{name}')", url=url) for name, _ in before]
    again = copy.url()
    assert sorted(run(sequences, url=again), key=str) == before
    assert [run(f"SELECT nextval('{name}')", url=again) for name, _ in before] == given


def test_after_many_tests_there_is_another_copy(
    copy: Reused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reused, "USES_MAX", 2)
    numbers = [number_of(copy.url()) for _ in range(4)]
    assert numbers[0] == numbers[1] != numbers[2] == numbers[3]


def test_a_connection_that_stays_open_takes_another_copy(
    copy: Reused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reused, "SECONDS_MAX", 0.1)
    url = copy.url()
    number = number_of(url)
    with psycopg.connect(url):
        again = copy.url()
        assert number_of(again) != number
