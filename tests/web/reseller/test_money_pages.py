"""A reseller's pages about money: cover, receivables, quotas, vouchers."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from portal.accounts import cover, quotas
from portal.accounts.quotas import Mode
from portal.billing import vouchers
from portal.infra.db import Database
from portal.ledger.units import decimal_string
from tests.builders.money import bring_to
from tests.cast import SUNNY, UNIT, Cast, Firm
from tests.web.browsing import Browser
from tests.web.conftest import Visit

KEY = "a-key-of-the-form"


@pytest.fixture
def prepaid(database: Database, cast: Cast) -> Firm:
    """Alice, whose sub-account is prepaid with ten messages."""
    with database.session(cast.sam.reseller_id) as session, session.begin():
        for_alice = cast.alice.sub_account_id
        quotas.set_mode(session, sub_account_id=for_alice, mode=Mode.PREPAID, by=cast.sam)
        quotas.top_up(session, sub_account_ids=[for_alice], parts=10, by=cast.sam, description="x")
    return cast.alice


def opened(visit: Visit, cast: Cast) -> Browser:
    """Sam's browser, which has the token of a form."""
    sam = visit(cast.sam)
    sam.get("/reseller/quotas")
    return sam


def left(database: Database, firm: Firm) -> int:
    with database.session(firm.reseller_id) as session:
        return quotas.handed_out(session)


# --- the cover ---


