"""Packages as staff sees them: made, read in plain words, changed from a day on, given, closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts import staff
from portal.accounts.models import Activity, SubAccount
from portal.accounts.roles import Role
from portal.pricing import packages, price_lists, selling
from portal.pricing.conditions import Route
from portal.pricing.free_parts import Counts, Offer
from portal.pricing.rating import FreeZone, Pulse, Rate
from portal.tenancy import settings

PLAIN = {
    "markup_percent": "20",
    "pulse": "part",
    "usual_route": "value",
    "USD_markup_fixed": "0.0025",
    "USD_zone_0_country": "",
    "USD_zone_0_prefix": "",
    "USD_zone_0_cost_max": "",
    "bundle_0_parts": "",
    "bundle_0_counts": "both",
}


@pytest.fixture
def starter(database, cast):
    """The id of the package that Sunny sells."""
    with database.session(1) as session:
        (package,) = packages.listed(session)
        return package.id


@pytest.fixture
def sams(visit, cast):
    """Sam's browser, with a page open that has the token of a form."""
    browser = visit(cast.sam)
    browser.get("/reseller/packages/new")
    return browser


def today(database) -> date:
    with database.session(1) as session:
        return selling.today(session)


def holding(database, package_id, *, after_days=0):
    with database.session(1) as session:
        day = selling.today(session) + timedelta(days=after_days)
        return packages.holding(session, package_id, on=day)


def numbers(database, package_id):
    with database.session(1) as session:
        return [version.number for version in packages.versions(session, package_id)]


def edited(database, starter, **fields):
    return {**PLAIN, "valid_from": today(database).isoformat(), **fields}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Please fill this in."),
        ("name", "Starter", "Another package has this name"),
        ("markup_percent", "20 %", "Write the amount with digits and a point"),
        ("markup_percent", "0.00001", "Four digits after the mark are the most"),
        ("USD_markup_fixed", "1_000", "Write the amount with digits and a point"),
        ("USD_markup_fixed", "-", "Write the amount with digits and a point"),
        ("USD_markup_fixed", "-0.001", "A markup below zero has to be allowed in the settings"),
        ("markup_percent", "10000.0001", "It may be 10,000 percent at most."),
        ("markup_percent", "-5", "A markup below zero has to be allowed in the settings"),
        ("USD_monthly_fee", "-1", "Write the amount with digits and a point"),
        ("USD_flat_fee", "0.0000001", "Too many digits"),
        ("USD_zone_0_country", "Atlantis", "Atlantis is no country. Write its name or its code"),
        ("USD_zone_0_country", "DE, AT", "Write one country here."),
        ("USD_zone_0_prefix", "0049", "0049 is no prefix."),
        ("refused_prefixes", "881, x", "x is no prefix."),
        ("refused_countries", "DE, Narnia", "Narnia is no country."),
        ("bundle_0_parts", "many", "Write a whole number in digits, as in 500."),
        ("bundle_0_countries", "DE", "Write how many parts are free"),
        ("usual_route", "teleport", "Not a valid choice."),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(sams, database, field, typed, said):
    fields = {**PLAIN, "name": "Gold", field: typed}
    seen = sams.post("/reseller/packages/new", **fields)
    assert seen.status == 422, seen.text
    assert said in seen.text
    if field != "usual_route":
        assert seen.value_of(field) == typed
        assert seen.value_of("USD_markup_fixed") == fields["USD_markup_fixed"]
    with database.session(1) as session:
        assert [each.name for each in packages.listed(session)] == ["Starter"]


