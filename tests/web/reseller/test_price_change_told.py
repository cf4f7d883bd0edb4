"""A changed package, and whether its clients are told."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from portal.infra.db import Database
from portal.pricing import packages, price_letters
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit
from tests.web.reseller.test_package_pages import PLAIN

JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name")


@pytest.mark.parametrize(("ticked", "count"), [({}, 0), ({"tell_clients": "y"}, 1)])
def test_clients_are_told_where_that_is_ticked(
    visit: Visit, cast: Cast, database: Database, ticked: dict[str, str], count: int
) -> None:
    with database.session(SUNNY) as session:
        (package,) = packages.listed(session)
        path = f"/reseller/packages/{package.id}/edit"
    sam = visit(cast.sam)
    form = sam.get(path)
    assert "Mail the clients who have it" in form.text
    typed = {
        **PLAIN,
        "valid_from": form.value_of("valid_from"),
        "USD_monthly_fee": "5",
        "below_cost_accepted": "y",
    }
    assert sam.post(path, **typed, **ticked).status == 303
    with database.session(SUNNY) as session:
        assert session.scalar(JOBS, {"name": price_letters.JOB}) == count
