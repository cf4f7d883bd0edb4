"""A database that cannot be used is refused with a sentence, before anything is done to it."""

from __future__ import annotations

import psycopg
import pytest

from portal.infra import database_check
from portal.infra.db import DatabaseUnfit
from portal.infra.embedded_postgres import Server


def refusal(url: str) -> str:
    with pytest.raises(DatabaseUnfit) as refused:
        database_check.check(url)
    return str(refused.value)


def test_a_database_that_does_not_answer_is_refused_without_its_password() -> None:
    said = refusal("postgresql://portal:hunter2@127.0.0.1:1/portal")
    assert said.startswith("The database at 127.0.0.1:1 cannot be reached (")
    assert said.endswith("); is it running, and is PORTAL_DATABASE_URL right?")
    assert "hunter2" not in said
    assert "\n" not in said


def test_an_address_that_is_none_is_refused() -> None:
    said = refusal("postgresql://portal@[::1/portal")
    assert said.startswith("The database cannot be reached (")


def test_a_superuser_is_refused(server: Server) -> None:
    assert refusal(server.superuser_url) == (
        "The database role postgres is a superuser, so it would see the rows of every reseller;"
        " connect as one made by: CREATE ROLE portal LOGIN NOSUPERUSER NOBYPASSRLS"
    )


def test_a_role_that_bypasses_row_security_is_refused(server: Server) -> None:
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE bypassing LOGIN BYPASSRLS")
    said = refusal(server.database_url("postgres", role="bypassing"))
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        connection.execute("DROP ROLE bypassing")
    assert said.startswith("The database role bypassing may bypass row security, so it would")


def test_an_old_server_is_refused(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_check, "MAJOR_MIN", 99)
    assert ", but the portal needs 99 or newer." in refusal(server.url)


def test_the_portals_own_role_will_do(server: Server) -> None:
    database_check.check(server.url)