def test_a_package_is_made_with_everything_that_it_can_say(sams, cast, database):
    browser = sams
    seen = browser.post(
        "/reseller/packages/new",
        **{
            **PLAIN,
            "name": "Gold",
            "pulse": "message",
            "on_net_free": "y",
            "usual_route": "premium",
            "other_route": "US, Canada",
            "refused_countries": "KP",
            "refused_prefixes": "882, +881",
            "USD_addition_per_message": "0.01",
            "USD_monthly_fee": "9",
            "USD_setup_fee": "15",
            "USD_incoming_fee": "0",
            "USD_outgoing_mms_fee": "0.05",
            "USD_incoming_mms_fee": "0.02",
            "USD_zone_0_country": "Germany",
            "USD_zone_0_prefix": "4915",
            "USD_zone_1_country": "",
            "USD_zone_1_prefix": "",
            "USD_zone_1_cost_max": "0.001",
            "bundle_0_parts": "500",
            "bundle_0_counts": "sent",
            "bundle_0_countries": "us",
            "bundle_0_rollover_max": "100",
            "bundle_0_pooled": "y",
        },
    )
    page = browser.follow(seen)
    with database.session(1) as session:
        (gold,) = (each for each in packages.listed(session) if each.name == "Gold")
        says = packages.holding(session, gold.id, on=selling.today(session)).conditions
        (act,) = session.scalars(select(Activity).where(Activity.what == "package.created"))
    amounts = says.amounts["USD"]
    assert (says.pulse, says.on_net_free) == (Pulse.MESSAGE, True)
    assert says.routes == {"CA": Route.VALUE, "US": Route.VALUE, "*": Route.PREMIUM}
    assert (says.refused_countries, says.refused_prefixes) == (("KP",), ("881", "882"))
    assert says.bundles == (
        Offer(parts=500, counts=Counts.SENT, countries=("US",), rollover_max=100, pooled=True),
    )
    assert (amounts.markup_fixed, amounts.addition_per_message) == (2_500, 10_000)
    assert (amounts.monthly_fee, amounts.setup_fee) == (9_000_000, 15_000_000)
    assert (amounts.flat_fee, amounts.incoming_fee) == (None, 0)
    assert (amounts.outgoing_mms_fee, amounts.incoming_mms_fee) == (50_000, 20_000)
    assert amounts.free_zones == (
        FreeZone(country="DE", prefix="4915"),
        FreeZone(cost_max=1_000),
    )
    assert (act.person_id, act.details["package"]) == (cast.sam.person_id, "Gold")
    for words in (
        "A part to United States costs $0.0238: $0.009 cost + $0.0025 + 20 % + $0.01 a message.",
        "Each message costs $0.01 more, whatever its parts.",
        "A message of several parts costs as much as one part.",
        "Free zone: Germany, +4915.",
        "Free zone: a cost of at most $0.001.",
        "500 parts a month are free, sent, to United States. Up to 100 of them are carried into",
        "the next month. A client's sub-accounts share them.",
        "$9.00 a month for each sub-account.",
        "$15.00 once for the set-up.",
        "All countries are reached by the premium route, but Canada, United States by the value",
        "Nothing is sent to this country: North Korea.",
        "Nothing is sent to numbers that begin with +881, +882.",
    ):
        assert words in page.text


def test_the_page_says_in_plain_words_what_a_part_costs(visit, cast, starter):
    seen = visit(cast.sam).get(f"/reseller/packages/{starter}")
    assert seen.status == 200
    assert "A part to United States costs $0.0138: $0.009 cost + $0.0025 + 20 %." in seen.text
    assert "A part costs what you pay for it + $0.0025 + 20 %." in seen.text
    assert "United States $0.009 $0.0138 $0.0048" in seen.text
    assert "Germany $0.06 $0.03 -$0.03" in seen.text  # the package's own rate to +491
    assert "United Kingdom nothing can be sent there" in seen.text
    assert "No rate for " in seen.text
    assert "2 sub-accounts have this package." in seen.text
    assert "1 holds now the beginning" in seen.text


def test_more_room_keeps_what_was_typed_and_saves_nothing(sams, cast, database, starter):
    browser = sams
    path = f"/reseller/packages/{starter}/edit"
    fields = edited(database, starter, USD_zone_0_country="DE", markup_percent="x")
    seen = browser.post(path, **fields, more="USD")
    assert (seen.status, "Please mend" in seen.text) == (200, False)
    assert seen.value_of("USD_zone_0_country") == "DE"
    assert seen.value_of("markup_percent") == "x"
    assert 'name="USD_zone_1_country"' in seen.html
    seen = browser.post(path, **fields, more="bundle")
    assert 'name="bundle_1_parts"' in seen.html
    assert numbers(database, starter) == [1]


