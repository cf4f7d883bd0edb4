"""`portal resellers list`."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from portal.cli.main import main
from portal.infra.db import Database
from portal.tenancy import resellers
from portal.tenancy.models import Hostname
from tests.builders.installation import installed
from tests.cast import HARBOUR, SUNNY


def test_resellers_in_a_table(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with database.session(HARBOUR) as session, session.begin():
        resellers.suspend(session)
    with database.session(SUNNY) as session, session.begin():
        session.execute(delete(Hostname))
        resellers.own(session).name = "Sunny\x1b[31m"

    with installed(database, monkeypatch):
        assert main(["resellers", "list"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "number  slug     name        host               currency  state",
        "2002    harbour  Harbour     harbour.localhost  EUR       suspended",
        "2001    sunny    Sunny�[31m  -                  USD       active",
    ]