def test_the_cover_shows_what_moved_and_warns_when_low(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = opened(visit, cast)
    assert "Low" not in sam.get("/reseller/cover").text
    seen = sam.follow(sam.post("/reseller/cover/threshold", threshold="1000"))
    assert "Low" in seen.text
    assert seen.value_of("threshold") == "1000.00"
    assert "Payment: Opening" in seen.text
    assert "Your cover is low: $1,000.00" in sam.get("/reseller/").text
    with database.session(cast.sam.reseller_id) as session, session.begin():
        cover.pay_in(session, amount=UNIT, description="More", by=cast.olga)
    assert "Your cover is low" not in sam.get("/reseller/").text


def test_a_threshold_keeps_what_was_typed(visit: Visit, cast: Cast) -> None:
    seen = opened(visit, cast).post("/reseller/cover/threshold", threshold="1,5")
    assert seen.status == 422
    assert seen.value_of("threshold") == "1,5"
    assert "with digits and a point" in seen.text


def test_a_cover_in_another_currency_has_its_own_statement(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(cast.sam.reseller_id) as session, session.begin():
        cover.pay_in(session, amount=UNIT, description="Euros", by=cast.olga, currency="EUR")
    sam = opened(visit, cast)
    assert "Euros" not in sam.get("/reseller/cover").text
    assert "Euros" in sam.get("/reseller/cover?currency=EUR").text
    assert "Opening" in sam.get("/reseller/cover?currency=PLN").text


# --- receivables ---


def test_who_owes_is_listed_with_the_sum(visit: Visit, cast: Cast, database: Database) -> None:
    sam = opened(visit, cast)
    assert "Nobody owes you anything" in sam.get("/reseller/receivables").text
    with database.session(cast.sam.reseller_id) as session, session.begin():
        bring_to(session, cast.alice, -12 * UNIT, by=cast.sam)
    seen = sam.get("/reseller/receivables")
    assert "Acme 100001 · alice@acme.test $12.00 $0.00 $12.00" in seen.text
    assert "All in USD $12.00" in seen.text
    lines = sam.get("/reseller/receivables.csv").html.splitlines()
    assert lines[1].startswith('"100001","Acme","alice@acme.test","USD","12.00","0.00","12.00"')


# --- quotas ---


def test_only_who_may_post_money_gets_the_boxes(visit: Visit, cast: Cast) -> None:
    assert 'name="sub_account"' in opened(visit, cast).get("/reseller/quotas").html


def test_the_list_is_narrowed_by_the_address(visit: Visit, cast: Cast, prepaid: Firm) -> None:
    sam = opened(visit, cast)
    assert sam.get("/reseller/quotas").rows() == 2
    assert sam.get("/reseller/quotas?q=acm").rows() == 1
    assert sam.get("/reseller/quotas?q=100002").rows() == 1
    assert "Hardware" in sam.get("/reseller/quotas?mode=money").text
    assert "Acme" in sam.get("/reseller/quotas?mode=prepaid").text
    assert sam.get("/reseller/quotas?mode=unlimited").rows() == 0
    assert sam.get("/reseller/quotas?mode=gold").status == 422
    del prepaid


@pytest.mark.parametrize("parts", ["250", "-4", "-10"])
def test_a_top_up_shows_old_and_new(
    visit: Visit, database: Database, cast: Cast, prepaid: Firm, parts: str
) -> None:
    now = 10 + int(parts)
    sam = opened(visit, cast)
    fields = {"parts": parts, "key": KEY, "sub_account": str(prepaid.sub_account_id)}
    seen = sam.post("/reseller/quotas/top-up", **fields)
    assert seen.status == 200, seen.text
    assert f"Main Acme 10 {now}" in seen.text
    again = sam.post("/reseller/quotas/top-up", **fields)
    assert f"Main Acme 10 {now}" in again.text  # a second click does nothing more
    assert left(database, prepaid) == now
    assert "quota" in sam.get("/reseller/activity").text


@pytest.mark.parametrize("parts", ["", "0", "1.5", "1e3", "１２", "1_000", "ten", "9999999999"])
def test_what_is_no_number_of_messages_is_said(
    visit: Visit, cast: Cast, database: Database, prepaid: Firm, parts: str
) -> None:
    seen = opened(visit, cast).post(
        "/reseller/quotas/top-up", parts=parts, key=KEY, sub_account=str(prepaid.sub_account_id)
    )
    assert seen.status == 422
    assert seen.value_of("parts") == parts
    assert f'value="{prepaid.sub_account_id}" checked' in seen.html
    assert left(database, prepaid) == 10


def test_a_quota_never_goes_below_zero(
    visit: Visit, cast: Cast, database: Database, prepaid: Firm
) -> None:
    seen = opened(visit, cast).post(
        "/reseller/quotas/top-up", parts="-11", key=KEY, sub_account=str(prepaid.sub_account_id)
    )
    assert seen.status == 422
    assert "Nothing was changed, since these have fewer than 11: Acme / Main (10)" in seen.text
    assert left(database, prepaid) == 10


def test_all_or_none_names_who_has_no_quota(
    visit: Visit, cast: Cast, database: Database, prepaid: Firm
) -> None:
    seen = opened(visit, cast).post("/reseller/quotas/top-up", parts="5", key=KEY, everything="y")
    assert seen.status == 422
    assert "Nothing was changed, since these have no quota: Hardware / Main" in seen.text
    assert left(database, prepaid) == 10


def test_everything_is_all_that_the_filter_shows(
    visit: Visit, cast: Cast, database: Database, prepaid: Firm
) -> None:
    path = "/reseller/quotas/top-up?mode=prepaid"
    seen = opened(visit, cast).post(path, parts="5", key=KEY, everything="y")
    assert seen.status == 200, seen.text
    assert left(database, prepaid) == 15


def test_nothing_ticked_is_said(visit: Visit, cast: Cast) -> None:
    seen = opened(visit, cast).post("/reseller/quotas/top-up", parts="5", key=KEY)
    assert seen.status == 422
    assert "Tick the sub-accounts that you mean." in seen.text
    assert seen.value_of("parts") == "5"


def test_others_sub_accounts_cannot_be_ticked(visit: Visit, cast: Cast, database: Database) -> None:
    strange = str(cast.berta.sub_account_id)
    seen = opened(visit, cast).post(
        "/reseller/quotas/mode", mode="prepaid", key=KEY, sub_account=strange
    )
    assert seen.status == 422
    assert "Tick the sub-accounts that you mean." in seen.text
    with database.session(cast.hanna.reseller_id) as session:
        assert quotas.handed_out(session) == 0


def test_a_sub_account_becomes_prepaid_unlimited_and_pays_money_again(
    visit: Visit, cast: Cast
) -> None:
    sam = opened(visit, cast)
    for number, (mode, word) in enumerate(
        [("prepaid", "Messages 0"), ("unlimited", "Unlimited –"), ("money", "Money –")]
    ):
        answer = sam.post(
            "/reseller/quotas/mode?q=acme",
            mode=mode,
            key=f"{KEY}{number}",
            sub_account=str(cast.alice.sub_account_id),
        )
        assert f"Starter {word}" in sam.follow(answer).text


def test_handing_out_more_than_the_cover_pays_for_is_warned_of(
    visit: Visit, cast: Cast, prepaid: Firm
) -> None:
    seen = opened(visit, cast).post(
        "/reseller/quotas/top-up", parts="200000", key=KEY, sub_account=str(prepaid.sub_account_id)
    )
    assert "The quotas hold more than your cover pays for." in seen.text
    assert "200,010 messages together, which will cost you about $1,800.09" in seen.text


# --- vouchers ---


def voucher_fields(**others: str) -> dict[str, str]:
    usual = {
        "amount": "5", "currency": "USD", "uses": "2", "count": "1", "code": "", "key": KEY,
        "expires_on": "", "description": "Spring",
    }  # fmt: skip
    return usual | others


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "0"}, "An amount is above zero."),
        ({"amount": "five"}, "Write the amount with digits"),
        ({"uses": "0"}, "a whole number above zero"),
        ({"count": "501"}, "At most 500 at once."),
        ({"code": "ABC"}, "A code has 6 to 40 letters"),
        ({"code": "SPRING26", "count": "2"}, "Two vouchers cannot have one code."),
        ({"expires_on": "2020-01-01"}, "This day is over."),
        ({"currency": "XXX"}, "Not a valid choice"),
    ],
)
def test_a_wrong_voucher_is_refused_where_it_is_wrong(
    visit: Visit, cast: Cast, database: Database, fields: dict[str, str], said: str
) -> None:
    seen = opened(visit, cast).post("/reseller/vouchers", **voucher_fields(**fields))
    assert seen.status == 422
    assert said in seen.text
    assert seen.value_of("description") == "Spring"
    with database.session(cast.sam.reseller_id) as session:
        assert vouchers.listed(session) == []


