"""A month's invoice is shown to whoever owes it and to whoever is owed, with what is open of it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine

from portal.accounts import cover, cover_paying
from portal.infra import clock, ids
from portal.infra.db import Database, in_scope_of
from portal.infra.months import Month, month_of
from portal.invoicing import cover_months
from portal.invoicing.cover_month_models import CoverMonth
from portal.payments import settling
from portal.payments.bank import accounts as bank
from portal.payments.bank.accounts import Details
from portal.tenancy import settings
from portal.tenancy.invoice_rules import DUE_DAYS
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import invoicing, paying
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit

PAID = "/reseller/cover/payments"
RULES = {
    "issuing": "y", "name": "Wholesale SMS Inc.", "address": "1 Trunk Road", "city": "Denver",
    "country": "US",
}  # fmt: skip


@pytest.fixture
def month(database: Database, cast: Cast) -> Month:
    """The month before: Sunny used 1,030 dollars on its limit, and has paid 1,000 since."""
    this = month_of(clock.now().date())
    with (
        time_machine.travel(this.before.begins("UTC") + timedelta(days=9), tick=True),
        database.session(OPERATOR_ID) as session,
        session.begin(),
    ):
        invoicing.make(session, name="Wholesale SMS Inc.", prefix="W-", charges_vat=False)
        paying.account(session, by=cast.olga)
        with in_scope_of(session, SUNNY) as own:
            cover.set_limit(own, currency="USD", limit=500 * UNIT, by=cast.olga)
            cover_paying.take_back(
                own, cause=ids.new(), amount=cover.balance(own), currency="USD", disputed=False,
                description="",
            )  # fmt: skip
            cover.charge_for_name(own, amount=30 * UNIT, name="sms.example.com", by=cast.sam)
    return this.before


def settle(database: Database) -> CoverMonth:
    with database.session(OPERATOR_ID) as session, session.begin():
        (made,) = cover_months.settle(session, SUNNY)
        return made


def test_both_read_what_is_to_be_paid(
    visit: Visit, cast: Cast, database: Database, month: Month
) -> None:
    settle(database)
    for actor, place, more in (
        (cast.sam, "/reseller/cover/invoices", "/reseller/cover/top-up?currency=USD"),
        (cast.olga, "/operator/invoices", f"/operator/resellers/{SUNNY}"),
    ):
        browser = visit(actor)
        listed = browser.get(place)
        assert "To be paid: $30.00" in listed.text
        (link,) = re.findall(rf'href="({place}/[0-9]+)"', listed.html)
        shown = browser.get(link)
        assert shown.status == 200
        assert "$30.00 of it is still to be paid, by " in shown.text
        assert "Messages and fees of" in shown.text
        assert f'href="{more}"' in shown.html
        assert "/deposits/" not in shown.html
        assert "/payments/" not in shown.html
    for place in ("/reseller/cover", "/reseller/cover/top-up"):
        told = visit(cast.sam).get(place).text
        assert "$30.00 of your provider's invoices is still to be paid." in told
    assert "To be paid: $30.00" in visit(cast.olga).get(f"/operator/resellers/{SUNNY}").text
    table = visit(cast.olga).get("/operator/invoices.csv").html
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["used_in"], row["due"], row["gross"]) == (month.key, "30.00", "1030.00")
    assert (row["paid_on"], row["deposit"]) == ("", "")


def test_what_is_unpaid_can_be_paid_to_the_cent(
    visit: Visit, cast: Cast, database: Database, month: Month
) -> None:
    settle(database)
    with database.session(OPERATOR_ID) as session, session.begin():
        settings.change(session, deposits={"amounts": [200 * UNIT], "least": 100 * UNIT})
        details = Details(holder="Wholesale", number="123456789", bank="First")
        bank.change(session, details, currency="USD", by=cast.olga)
    sam = visit(cast.sam)
    assert 'value="30.00"' in sam.get("/reseller/cover/top-up").html
    path = "/reseller/cover/transfer"
    assert 'value="30.00"' in sam.get(path).html
    begun = sam.post(path, currency="USD", pick="30.00", key="k" * 20)
    assert "$30.00" in sam.follow(begun).text
    refused = sam.post(path, currency="USD", pick="29.99", key="l" * 20)
    assert (refused.status, "choose one of these amounts" in refused.text) == (422, True)
    with database.session(SUNNY) as session, session.begin():
        cover.pay_in(session, amount=30 * UNIT, description="Transfer", by=cast.olga)
    again = sam.post(path, currency="USD", pick="30.00", key="m" * 20)
    assert again.status == 422


def test_a_payment_that_pays_invoices_says_so(
    visit: Visit, cast: Cast, database: Database, month: Month
) -> None:
    settle(database)
    with database.session(OPERATOR_ID) as session, session.begin():
        for amount in (20, 50):
            deposit = paying.begun_for_cover(session, SUNNY, by=cast.sam, amount=amount * UNIT)
            settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
    sam = visit(cast.sam)
    newest, first = sorted(
        set(re.findall(r'href="(/reseller/cover/payments/[0-9]+)"', sam.get(PAID).html)),
        reverse=True,
    )
    words = "It pays invoices for what you had used, and has none of its own."
    assert words in sam.get(first).text
    seen = sam.get(newest)
    assert words not in seen.text  # 40 of it are above what was to be paid
    assert "W-" in seen.text


def test_what_is_late_says_so_until_it_is_paid(
    visit: Visit, cast: Cast, database: Database, month: Month
) -> None:
    settle(database)
    late = clock.now() + timedelta(days=DUE_DAYS + 2)
    with time_machine.travel(late, tick=True):
        assert "Overdue: $30.00" in visit(cast.sam).get("/reseller/cover/invoices").text
        with database.session(SUNNY) as session, session.begin():
            cover.pay_in(session, amount=30 * UNIT, description="Transfer", by=cast.olga)
        seen = visit(cast.olga).get("/operator/invoices")
    assert "Overdue" not in seen.text


@pytest.mark.parametrize(("typed", "kept"), [("", DUE_DAYS), ("0", 0), ("30", 30)])
def test_the_operator_says_how_many_days_there_are_to_pay(
    visit: Visit, cast: Cast, database: Database, typed: str, kept: int
) -> None:
    olga = visit(cast.olga)
    assert 'name="due_days"' in olga.get("/operator/invoice-settings").html
    assert olga.post("/operator/invoice-settings", **RULES, due_days=typed).status == 303
    with database.session(OPERATOR_ID) as session:
        assert settings.read(session).invoices.due_days == kept


@pytest.mark.parametrize("typed", ["-1", "91", "soon", "1e1"])
def test_other_days_are_refused(visit: Visit, cast: Cast, database: Database, typed: str) -> None:
    olga = visit(cast.olga)
    olga.get("/operator/invoice-settings")
    seen = olga.post("/operator/invoice-settings", **RULES, due_days=typed)
    assert (seen.status, "Write a number from 0 to 90." in seen.text) == (422, True)
    with database.session(OPERATOR_ID) as session:
        assert not settings.read(session).invoices.issuing


def test_resellers_are_not_asked_for_days(visit: Visit, cast: Cast) -> None:
    assert "due_days" not in visit(cast.sam).get("/reseller/invoice-settings").html