def test_a_change_holds_from_its_day_and_its_differences_are_told(sams, cast, database, starter):
    browser = sams
    later = today(database) + timedelta(days=10)
    path = f"/reseller/packages/{starter}/edit"
    seen = browser.post(
        path, **edited(database, starter, markup_percent="25", valid_from=later.isoformat(),
                       below_cost_accepted="y")
    )  # fmt: skip
    page = browser.follow(seen)
    assert "Saved. It holds from" in page.text
    assert "on it says something else." in page.text
    assert "2 planned" in page.text
    assert "Markup in percent : 20 % → 25 %" in page.text
    assert holding(database, starter).conditions.markup_percent_millionths == 200_000
    planned = holding(database, starter, after_days=10)
    assert planned.conditions.markup_percent_millionths == 250_000
    assert "changes planned" in browser.get("/reseller/packages").text
    form = browser.get(f"{path}?version={planned.id}")
    assert form.value_of("markup_percent") == "25"
    assert form.value_of("valid_from") == later.isoformat()


def test_a_day_that_is_over_or_none_is_refused(sams, cast, database, starter):
    path = f"/reseller/packages/{starter}/edit"
    yesterday = (today(database) - timedelta(days=1)).isoformat()
    for typed, said in ((yesterday, "This day is over. Choose"), ("soon", "Choose a day, or"),
                        ("", "Please fill this in.")):  # fmt: skip
        seen = sams.post(path, **edited(database, starter, valid_from=typed))
        assert (seen.status, said in seen.text) == (422, True)
        assert seen.value_of("valid_from") == typed
    assert numbers(database, starter) == [1]


def test_saved_without_a_change_makes_no_version(sams, cast, database, starter):
    browser = sams
    seen = browser.post(
        f"/reseller/packages/{starter}/edit",
        **edited(database, starter, below_cost_accepted="y"),
    )
    assert "so that nothing was changed" in browser.follow(seen).text
    assert numbers(database, starter) == [1]


def test_what_is_sold_below_cost_asks_for_a_tick(sams, cast, database, starter):
    browser = sams
    path = f"/reseller/packages/{starter}/edit"
    fields = edited(database, starter, USD_flat_fee="0.01")
    seen = browser.post(path, **fields)
    assert seen.status == 422
    assert "Tick this if it is meant, or mend the prices." in seen.text
    assert "prefixes would be sold below their cost" in seen.text
    assert "Germany +49 $0.06 $0.01" in seen.text
    assert seen.value_of("USD_flat_fee") == "0.01"
    assert numbers(database, starter) == [1]
    assert browser.post(path, **fields, below_cost_accepted="y").status == 303
    assert holding(database, starter).conditions.amounts["USD"].flat_fee == 10_000


def test_a_negative_markup_where_it_is_allowed(sams, cast, database, starter):
    with database.session(1) as session, session.begin():
        settings.change(session, negative_markup_allowed=True)
    path = f"/reseller/packages/{starter}/edit"
    fields = edited(database, starter, USD_markup_fixed="-0.001", below_cost_accepted="y")
    assert sams.post(path, **fields).status == 303
    assert holding(database, starter).conditions.amounts["USD"].markup_fixed == -1_000


