"""How much a reseller may use before it pays: the operator says it, the reseller reads it."""

from __future__ import annotations

import pytest

from portal.accounts import cover
from portal.infra.db import Database
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit

PAGE = f"/operator/resellers/{SUNNY}"
PATH = f"{PAGE}/cover/USD/limit"


def limit(database: Database) -> int:
    with database.session(SUNNY) as session:
        return cover.limit(session, currency="USD")


@pytest.mark.parametrize("typed", ["", "-1", "1e3", "ten", "0.0000001"])
def test_what_is_no_limit_is_refused(
    visit: Visit, cast: Cast, database: Database, typed: str
) -> None:
    olga = visit(cast.olga)
    olga.get(PAGE)
    assert olga.post(PATH, limit=typed).status == 422
    assert limit(database) == 0


def test_a_cover_that_is_not_there_has_none(visit: Visit, cast: Cast) -> None:
    olga = visit(cast.olga)
    olga.get(PAGE)
    assert olga.post(f"{PAGE}/cover/XXX/limit", limit="5").status == 404


def test_a_limit_is_kept_and_told(visit: Visit, cast: Cast, database: Database) -> None:
    olga, sam = visit(cast.olga), visit(cast.sam)
    assert "before you pay" not in sam.get("/reseller/cover").text
    olga.get(PAGE)
    seen = olga.follow(olga.post(PATH, limit="250"))
    assert "The limit is saved" in seen.text
    assert seen.value_of("limit") == "250.00"
    assert limit(database) == 250 * UNIT
    assert "You may use $250.00 before you pay" in sam.get("/reseller/cover").text


def test_a_limit_below_what_is_used_is_refused(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        cover.set_limit(session, currency="USD", limit=100 * UNIT, by=cast.olga)
        cover.charge_for_name(session, amount=1060 * UNIT, name="sms.example.com", by=cast.olga)
    olga = visit(cast.olga)
    olga.get(PAGE)
    seen = olga.post(PATH, limit="59")
    assert (seen.status, "-$60.00 already" in seen.text) == (422, True)
    assert limit(database) == 100 * UNIT
