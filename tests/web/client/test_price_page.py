"""What a part costs to each country and to a number, and asking for a country."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.accounts import quotas, sub_accounts
from portal.accounts.models import Person, SubAccount
from portal.accounts.roles import Role
from portal.billing import assignments
from portal.infra import clock
from portal.messaging.models import CountryRequest
from portal.pricing import packages, price_lists, selling
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.rating import Rate
from portal.tenancy import settings
from tests.cast import LONG_AGO

PLUS = "\u2066+"


@pytest.fixture
def sunny(database, cast):
    """A session of Sunny's that commits."""
    return lambda: database.session(cast.sam.reseller_id)


def _as(sunny, actor, role):
    with sunny() as session, session.begin():
        session.get(Person, (actor.reseller_id, actor.person_id)).role = role.value


def test_whoever_only_reads_sees_no_prices(visit, cast, sunny):
    _as(sunny, cast.alice.owner, Role.READER)
    browser = visit(cast.alice.owner)
    assert browser.get("/prices").status == 403
    assert browser.post("/prices/FR/ask").status == 403


def test_every_country_with_a_price_is_there(visit, cast):
    seen = visit(cast.alice.owner).get("/prices")
    assert seen.status == 200
    assert "United States +1 $0.0138 Open" in seen.text
    assert "Germany +49 $0.075 $0.03 to $0.075, by network Open" in seen.text
    assert "France" not in seen.text


def test_nothing_of_what_it_costs_is_told(visit, cast):
    browser = visit(cast.alice.owner)
    for path in ("/prices", "/prices?q=%2B12025550101", "/prices?q=%2B4915112345678"):
        text = browser.get(path).text
        assert "0.009" not in text
        assert "0.06" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [("germ", 1), ("GERMANY", 1), ("de", 1), ("+49", 1), ("49", 1), ("nowhere", 0)],
)
def test_a_word_or_a_code_narrows_the_list(visit, cast, asked, found):
    seen = visit(cast.alice.owner).get("/prices?q=" + asked.replace("+", "%2B"))
    assert seen.rows() == found
    assert ("Nothing found" in seen.text) == (found == 0)


def test_accents_need_not_be_typed(visit, cast, sunny):
    with sunny() as session, session.begin():
        price_lists.set_rates(session, [Rate("225", 1_000, LONG_AGO)], currency="USD")
    assert "Côte d’Ivoire" in visit(cast.alice.owner).get("/prices?q=cote").text


def test_what_is_typed_is_answered_without_the_rest_of_the_page(visit, cast):
    seen = visit(cast.alice.owner).get("/prices?q=germany", **{"HX-Request": "true"})
    assert seen.status == 200
    assert "<html" not in seen.html
    assert seen.rows() == 1
    number = visit(cast.alice.owner).get("/prices?q=2025550101", **{"HX-Request": "true"})
    assert "costs $0.0138." in number.text


def test_a_number_is_priced_with_the_reason(visit, cast):
    seen = visit(cast.alice.owner).get("/prices?q=%2B49+151+12345678")
    assert "A part to +49 1511 2345678 costs $0.03." in seen.text
    assert f"Numbers that begin with {PLUS}491\u2069 have a price of their own: $0.03." in seen.text
    assert seen.rows() > 1
    home = visit(cast.alice.owner).get("/prices?q=2025550101")
    assert "A part to +1 202-555-0101 costs $0.0138." in home.text
    assert f"The network's prefix {PLUS}1\u2069 decides: a part costs $0.0138." in home.text


def test_what_is_no_number_says_so(visit, cast):
    seen = visit(cast.alice.owner).get("/prices?q=%2B999123456789")
    assert seen.status == 200
    assert "This is no number to send to." in seen.text


@pytest.mark.parametrize("asked", ["x" * 41, "٤٩١٥١١٢٣٤٥٦٧٨", "<script>"])
def test_strange_words_find_nothing(visit, cast, asked):
    seen = visit(cast.alice.owner).get(f"/prices?q={asked}")
    assert seen.status in {200, 422}
    assert "<script>alert" not in seen.html


def test_free_parts_make_it_free_for_now(visit, cast, sunny):
    bundle = Conditions(
        amounts={"USD": Amounts(addition_per_message=100)}, bundles=(Offer(parts=9),)
    )
    _give(sunny, cast, cast.alice.sub_account_id, bundle)
    text = visit(cast.alice.owner).get("/prices?q=2025550101").text
    assert "A part to +1 202-555-0101 is free now, as you have free parts left." in text
    assert "Free parts: 9 of 9 left." in text


