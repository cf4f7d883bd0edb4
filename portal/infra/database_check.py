"""Looks at a database before anything is done to it: is it there, and is our role weak enough?"""

from __future__ import annotations

import psycopg
from psycopg.conninfo import conninfo_to_dict

from portal.infra.db import DatabaseUnfit

MAJOR_MIN = 15
_QUESTION = """
    SELECT current_setting('server_version_num')::int / 10000, rolname, rolsuper, rolbypassrls
    FROM pg_roles WHERE rolname = current_user
"""


def check(database_url: str) -> None:
    """Connect once, and look at the server and at the role that the address gives us.

    Raises:
        DatabaseUnfit: not reachable, too old, or of a role that row security doesn't hold for.
    """
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            row = connection.execute(_QUESTION).fetchone()
    except psycopg.Error as error:
        raise DatabaseUnfit(
            f"The database{_place(database_url)} cannot be reached ({_reason(error)});"
            " is it running, and is PORTAL_DATABASE_URL right?"
        ) from None
    assert row is not None
    major, role, is_superuser, bypasses_row_security = row
    if major < MAJOR_MIN:
        raise DatabaseUnfit(
            f"The database{_place(database_url)} is PostgreSQL {major},"
            f" but the portal needs {MAJOR_MIN} or newer."
        )
    if is_superuser or bypasses_row_security:
        might = "is a superuser" if is_superuser else "may bypass row security"
        raise DatabaseUnfit(
            f"The database role {role} {might}, so it would see the rows of every reseller;"
            " connect as one made by: CREATE ROLE portal LOGIN NOSUPERUSER NOBYPASSRLS"
        )


def _place(database_url: str) -> str:
    """Where the database is, without the password."""
    try:
        parts = conninfo_to_dict(database_url)
    except psycopg.ProgrammingError:
        return ""
    port = f":{parts['port']}" if "port" in parts else ""
    return f" at {parts.get('host', 'localhost')}{port}"


def _reason(error: psycopg.Error) -> str:
    """What the driver said, in one line: with several addresses it tells of each."""
    said = str(error).strip().splitlines() or [type(error).__name__]
    return said[-1].strip().removeprefix("- ").rstrip(".")
