"""Which installation a command is about."""

from __future__ import annotations

import pytest

from portal.cli.opened import opened
from portal.infra import ids
from portal.infra.config import SettingError
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from portal.infra.processes import CannotStart
from tests.builders.open_folder import open_folder

SECRET = "tests-have-a-secret-of-their-own-too"


def told(database: Database, **more: str) -> dict[str, str]:
    url = database.engine.url.set(drivername="postgresql")
    return {"PORTAL_DATABASE_URL": url.render_as_string(hide_password=False), **more}


def test_without_a_secret_only_a_demonstrations_folder_will_do(shared_database: Database) -> None:
    with open_folder() as folder:
        environment = told(shared_database)
        with (
            pytest.raises(SettingError, match="PORTAL_SECRET"),
            opened(environment, data=str(folder)),
        ):
            pass
        (folder / "demo-secret").write_text(f"{SECRET}\n")

        with opened(environment, data=str(folder)) as there:
            sealed = there.vault.seal("x", purpose="test")
        # With the demonstration's own secret, as the portal beside it has.
        with opened({**environment, "PORTAL_SECRET": SECRET}, data=str(folder)) as there:
            assert there.vault.open(sealed, purpose="test") == "x"


def test_a_mighty_role_is_refused(shared_database: Database) -> None:
    mighty = shared_database.engine.url.set(drivername="postgresql", username="postgres")
    with open_folder() as folder:
        environment = {
            "PORTAL_DATABASE_URL": mighty.render_as_string(hide_password=False),
            "PORTAL_SECRET": SECRET,
        }
        with pytest.raises(CannotStart), opened(environment, data=str(folder)):
            pass


def test_a_database_without_tables_is_told_of(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ids, "has_node", lambda: False)  # as in a process that has just begun
    with open_folder() as folder:
        environment = {
            "PORTAL_DATABASE_URL": server.create_database("bare"),
            "PORTAL_SECRET": SECRET,
        }
        with (
            pytest.raises(CannotStart, match="`portal up` makes them"),
            opened(environment, data=str(folder)),
        ):
            pass
