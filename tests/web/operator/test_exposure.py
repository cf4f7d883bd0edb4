"""The operator's panel of exposure, and payments into covers."""

from __future__ import annotations

import pytest

from portal.accounts import cover
from portal.infra.db import Database
from tests.builders.money import bring_to
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit

PATH = f"/operator/resellers/{SUNNY}"


def opened(visit: Visit, cast: Cast) -> Browser:
    """Olga's browser, which has the token of a form."""
    olga = visit(cast.olga)
    olga.get(PATH)
    return olga


def held(database: Database, currency: str = "USD") -> int:
    with database.session(SUNNY) as session:
        return cover.balance(session, currency=currency)


def newest(database: Database) -> int:
    with database.session(SUNNY) as session:
        return cover.movements(session, currency="USD", limit=1)[0].transfer_id


def test_every_reseller_stands_with_its_sums(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, cast.alice, -12 * UNIT, by=cast.sam)
    seen = visit(cast.olga).get("/operator/exposure")
    assert "Harbour EUR €1,000.00 – €100.00 €0.00" in seen.text
    assert "SunnyText USD $1,000.00 – $100.00 $12.00" in seen.text
    assert "All in USD $1,000.00 – $100.00 $12.00" in seen.text


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("", "Harbour"),
        ("?down=1", "SunnyText"),
        ("?sort=debts&down=1", "Harbour"),
        ("?sort=x", "Harbour"),
    ],
)
def test_it_is_sorted_as_the_address_says(visit: Visit, cast: Cast, asked: str, first: str) -> None:
    seen = visit(cast.olga).get(f"/operator/exposure{asked}")
    assert seen.status == 200
    body = seen.html.partition("<tbody>")[2]
    assert min(("Harbour", "SunnyText"), key=body.index) == first


def test_amounts_are_sorted_within_a_currency(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(HARBOUR) as session, session.begin():
        cover.pay_in(session, amount=2000 * UNIT, description="x", by=cast.olga, currency="USD")
    for down, first in (("0", "SunnyText"), ("1", "Harbour")):
        seen = visit(cast.olga).get(f"/operator/exposure?sort=cover&down={down}")
        dollars = seen.text.partition("EUR €")[2].partition("All in")[0]
        assert dollars.index("USD $1,000.00") != dollars.index("USD $2,000.00")
        smaller_first = dollars.index("USD $1,000.00") < dollars.index("USD $2,000.00")
        assert smaller_first == (first == "SunnyText")


def test_it_is_downloaded_in_the_same_order(visit: Visit, cast: Cast) -> None:
    lines = visit(cast.olga).get("/operator/exposure.csv?down=1").html.splitlines()
    assert lines[1].startswith('"2001","SunnyText","USD","1000.00","","200.00","0.00"')
    assert lines[2].startswith('"2002","Harbour","EUR","1000.00"')


def test_it_takes_one_statement_however_many(visit: Visit, cast: Cast, counted) -> None:
    olga = opened(visit, cast)
    with counted() as asked:
        olga.get("/operator/exposure")
    assert sum("ledger_accounts" in each for each in asked) == 1


def test_a_payment_in_another_currency_opens_its_cover(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        cover.pay_in(session, amount=1, description="x", by=cast.olga, currency="EUR")
    olga = opened(visit, cast)
    answer = olga.post(f"{PATH}/cover", amount="3", currency="EUR", description="Bank", key="k1")
    assert "Payment: Bank Olga Tester €3.00" in olga.follow(answer).text
    assert held(database, "EUR") == 3 * UNIT + 1


def test_a_payment_is_taken_back_with_a_reason(
    visit: Visit, cast: Cast, database: Database
) -> None:
    olga = opened(visit, cast)
    olga.post(f"{PATH}/cover", amount="5", currency="USD", description="Bank", key="k1")
    path = f"{PATH}/cover/USD/{newest(database)}/reverse"
    assert "$5.00" in olga.get(path).text
    asked = olga.post(path, reason="")
    assert asked.status == 422
    assert "Please give a reason." in asked.text
    seen = olga.follow(olga.post(path, reason="wrong account"))
    assert "Reversal: wrong account takes this back Olga Tester -$5.00 $1,000.00" in seen.text
    assert "Payment (reversed): Bank taken back here Olga Tester $5.00 $1,005.00" in seen.text
    assert olga.get(path).status == 404
    assert held(database) == 1000 * UNIT


def test_what_is_spent_is_not_taken_back(
    visit: Visit, cast: Cast, database: Database, sent
) -> None:
    path = f"{PATH}/cover/USD/{newest(database)}/reverse"
    sent(cast.alice.owner, "+12025550142")
    seen = opened(visit, cast).post(path, reason="wrong account")
    assert seen.status == 422
    assert "The cover is $999.991: so much of the payment is spent already." in seen.text
    assert seen.value_of("reason") == "wrong account"
    assert held(database) == 1000 * UNIT - 9_000
