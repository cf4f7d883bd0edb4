"""Messages priced again: as `rating.quote` would, with free parts in their order."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.pricing import free_parts, rating
from portal.pricing.conditions import Amounts, Conditions, Route
from portal.pricing.errors import PricingError
from portal.pricing.free_parts import Counts, Left, Offer
from portal.pricing.rating import NO_RATES, FreeZone, Order, Rate, RateTable
from portal.pricing.what_if import Replay, Sent, Sums
from tests.builders.conditions import in_one_currency

LONG_AGO, DAY, LATER = date(2020, 1, 1), date(2026, 11, 1), date(2026, 11, 15)
VALUE = RateTable.compile(
    [Rate("1", 9_000, LONG_AGO), Rate("49", 60_000, LONG_AGO), Rate("4915", 70_000, LATER)]
)
PREMIUM = RateTable.compile([Rate("49", 90_000, LONG_AGO)])
OWN = RateTable.compile([Rate("491", 30_000, LONG_AGO)])
TABLES = {Route.VALUE: VALUE, Route.PREMIUM: PREMIUM}
PLAIN = in_one_currency("USD", markup_fixed=2_500, markup_percent_millionths=200_000)
US, DE = "12025550100", "4915112345678"


def replay(conditions: Conditions, *sent: Sent, renewals=None) -> Replay:
    made = Replay(conditions, currency="USD", wholesale=TABLES, own=OWN, renewals=renewals or {})
    for each in sent:
        made.take(each)
    return made


def to(digits: str, *, parts: int = 1, day: date = DAY, client=1, sub_account=1, **facts) -> Sent:
    country = "US" if digits.startswith("1") else "PL" if digits.startswith("48") else "DE"
    return Sent(client, sub_account, digits, country, parts, day, **facts)


def test_what_has_no_rate_or_is_refused_is_counted_apart():
    refusing = Conditions(amounts={"USD": Amounts()}, refused_countries=("DE",))
    assert replay(refusing, to("48501"), to(DE), to(DE, counted=False)).total == Sums(
        no_rate=1, refused=1
    )


def test_a_package_without_the_currency_has_no_rate_but_for_a_quota():
    euros = in_one_currency("EUR")
    assert replay(euros, to(US), to(US, on_quota=True)).total == Sums(
        messages=1, parts=1, cost=9_000, no_rate=1
    )


def test_prices_and_costs_of_clients_are_kept_apart():
    made = replay(PLAIN, to(US, parts=2), to(US, client=2), to(DE, client=2))
    assert made.by_client[1] == Sums(messages=1, parts=2, price=27_600, cost=18_000)
    assert made.by_client[2] == Sums(messages=2, parts=2, price=43_800, cost=69_000)
    assert made.total.profit == 71_400 - 87_000


def test_the_rates_are_those_of_the_day_and_of_the_route():
    dear = Conditions(amounts={"USD": Amounts()}, routes={"DE": Route.PREMIUM})
    assert replay(dear, to(DE)).total.cost == 90_000
    assert replay(PLAIN, to(DE)).total.cost == 60_000
    assert replay(PLAIN, to(DE, day=LATER)).total.cost == 70_000


def test_messages_inside_the_portal_and_from_quotas_cost_no_money():
    made = replay(PLAIN, to(US, own_number=True), to(US, parts=2, on_quota=True))
    assert made.total == Sums(messages=2, parts=3, cost=18_000)


def test_other_numbers_inside_are_free_where_the_package_says_so():
    amounts = {"USD": Amounts(markup_fixed=1_000)}
    bundles = (Offer(parts=1),)
    closed = Conditions(amounts=amounts, bundles=bundles)
    free = Conditions(amounts=amounts, bundles=bundles, on_net_free=True)
    sent = [to(US, on_net=True), to(US), to(US, on_net=True, own_number=True)]
    assert replay(closed, *sent).total == Sums(
        messages=3, parts=3, free_parts=1, price=10_000, cost=18_000
    )
    assert replay(free, *sent).total == Sums(messages=3, parts=3, free_parts=1, cost=9_000)


def test_a_message_from_a_quota_takes_no_free_parts():
    bundle = in_one_currency("USD", bundle_parts=1)
    made = replay(bundle, to(US, on_quota=True), to(US))
    assert made.total == Sums(messages=2, parts=2, free_parts=1, cost=18_000)


def test_free_parts_are_taken_in_order_and_filled_up_on_the_billing_day():
    bundle = in_one_currency("USD", markup_fixed=1_000, bundle_parts=3)
    sent = [to(US, parts=2, counted=False), to(US, parts=2), to(US), to(US, day=LATER)]
    made = replay(bundle, *sent, renewals={1: [LATER]})
    assert made.total == Sums(messages=3, parts=4, free_parts=2, price=20_000, cost=36_000)


def test_narrow_bundles_first_received_ones_never_and_pools_are_shared():
    offers = (
        Offer(parts=1, pooled=True),
        Offer(parts=1, prefixes=("491",)),
        Offer(parts=9, counts=Counts.RECEIVED),
    )
    conditions = Conditions(amounts={"USD": Amounts()}, bundles=offers)
    made = replay(
        conditions,
        to(DE, parts=2),  # its own narrow part, and the one of the pool
        to(US, sub_account=2),
        to(US, client=3, sub_account=3, parts=2, day=LATER),
        renewals={2: [LATER], 3: [LATER]},
    )
    assert {client: sums.free_parts for client, sums in made.by_client.items()} == {1: 2, 3: 1}


def test_a_bundle_is_each_sub_accounts_own_and_for_its_countries():
    german = Conditions(amounts={"USD": Amounts()}, bundles=(Offer(parts=1, countries=("DE",)),))
    made = replay(german, to(US), to(DE), to(DE, sub_account=2), to(DE))
    assert made.total.free_parts == 2
    assert made.total.price == 9_000 + 30_000


def test_a_free_zone_of_a_longer_prefix_tells_its_numbers_apart():
    zone = (FreeZone(prefix="4915112"),)
    conditions = Conditions(amounts={"USD": Amounts(markup_fixed=1, free_zones=zone)})
    other = "4915990000000"
    for sent in ([to(DE), to(other)], [to(other), to(DE)]):
        assert replay(conditions, *sent).total.price == 30_000


def test_a_pool_is_filled_by_whoever_sends_first_and_does_not_go_back():
    pool = Conditions(amounts={"USD": Amounts()}, bundles=(Offer(parts=2, pooled=True),))
    made = replay(
        pool,
        to(US),
        to(US, sub_account=2, day=LATER),
        to(US, day=LATER),
        to(US, day=LATER),
        renewals={2: [LATER]},
    )
    assert made.total.free_parts == 3


DIGITS = st.sampled_from([US, DE, "4915", "49301234567", "48500123456", "4915990000000", "1876555"])


@given(
    st.lists(st.tuples(DIGITS, st.integers(1, 5), st.sampled_from([DAY, LATER])), max_size=30),
    st.sampled_from([0, 1, 7]),
    st.sampled_from([None, "4915", "49", "1202555"]),
    st.sampled_from([(), ("4930",), ("1",)]),
)
def test_it_agrees_with_pricing_each_message_for_itself(messages, size, zone, refused):
    conditions = Conditions(
        amounts={
            "USD": Amounts(
                markup_fixed=100,
                addition_per_message=7,
                free_zones=(FreeZone(prefix=zone),) if zone else (),
            )
        },
        refused_prefixes=refused,
        bundles=(Offer(parts=size),) if size else (),
    )
    terms = conditions.terms("USD")
    assert terms is not None
    left = size
    price = cost = unpriced = 0
    for digits, parts, day in messages:
        order = Order(digits=digits, country=to(digits).country, parts=parts, bundle_left=left)
        try:
            quote = rating.quote(order, terms, wholesale=VALUE, own=OWN, on=day)
        except PricingError:
            unpriced += 1
            continue
        left -= quote.bundle_parts
        price += quote.price
        cost += quote.cost
    made = Replay(
        conditions,
        currency="USD",
        wholesale={Route.VALUE: VALUE, Route.PREMIUM: NO_RATES},
        own=OWN,
        renewals={},
    )
    for digits, parts, day in messages:
        made.take(to(digits, parts=parts, day=day))
    total = made.total
    assert (total.price, total.cost, total.no_rate + total.refused) == (price, cost, unpriced)


def test_splitting_is_that_of_sending():
    held = Left(bundle_id=1, account_id=1, parts=2, size=2, ends_on=LATER)
    assert free_parts.split(2, [held]) == [(held, 2)]