def test_an_own_code_is_taken_once(visit: Visit, cast: Cast) -> None:
    sam = opened(visit, cast)
    seen = sam.follow(sam.post("/reseller/vouchers", **voucher_fields(code="spring-26")))
    assert "SPRI-NG26 Spring $5.00 0 2 without end Good" in seen.text
    seen = sam.post("/reseller/vouchers", **voucher_fields(code="SPRING26", key="another"))
    assert "Another voucher has this code" in seen.text


def test_many_codes_are_made_at_once_and_downloaded(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = opened(visit, cast)
    sam.post("/reseller/vouchers", **voucher_fields(key="before"))
    made = sam.follow(sam.post("/reseller/vouchers", **voucher_fields(count="20")))
    assert made.rows() == 20
    sam.post("/reseller/vouchers", **voucher_fields(count="20"))  # a second click
    found = re.search(r'href="(/reseller/vouchers\.csv\?[^"]+)"', made.html)
    assert found is not None
    lines = sam.get(found[1].replace("&amp;", "&")).html.splitlines()
    assert len(lines) == 21
    assert lines[1].endswith(f'"{decimal_string(5 * UNIT, "USD")}","USD","0","2","","Spring",""')
    with database.session(cast.sam.reseller_id) as session:
        assert len(vouchers.listed(session)) == 21


def test_a_description_is_no_formula(visit: Visit, cast: Cast) -> None:
    sam = opened(visit, cast)
    sam.post("/reseller/vouchers", **voucher_fields(description="=1+1"))
    assert '"\'=1+1"' in sam.get("/reseller/vouchers.csv").html


def test_a_voucher_is_withdrawn(visit: Visit, cast: Cast, database: Database) -> None:
    sam = opened(visit, cast)
    sam.post("/reseller/vouchers", **voucher_fields())
    with database.session(cast.sam.reseller_id) as session:
        voucher_id = session.scalar(text("SELECT id FROM vouchers"))
    seen = sam.follow(sam.post(f"/reseller/vouchers/{voucher_id}/withdraw"))
    assert "Withdrawn" in seen.text


@pytest.mark.parametrize(
    ("limit", "told"),
    [(0, "Your cover is used up"), (100, "Your cover is low: $0.00"), (1, "Your cover is low")],
)
def test_a_cover_is_used_up_when_its_limit_is(
    visit: Visit, cast: Cast, database: Database, limit: int, told: str
) -> None:
    with database.session(SUNNY) as session, session.begin():
        cover.set_low_threshold(session, threshold=50 * UNIT, by=cast.sam)
        cover.set_limit(session, currency="USD", limit=limit * UNIT, by=cast.olga)
        cover.charge_for_name(
            session, amount=cover.balance(session), name="sms.example.com", by=cast.sam
        )
    sam = visit(cast.sam)
    seen = sam.get("/reseller/").text
    assert told in seen
    assert ("messages are refused" in seen) == (limit == 0)
    if limit == 1:
        with database.session(SUNNY) as session, session.begin():
            cover.charge_for_name(session, amount=UNIT, name="sms.example.com", by=cast.sam)
        assert "messages are refused" in sam.get("/reseller/").text
