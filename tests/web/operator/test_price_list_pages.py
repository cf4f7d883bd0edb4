"""The operator's wholesale lists of a reseller: the same pages, another list."""

from __future__ import annotations

import io

import pytest

from portal.accounts.models import Person
from portal.accounts.roles import Role
from portal.pricing import packages, rate_lists
from portal.pricing.conditions import Route
from portal.pricing.rate_lists import ListName
from tests.builders.conditions import in_one_currency
from tests.cast import HARBOUR, SUNNY

PATH = f"/operator/resellers/{SUNNY}/rates"


def rates(database, reseller_id, **name):
    with database.session(reseller_id) as session:
        return {
            (rate.prefix, rate.price)
            for rate in rate_lists.rates(session, ListName(**{"currency": "USD", **name}))
        }


def test_a_reader_looks_and_changes_nothing(visit, cast, database):
    with database.session(0) as session, session.begin():
        person = session.get(Person, (0, cast.olga.person_id))
        person.role = Role.OPERATOR_READER.value
    olga = visit(cast.olga)
    assert olga.get(PATH).status == 200
    assert olga.get(f"{PATH}/export").status == 200
    for act in ("/edit", "/import"):
        assert olga.get(f"{PATH}{act}").status == 403
        assert olga.post(f"{PATH}{act}").status == 403


def test_staff_have_no_way_to_it(visit, cast):
    assert visit(cast.sam).get(PATH).status == 404


def test_the_list_is_in_the_resellers_currency_and_by_value(visit, cast):
    seen = visit(cast.olga).get(PATH)
    assert seen.status == 200
    assert "Rates of SunnyText" in seen.text
    assert "Germany +49 $0.06 Jan 1, 2020" in seen.text
    assert (
        'href="/operator/resellers/1/rates"'
        in visit(cast.olga).get(f"/operator/resellers/{SUNNY}").html
    )


def test_each_currency_and_route_is_a_list_of_its_own(visit, cast, database):
    olga = visit(cast.olga)
    assert "No rates yet" in olga.get(f"{PATH}?currency=EUR&route=premium").text
    olga.get(f"{PATH}/edit?currency=EUR&route=premium")
    olga.post(
        f"{PATH}/edit?currency=EUR&route=premium",
        prefix="49",
        price="0.07",
        valid_from="2026-01-01",
    )
    premium = rates(database, SUNNY, currency="EUR", route=Route.PREMIUM)
    assert premium == {("49", 70_000)}
    assert rates(database, SUNNY, currency="EUR") == set()
    assert rates(database, HARBOUR, currency="EUR", route=Route.PREMIUM) == set()


def test_a_sheet_names_the_packages_that_would_sell_below_cost(visit, cast, database):
    with database.session(SUNNY) as session, session.begin():
        packages.create(session, name="Flat", conditions=in_one_currency("USD", flat_fee=65_000))
    olga = visit(cast.olga)
    olga.get(f"{PATH}/import")
    sheet = (io.BytesIO(b"prefix,price\n49,0.0651\n48500,\n"), "rates.csv")
    draft = olga.post(f"{PATH}/import", sheet=sheet, decimals="point").location
    shown = olga.get(draft)
    assert "“Flat” would sell one more destination below cost." in shown.text
    assert "Germany +49 $0.0651 $0.065 new" in shown.text
    assert "Poland +48500 Ended $0.02 –" in shown.text
    done = olga.follow(olga.post(draft, version=shown.value_of("version")))
    assert "2 rates are imported." in done.text
    assert "+48500" not in done.text
    assert {("49", 65_100), ("48500", None)} <= rates(database, SUNNY)
    assert "changed what messages cost" in visit(cast.sam).get("/reseller/activity").text


def test_a_sheet_of_one_list_is_none_of_another(visit, cast):
    olga = visit(cast.olga)
    olga.get(f"{PATH}/import")
    sheet = (io.BytesIO(b"prefix,price\n49,0.0651\n"), "rates.csv")
    draft = olga.post(f"{PATH}/import", sheet=sheet, decimals="point").location
    assert olga.get(draft).status == 200
    assert olga.get(draft.replace("value", "premium")).status == 404
    assert olga.get(draft.replace("USD", "EUR")).status == 404
    assert olga.get(draft.replace(f"/{SUNNY}/", f"/{HARBOUR}/")).status == 404


@pytest.mark.parametrize("asked", ["currency=XXX", "route=fast", "currency=usd"])
def test_a_list_that_is_none_is_not_made(visit, cast, database, asked):
    olga = visit(cast.olga)
    assert olga.get(f"{PATH}?{asked}").status == 422
    olga.get(f"{PATH}/edit?{asked}")
    olga.post(f"{PATH}/edit?{asked}", prefix="86", price="1", valid_from="2026-01-01")
    assert ("86", 10**6) in rates(database, SUNNY)
