"""Every route that changes something comes to write down who did it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.accounts.statuses import BalanceManagement
from portal.infra.db import Database
from tests.architecture import reaching
from tests.architecture.recorded import UNRECORDED
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit, app, application, visit

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = pytest.mark.no_cover

__all__ = ["app", "application", "visit"]

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
RECORD = "portal.accounts.activity.record"


def changing(of: Flask) -> set[str]:
    """Every endpoint that takes more than a question."""
    return {rule.endpoint for rule in of.url_map.iter_rules() if (rule.methods or set()) & CHANGING}


def test_every_route_that_changes_something_records_it(portal_app: Flask) -> None:
    """A new one records, or is entered with its reason."""
    silent = {
        endpoint
        for endpoint in changing(portal_app)
        if RECORD not in reaching.reached(portal_app.view_functions[endpoint])
    }
    assert silent == UNRECORDED.keys() & changing(portal_app)


def test_every_reason_is_of_a_route(portal_app: Flask) -> None:
    assert UNRECORDED.keys() <= changing(portal_app)


@dataclass(frozen=True)
class Act:
    """What Sam sends about Alice's firm, and what has to stand in the record afterwards."""

    path: str
    fields: dict[str, str]
    what: str


ACTS = [
    Act("suspend", {"reason": "a test"}, "client.suspended"),
    Act("payment", {"amount": "5", "description": "cash", "currency": "USD"}, "client.payment"),
    Act("charge", {"amount": "1", "description": "help"}, "client.charge"),
    Act(
        "balance-management",
        {"management": BalanceManagement.HARD.value},
        "client.balance_management",
    ),
    Act("low-balance", {"threshold": "15", "email": "x@acme.test"}, "client.low_balance"),
    Act("senders", {"name": "ACME", "kind": "own"}, "sender.approved"),
    Act("daily-limit", {"limit": "17"}, "client.daily_limit"),
    Act("countries", {"countries": "PL"}, "client.countries"),
    Act("view-as", {"reason": "asked by telephone"}, "view_as.started"),
    Act("copies", {}, "archive.asked"),
]


@pytest.mark.parametrize("act", ACTS, ids=[each.what for each in ACTS])
def test_an_act_of_staff_is_recorded_with_who_where_and_whom(
    visit: Visit, cast: Cast, database: Database, act: Act
) -> None:
    sam = visit(cast.sam)
    before = recorded(database)
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    answer = sam.post(f"{path}/{act.path}", **act.fields)
    assert answer.status == 303, answer.text

    new = [each for each in recorded(database) if each.id not in {known.id for known in before}]
    row = next(each for each in new if each.what == act.what)
    assert (row.person_id, row.person_name) == (cast.sam.person_id, cast.sam.name)
    assert (row.client_id, row.address) == (cast.alice.client_id, "127.0.0.1")
    assert not row.by_operator


def test_a_refused_act_is_no_act(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    before = [each.id for each in recorded(database)]
    path = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(path)
    assert sam.post(f"{path}/suspend", reason="").status == 422
    assert [each.id for each in recorded(database)] == before


def recorded(database: Database) -> list[Activity]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(Activity).order_by(Activity.id)))
