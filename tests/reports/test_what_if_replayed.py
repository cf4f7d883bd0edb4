"""A package tried on what was sent: both ways side by side, client by client."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from portal.billing import assignments
from portal.infra import clock
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.numbers import connecting, stock
from portal.pricing import packages, price_lists, selling
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.rating import Rate
from portal.pricing.what_if import Sums
from portal.reports import sub_accounts, used_countries, what_if
from portal.reports.what_if import Period, Span
from tests.builders.conditions import in_one_currency

US, DE = "+12025550123", "+4915112345678"
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


def at(day: int, month: int = 10) -> datetime:
    return datetime(2026, month, day, 16, tzinfo=UTC)


def send(session, firm, to=US, *, when: datetime, words="Hello"):
    with clock.pretending(when):
        return sending.accept_one(
            session,
            actor=firm.owner,
            sub_account_id=None,
            order=Order(to=to, text=words),
        )


@pytest.fixture
def starter(session):
    (package,) = packages.listed(session)
    return package


@pytest.fixture
def now(session, starter):
    return packages.holding(session, starter.id, on=date(2026, 10, 1)).conditions


def test_periods(session):
    assert what_if.period(Span.LAST_MONTH, today=date(2026, 11, 22)) == OCTOBER
    assert what_if.period(Span.LAST_MONTH, today=date(2026, 1, 31)) == Period(
        date(2025, 12, 1), date(2026, 1, 1)
    )
    days = what_if.period(Span.LAST_DAYS, today=date(2026, 11, 22))
    assert (days.begins, days.last) == (date(2026, 10, 23), date(2026, 11, 22))


def test_a_dearer_package_is_told_client_by_client(session, cast, starter, now):
    send(session, cast.alice, when=at(5))
    send(session, cast.alice, when=at(6), words="a" * 161)
    send(session, cast.henry, DE, when=at(7))
    send(session, cast.henry, when=at(3, month=11))  # not in October
    draft = replace(
        now, amounts={"USD": replace(now.amounts["USD"], markup_fixed=3_000, monthly_fee=1_000)}
    )
    (found,) = what_if.try_out(session, starter, now=now, then=draft, during=OCTOBER)
    assert found.currency == "USD"
    assert found.charged == 3 * 13_800 + 30_000
    assert found.now.messages == Sums(messages=3, parts=4, price=71_400, cost=87_000)
    assert found.then.messages == Sums(messages=3, parts=4, price=73_200, cost=87_000)
    assert (found.now.fees, found.then.fees) == (0, 2_000)
    assert (found.then.revenue, found.then.profit) == (75_200, -11_800)
    assert [(each.name, each.dearer_by) for each in found.clients] == [
        ("Acme", 2_800),
        ("Hardware", 1_000),
    ]


def test_what_a_draft_would_not_send_is_counted(session, cast, starter, now):
    send(session, cast.alice, when=at(5))
    send(session, cast.alice, DE, when=at(5))
    draft = replace(now, refused_countries=("DE",))
    euros = in_one_currency("EUR")
    (found,) = what_if.try_out(session, starter, now=draft, then=euros, during=OCTOBER)
    assert found.now.messages == Sums(messages=1, parts=1, price=13_800, cost=9_000, refused=1)
    assert found.then.messages == Sums(no_rate=2)
    assert found.then.fees == 0


def test_free_parts_are_filled_up_on_each_billing_day(session, cast, starter):
    """Alice's is the 10th here: the period before October's begins in September."""
    (assignment,) = (
        each
        for each in [assignments.current(session, cast.alice.sub_account_id)]
        if each is not None
    )
    assignment.billing_day = 10
    for moment in (at(20, month=9), at(2), at(9), at(11), at(31)):
        send(session, cast.alice, when=moment)
    free = Conditions(amounts={"USD": Amounts(markup_fixed=1_000)}, bundles=(Offer(parts=2),))
    (found,) = what_if.try_out(session, starter, now=free, then=free, during=OCTOBER)
    # One of September's two went before, one is left for the 2nd; the 10th fills two more.
    assert found.then.messages == Sums(messages=4, parts=4, free_parts=3, price=10_000, cost=36_000)


def test_what_holds_without_a_package_is_tried_on_those_who_have_none(session, cast, now):
    default = selling.set_defaults(session, now, valid_from=selling.today(session), by=cast.sam)
    assert what_if.try_out(session, default, now=now, then=now, during=OCTOBER) == []
    with clock.pretending(at(4)):
        assignments.end(
            session,
            sub_account_id=cast.alice.sub_account_id,
            by=cast.sam,
            on=date(2026, 10, 4),
        )
    assert sub_accounts.without_package(session) == 1
    send(session, cast.alice, when=at(5))
    bundled = replace(now, bundles=(Offer(parts=1),))
    (found,) = what_if.try_out(session, default, now=now, then=bundled, during=OCTOBER)
    assert (found.now.messages.price, found.then.messages.price) == (13_800, 0)


def test_refunded_messages_and_other_currencies_are_left_out(session, cast, starter, now):
    price_lists.set_rates(session, [Rate("1", 1, date(2020, 1, 1))], currency="EUR")
    (found,) = what_if.try_out(session, starter, now=now, then=now, during=OCTOBER)
    assert found.now.messages == Sums()
    assert [each.dearer_by for each in found.clients] == [0, 0]


def test_numbers_inside_are_free_where_a_draft_says_so(session, cast, starter, now):
    """Those of others by the package, the client's own always; one that is gone stays as it was."""
    own, others, gone = "+12025550171", "+12025550172", "+12025550173"
    for number, firm in ((own, cast.alice), (others, cast.henry), (gone, cast.alice)):
        stocked = stock.add(session, number=number, by=cast.sam)
        connecting.connect(
            session, number_id=stocked.id, sub_account_id=firm.sub_account_id, by=cast.sam,
            on=date(2026, 9, 1),
        )  # fmt: skip
    session.flush()
    for to in (own, others, gone, US):
        send(session, cast.alice, to, when=at(5))
    connecting.disconnect(session, number_id=stocked.id, by=cast.sam)
    session.flush()
    free = replace(now, on_net_free=True)
    (found,) = what_if.try_out(session, starter, now=now, then=free, during=OCTOBER)
    assert found.charged == 2 * 13_800
    assert found.now.messages == Sums(messages=4, parts=4, price=27_600, cost=18_000)
    assert found.then.messages == Sums(messages=4, parts=4, price=13_800, cost=9_000)