def test_another_currency_comes_and_goes(sams, cast, database, starter):
    with database.session(1) as session, session.begin():
        price_lists.set_rates(session, [Rate("49", 50_000, date(2020, 1, 1))], currency="EUR")
    browser = sams
    path = f"/reseller/packages/{starter}/edit"
    fields = edited(database, starter, below_cost_accepted="y")
    seen = browser.post(path, **fields, more="currency", currency="EUR")
    assert 'name="EUR_markup_fixed"' in seen.html
    assert 'name="JPY_markup_fixed"' not in browser.post(
        path, **fields, more="currency", currency="JPY"
    ).html  # fmt: skip
    euros = {"EUR_markup_fixed": "0.01", "EUR_zone_0_country": ""}
    assert browser.post(path, **fields, **euros).status == 303
    assert holding(database, starter).conditions.amounts["EUR"].markup_fixed == 10_000
    page = browser.get(f"/reseller/packages/{starter}?currency=EUR")
    assert "Germany €0.05 €0.072 €0.022" in page.text
    assert browser.post(path, **fields, **euros, EUR_dropped="y").status == 303
    assert list(holding(database, starter).conditions.amounts) == ["USD"]


def test_the_defaults_hold_for_clients_without_a_package(sams, cast, database):
    browser = sams
    assert "no price is set for them" in browser.get("/reseller/packages").text
    seen = browser.post("/reseller/packages/defaults", **PLAIN)
    assert "Clients without a package can send now." in browser.follow(seen).text
    with database.session(1) as session:
        found = packages.default(session)
        assert found is not None
        assert [each.name for each in packages.listed(session)] == ["Starter"]
    form = browser.get("/reseller/packages/defaults")
    assert form.value_of("markup_percent") == "20"
    assert "bundle_0_parts" not in form.html
    assert "USD_monthly_fee" not in form.html
    fields = {**PLAIN, "markup_percent": "30", "valid_from": today(database).isoformat()}
    assert browser.post("/reseller/packages/defaults", **fields).status == 303
    assert holding(database, found.id).conditions.markup_percent_millionths == 300_000
    for act in ("rename", "close", "assign"):
        assert browser.post(f"/reseller/packages/{found.id}/{act}").status == 404


def test_a_package_is_renamed_and_closed(sams, cast, database, starter):
    browser = sams
    made = browser.post("/reseller/packages/new", **PLAIN, name="Gold").location
    for name, said in (("Starter", "Another package has this name"), ("", "Please fill this in.")):
        seen = browser.post(f"{made}/rename", name=name)
        assert (seen.status, said in seen.text) == (422, True)
    page = browser.follow(browser.post(f"{made}/rename", name="Platinum"))
    assert "The package is called Platinum now." in page.text
    seen = browser.follow(browser.post(f"/reseller/packages/{starter}/close"))
    assert "2 sub-accounts have this package. Give them another one first." in seen.text
    seen = browser.follow(browser.post(f"{made}/close"))
    assert "Platinum is closed." in seen.text
    assert [row for row in ("Starter", "Platinum") if f">{row}</a>" in seen.html] == ["Starter"]
    assert browser.get(made).status == 200
    assert browser.get(f"{made}/edit").status == 404
    assert browser.post(f"{made}/close").status == 404


def test_a_package_is_given_to_many_at_once(sams, cast, database, starter):
    browser = sams
    made = browser.post("/reseller/packages/new", **PLAIN, name="Gold").location
    path = f"{made}/assign"
    page = browser.get(path)
    assert page.rows() == 2
    assert "Main Acme" in page.text.replace(" , ", " ").replace("Main, Acme", "Main Acme")
    seen = browser.post(path)
    assert (seen.status, "Tick at least one sub-account." in seen.text) == (422, True)
    assert browser.get(f"{path}?q=hard").rows() == 1
    chosen = [str(cast.alice.sub_account_id), str(cast.berta.sub_account_id)]
    seen = browser.follow(browser.post(path, sub_accounts=chosen))  # Berta is of another reseller
    assert "1 sub-account has the package now." in seen.text
    with database.session(1) as session:
        held = {
            each.id: each.package_id
            for each in session.scalars(
                select(SubAccount).where(SubAccount.package_id.is_not(None))
            )
        }
    assert held[cast.henry.sub_account_id] == starter
    assert made.endswith(str(held[cast.alice.sub_account_id]))


