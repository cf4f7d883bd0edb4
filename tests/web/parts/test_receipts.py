"""What a message cost, in lines that add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from portal.http.wiring import current
from portal.pricing import rating
from portal.pricing.rating import FreeZone, Order, Pulse, Quote, Rate, RateTable, Rule, Terms
from portal.web.parts import receipts
from portal.web.parts.receipts import BundleUsed, Receipt
from tests.http.asking import SUNNY

DAY = date(2026, 11, 22)
TABLE = RateTable.compile([Rate("49", 60_000, DAY)])
AMOUNTS = st.integers(0, 10**9)
TERMS = {
    Rule.ON_NET: {"on_net_free": True},
    Rule.FREE_ZONE: {"free_zones": (FreeZone(country="DE"),)},
    Rule.QUOTA: {},
    Rule.OWN_RATE: {},
    Rule.FLAT: {"flat": 40_000},
    Rule.MARKUP: {},
}


@pytest.fixture(autouse=True)
def _asked(reading: Flask) -> Iterator[None]:
    with reading.test_request_context("/", base_url=SUNNY):
        g.tenant = current().tenants.find("sunny.localhost")
        yield


def _quote(rule: Rule, **said: Any) -> Quote:
    order = Order(
        digits="4915112345678",
        country="DE",
        parts=said["parts"],
        on_net=rule is Rule.ON_NET,
        on_quota=rule is Rule.QUOTA,
        bundle_left=said["bundle_left"],
    )
    terms = Terms(
        currency="USD",
        fixed=said["fixed"],
        percent_millionths=said["percent"],
        pulse=said["pulse"],
        addition=said["addition"],
        **TERMS[rule],
    )
    own = TABLE if rule is Rule.OWN_RATE else rating.NO_RATES
    return rating.quote(order, terms, wholesale=TABLE, own=own, on=DAY)


def _receipt(quote: Quote, **more: Any) -> Receipt:
    message: Any = SimpleNamespace(
        rule=quote.rule.value,
        prefix=quote.prefix,
        country="DE",
        parts=quote.parts,
        bundle_parts=quote.bundle_parts,
        quota_parts=quote.quota_parts,
        pulse=quote.pulse.value,
        unit_price=quote.unit_price,
        addition=quote.addition,
        price=quote.price,
        currency=quote.currency,
        refunded_at=None,
        markup_fixed=quote.fixed,
        markup_percent_millionths=quote.percent_millionths,
        unit_cost=quote.unit_cost,
        cost=quote.cost,
        package_version_id=None,
    )
    vars(message).update(more)
    return receipts.of(message)


@given(
    rule=st.sampled_from(Rule),
    parts=st.integers(1, 20),
    bundle_left=st.integers(0, 30),
    pulse=st.sampled_from(Pulse),
    fixed=AMOUNTS,
    percent=st.integers(0, 10**7),
    addition=AMOUNTS,
)
def test_every_receipt_adds_up(rule: Rule, **said: Any) -> None:
    quote = _quote(rule, **said)
    receipt = _receipt(quote)
    assert quote.rule is rule
    assert sum(line.micros for line in receipt.lines) == receipt.price_micros == quote.price
    assert receipt.times * receipt.unit_price_micros + receipt.addition_micros == quote.price
    assert receipt.unit_cost_micros * receipt.parts == receipt.cost_micros
    assert receipt.charged_parts + receipt.bundle_parts + receipt.quota_parts == (
        0 if rule in {Rule.ON_NET, Rule.FREE_ZONE} else receipt.parts
    )


@pytest.mark.parametrize(
    ("rule", "sentence", "words"),
    [
        (Rule.ON_NET, "2 parts, all free: nothing to pay.", "reached without a network"),
        (Rule.FREE_ZONE, "2 parts, all free: nothing to pay.", "+49\u2069 are free"),
        (Rule.QUOTA, "2 parts, all prepaid: nothing to pay.", "prepaid parts"),
        (Rule.OWN_RATE, "2 parts, together $0.12.", "+49\u2069 have a price of their own: $0.06."),
        (Rule.FLAT, "2 parts, together $0.08.", "cost the same: $0.04 a part."),
        (Rule.MARKUP, "2 parts, together $0.15.", "+49\u2069 decides: a part costs $0.075."),
    ],
)
def test_each_rule_has_its_words(rule: Rule, sentence: str, words: str) -> None:
    quote = _quote(
        rule, parts=2, bundle_left=0, fixed=2_500, percent=200_000, addition=0, pulse=Pulse.PART
    )
    receipt = _receipt(quote)
    assert receipt.sentence == sentence
    assert words in receipt.words
    assert receipt.rule_name
    assert receipt.destination == "Germany"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule.FLAT, "cost the same: $0.04 a message."),
        (Rule.MARKUP, "decides: a message costs $0.06."),
        (Rule.OWN_RATE, "a price of their own: $0.06."),
    ],
)
def test_a_price_for_the_whole_message_says_so(rule: Rule, words: str) -> None:
    quote = _quote(
        rule, parts=3, bundle_left=0, fixed=0, percent=0, addition=0, pulse=Pulse.MESSAGE
    )
    assert words in _receipt(quote).words


def test_the_lines_name_the_bundles() -> None:
    quote = _quote(
        Rule.MARKUP, parts=3, bundle_left=2, fixed=0, percent=0, addition=500, pulse=Pulse.PART
    )
    receipt = _receipt(quote)
    assert receipt.sentence == "3 parts, 2 of them free, together $0.0605."
    assert [(line.label, line.detail, line.micros) for line in receipt.lines] == [
        ("Price of the parts", "3 × $0.06", 180_000),
        ("Free parts", "2 × $0.06", -120_000),
        ("For each message", "", 500),
    ]
    named = receipts.Receipt(
        **{**vars(receipt), "bundles": (BundleUsed("Talker", 1), BundleUsed("Small", 1))}
    )
    assert named.lines[1].label == "Free parts (1 of Talker, 1 of Small)"


def test_the_markup_is_for_staff() -> None:
    quote = _quote(
        Rule.MARKUP, parts=1, bundle_left=0, fixed=2_500, percent=205_000, addition=0,
        pulse=Pulse.PART,
    )  # fmt: skip
    receipt = _receipt(quote, refunded_at=datetime(2026, 11, 22, tzinfo=UTC))
    assert receipt.markup_words == "$0.0025, then 20.5%"
    assert "0.0025" not in receipt.words + receipt.sentence
    assert receipt.refunded_at is not None