def test_a_recipient_that_was_removed_is_priced_by_what_is_left_of_it(session, cast, starter, now):
    send(session, cast.alice, DE, when=at(5))
    session.execute(text("UPDATE messages SET recipient = '', text = '', redacted_at = now()"))
    (found,) = what_if.try_out(session, starter, now=now, then=now, during=OCTOBER)
    assert (found.charged, found.now.messages.price) == (30_000, 30_000)


def test_used_countries_come_first_and_then_usual_ones(session, cast):
    moment = clock.now() - timedelta(days=1)
    send(session, cast.alice, DE, when=moment)
    found = used_countries.most_used(session, home="PL", limit=4)
    assert found == ["DE", "PL", "US", "GB"]


def test_sub_accounts_that_could_have_a_package(session, cast, starter):
    def names(words="", currencies=("USD",), package_id=1, limit=9):
        return [
            each.client_name
            for each in sub_accounts.that_could_have(
                session, package_id, currencies=currencies, words=words, limit=limit
            )
        ]

    assert names() == ["Hardware", "Acme"]
    assert names(limit=1) == ["Hardware"]
    assert names(package_id=starter.id) == []
    assert names(currencies=("EUR",)) == []
    assert names("acme") == ["Acme"]
    assert names("ali main") == ["Acme"]
    assert names("a%") == []
