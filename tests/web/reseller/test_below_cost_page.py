"""The page of what is sold below cost, and the notices that lead to it."""

from __future__ import annotations

from portal.pricing import packages, price_lists
from portal.pricing.rating import Rate
from portal.tenancy import settings
from tests.builders.conditions import in_one_currency
from tests.cast import LONG_AGO

PATH = "/reseller/packages/below-cost"
ADDRESS = 'href="/reseller/packages/below-cost"'


def sell_at_a_gain(database):
    """Nothing at Sunny is below cost any more."""
    with database.session(1) as session, session.begin():
        (starter,) = packages.listed(session)
        price_lists.set_rates(
            session, [Rate("491", None, LONG_AGO)], currency="USD", package_id=starter.id
        )


def test_where_all_prices_cover_their_costs_nothing_is_said(visit, cast, database):
    sell_at_a_gain(database)
    browser = visit(cast.sam)
    assert "Nothing is sold below cost" in browser.get(PATH).text
    assert ADDRESS not in browser.get("/reseller/").html
    assert ADDRESS not in browser.get("/reseller/packages").html


def test_a_client_does_not_see_it(visit, cast):
    assert visit(cast.alice.owner).get(PATH).status in {403, 404}


def test_the_notices_count_and_the_page_names(visit, cast, database):
    browser = visit(cast.sam)
    for path in ("/reseller/", "/reseller/packages"):
        seen = browser.get(path)
        assert "1 destination is sold below cost." in seen.text
        assert ADDRESS in seen.html
    seen = browser.get(PATH)
    assert "Starter Germany +491 $0.03 $0.06 Jan 1, 2020" in seen.text
    assert "is not sent" not in seen.text


def test_who_blocks_reads_that_nothing_is_sent(visit, cast, database):
    with database.session(1) as session, session.begin():
        settings.change(session, wholesale_rise="block")
        packages.create(
            session,
            name="(none)",
            conditions=in_one_currency("USD", flat_fee=55_000),
            is_default=True,
        )
    browser = visit(cast.sam)
    assert "2 destinations are sold below cost." in browser.get("/reseller/").text
    seen = browser.get(PATH)
    assert "A message that would lose money is not sent." in seen.text
    assert "Clients without a package Germany +49 $0.055 $0.06" in seen.text


def test_long_lists_have_pages(visit, cast, database):
    with database.session(1) as session, session.begin():
        dear = [Rate(f"491{n}", 70_000 + n, LONG_AGO) for n in range(100, 160)]
        price_lists.set_rates(session, dear, currency="USD")
    browser = visit(cast.sam)
    seen = browser.get(PATH)
    assert "Page 1 of 2" in seen.text
    assert seen.text.index("+491159") < seen.text.index("+491158")
    assert "Germany +491 $0.03 $0.06" in browser.get(f"{PATH}?page=2").text