def test_an_addition_is_told(visit, cast, sunny):
    _give(
        sunny, cast, cast.alice.sub_account_id,
        Conditions(amounts={"USD": Amounts(addition_per_message=100)}),
    )  # fmt: skip
    text = visit(cast.alice.owner).get("/prices?q=2025550101").text
    assert "costs $0.0091." in text
    assert "Each message costs $0.0001 more." in text


def test_prepaid_parts_cost_no_money(visit, cast, sunny):
    with sunny() as session, session.begin():
        chosen = cast.alice.sub_account_id
        quotas.set_mode(session, sub_account_id=chosen, mode=quotas.Mode.PREPAID, by=cast.sam)
    text = visit(cast.alice.owner).get("/prices?q=2025550101").text
    assert "takes one prepaid part." in text
    assert "Prepaid parts: 0 left." in text
    assert "This sub-account is prepaid in parts" in text


def test_the_sub_account_is_chosen_where_packages_differ(visit, cast, sunny):
    browser = visit(cast.alice.owner)
    assert "Sub-account" not in browser.get("/prices").text
    with sunny() as session, session.begin():
        shop, _ = sub_accounts.create(
            session, client_id=cast.alice.client_id, name="Shop", user="shop@acme.test", by=cast.sam
        )
        shop_id = shop.id
    _give(sunny, cast, shop_id, Conditions(amounts={"USD": Amounts(flat_fee=5_000)}))
    assert "United States +1 $0.0138" in browser.get("/prices").text
    assert "United States +1 $0.005" in browser.get(f"/prices?account={shop_id}").text
    assert browser.get(f"/prices?account={cast.henry.sub_account_id}").status == 422


def test_a_closed_country_can_be_asked_for_once(visit, cast, sunny):
    with sunny() as session, session.begin():
        settings.change(session, countries=["US"])
    browser = visit(cast.alice.owner)
    seen = browser.get("/prices?q=2025550101")
    assert "Ask for Germany" in seen.text
    number = browser.get("/prices?q=%2B4915112345678")
    assert "This country is not open for you." in number.text
    told = browser.follow(browser.post("/prices/DE/ask"))
    assert "We were told that you want to send to Germany." in told.text
    assert "asked on" in told.text
    assert "Ask for Germany" not in told.text
    browser.post("/prices/DE/ask")
    with sunny() as session:
        assert len(session.scalars(select(CountryRequest)).all()) == 1


def test_what_cannot_be_asked_for_is_said(visit, cast, sunny, monkeypatch):
    browser = visit(cast.alice.owner)
    browser.get("/prices")
    open_ = browser.follow(browser.post("/prices/DE/ask"))
    assert "This country is open for you already." in open_.text
    assert browser.post("/prices/XX/ask").status == 404
    assert browser.post("/prices/Germany/ask").status == 404
    monkeypatch.setattr("portal.messaging.country_requests.OPEN_MAX", 0)
    many = browser.follow(browser.post("/prices/FR/ask"))
    assert "Please wait for an answer." in many.text


def test_somebody_without_a_sub_account_has_no_prices(visit, cast, sunny):
    with sunny() as session, session.begin():
        main = session.get(SubAccount, (cast.sam.reseller_id, cast.alice.sub_account_id))
        main.closed_at = clock.now()
    assert "No prices yet" in visit(cast.alice.owner).get("/prices").text


def test_the_number_of_statements_does_not_grow_with_countries(visit, cast, sunny, counted):
    browser = visit(cast.alice.owner)
    browser.get("/prices")
    with counted() as with_few:
        browser.get("/prices")
    with sunny() as session, session.begin():
        rates = [Rate(prefix, 1_000, LONG_AGO) for prefix in ("33", "34", "39", "41", "43", "44")]
        price_lists.set_rates(session, rates, currency="USD")
    browser.get("/prices")
    with counted() as with_more:
        browser.get("/prices")
    assert len(with_few) == len(with_more)


def _give(sunny, cast, sub_account_id, conditions):
    with sunny() as session, session.begin():
        package = packages.create(session, name="Other", conditions=conditions)
        assignments.assign(
            session,
            sub_account_id=sub_account_id,
            package_id=package.id,
            by=cast.sam,
            on=selling.today(session),
        )