def test_those_who_may_only_read_have_no_forms(visit, cast, database, starter):
    with database.session(1) as session, session.begin():
        staff.create(
            session,
            email="rita@sunny.test",
            password="correct horse battery",
            role=Role.STAFF_READER,
            language="en",
            firstname="Rita",
            lastname="R",
        )
    with database.session(1) as session:
        rita = replace(staff.actor_of(session, email="rita@sunny.test"), address="192.0.2.1")
    seen = visit(rita).get(f"/reseller/packages/{starter}")
    assert seen.status == 200
    assert "/edit" not in seen.html
    assert "/close" not in seen.html
    assert visit(rita).get(f"/reseller/packages/{starter}/edit").status == 403
    assert visit(rita).get("/reseller/packages/new").status == 403


def test_a_draft_is_tried_and_can_be_taken_back_or_saved(sams, cast, database, starter, sent):
    sent(cast.alice.owner, "+12025550123")
    page = sams.get(f"/reseller/packages/{starter}/what-if?span=last_days")
    assert "both sides are the same" in page.text
    assert "Revenue $0.0138 $0.0138 $0.00" in page.text
    path = f"/reseller/packages/{starter}/what-if"
    draft = edited(database, starter, USD_markup_fixed="0.01", USD_zone_0_country="DE")
    seen = sams.post(path, **draft, span="last_days")
    assert seen.status == 200
    assert "Revenue $0.0138 $0.0228 +$0.009" in seen.text
    assert "Profit $0.0048 $0.0138 +$0.009" in seen.text
    assert "It gets dearer for 1 client" in seen.text
    assert "Acme 1 $0.0138 $0.0228 $0.009" in seen.text
    assert seen.value_of("USD_markup_fixed") == "0.01"
    assert numbers(database, starter) == [1]
    back = sams.post(f"/reseller/packages/{starter}/edit", **draft, back="1")
    assert (back.status, back.value_of("USD_markup_fixed")) == (200, "0.01")
    wrong = sams.post(path, **{**draft, "USD_markup_fixed": "x"})
    assert (wrong.status, wrong.value_of("USD_markup_fixed")) == (422, "x")
    assert "Please mend this first:" in wrong.text


def test_a_planned_version_is_what_is_tried_first(sams, database, starter):
    later = (today(database) + timedelta(days=9)).isoformat()
    fields = edited(database, starter, valid_from=later, markup_percent="30")
    sams.post(f"/reseller/packages/{starter}/edit", **fields, below_cost_accepted="y")
    page = sams.get(f"/reseller/packages/{starter}/what-if?span=nonsense")
    assert "Version 2, from" in page.text
    assert "both sides are the same" not in page.text
    assert sams.get(f"/reseller/packages/{starter}/what-if?version=7").status == 404


def test_a_version_of_another_package_is_none(sams, database, starter):
    made = sams.post("/reseller/packages/new", **PLAIN, name="Gold").location
    version = holding(database, int(made.rsplit("/", 1)[1])).id
    assert sams.get(f"/reseller/packages/{starter}/edit?version={version}").status == 404
    assert sams.get(f"{made}/edit?version={version}").status == 200
    assert "Nobody has this package" in sams.get(f"{made}/what-if").text


def test_what_the_operator_asks_is_looked_for(sams):
    assert "Poland +48500 $0.02" in sams.get("/reseller/packages?to=Pol").text
    assert "Germany +49 $0.06" in sams.get("/reseller/packages?to=%2B4915").text
    assert "No rates here" in sams.get("/reseller/packages?to=7").text


def test_a_form_says_nothing_of_a_day_that_it_does_not_ask_for(sams, starter):
    made = sams.get("/reseller/packages/new").text
    changed = sams.get(f"/reseller/packages/{starter}/edit").text
    assert "whatever day is written above" not in made
    assert "Who has several packages sees what any of them shows." in made
    assert "whatever day is written above" in changed


def test_fees_of_mms_say_that_they_are_for_later(sams):
    seen = sams.get("/reseller/packages/new").text
    assert seen.count("For later: no MMS is sent or received yet.") == 2
