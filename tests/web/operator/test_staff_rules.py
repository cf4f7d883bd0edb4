"""Whether the operator's own people need a second step."""

from __future__ import annotations

from portal.infra.db import Database
from portal.tenancy import settings
from portal.tenancy.resellers import OPERATOR_ID
from tests.cast import Cast
from tests.web.conftest import Visit

PAGE = "/operator/staff/rules"


def test_a_second_step_is_asked_of_all_from_then_on(
    visit: Visit, cast: Cast, database: Database
) -> None:
    olga = visit(cast.olga)
    assert "Second step for all" in olga.get("/operator/staff").text
    olga.get(PAGE)
    saved = olga.post(PAGE, staff_take_second_step="y")
    assert (saved.status, saved.location) == (303, PAGE)
    with database.session(OPERATOR_ID) as session:
        assert settings.read(session).staff_take_second_step
    again = visit(cast.olga).get("/operator/resellers")
    assert again.status in {200, 303}
