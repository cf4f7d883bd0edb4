"""What a message to a number would cost, and why."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.accounts import quotas
from portal.billing import assignments
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import sending, simulating
from portal.messaging.errors import CountryNotOpen, InvalidNumber, NoRate
from portal.messaging.models import Message
from portal.messaging.sending import Order
from portal.messaging.simulating import Simulation
from portal.pricing import packages, selling
from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.models import Package
from portal.pricing.rating import Rule
from portal.tenancy import settings
from tests.cast import Cast

US, DE, FR = "+12025550101", "+4915112345678", "+33612345678"


def _simulate(session: ResellerSession, cast: Cast, to: str, *, parts: int = 1) -> Simulation:
    return simulating.simulate(
        session, actor=cast.alice.owner, sub_account_id=None, to=to, parts=parts
    )


def test_another_clients_sub_account_is_none(session: ResellerSession, cast: Cast) -> None:
    with pytest.raises(NotFound):
        simulating.simulate(
            session, actor=cast.alice.owner, sub_account_id=cast.henry.sub_account_id, to=US
        )


def test_what_is_no_number_has_no_price(session: ResellerSession, cast: Cast) -> None:
    found = _simulate(session, cast, "12")
    assert isinstance(found.refusal, InvalidNumber)
    assert (found.recipient, found.quote, found.country) == (None, None, "")


def test_a_price_has_its_rule_and_its_prefix(session: ResellerSession, cast: Cast) -> None:
    found = _simulate(session, cast, US, parts=3)
    assert (found.country, found.is_open, found.refusal) == ("US", True, None)
    assert found.quote is not None
    assert (found.quote.rule, found.quote.prefix, found.quote.price) == (Rule.MARKUP, "1", 41_400)
    own = _simulate(session, cast, DE).quote
    assert own is not None
    assert (own.rule, own.prefix, own.price) == (Rule.OWN_RATE, "491", 30_000)


def test_a_country_that_is_not_open_still_has_its_price(
    session: ResellerSession, cast: Cast
) -> None:
    settings.change(session, countries=[])
    found = _simulate(session, cast, DE)
    assert isinstance(found.refusal, CountryNotOpen)
    assert (found.is_open, found.country) == (False, "DE")
    assert found.quote is not None
    assert found.quote.price == 30_000


def test_without_a_rate_there_is_no_price(session: ResellerSession, cast: Cast) -> None:
    settings.change(session, countries=["*"])
    found = _simulate(session, cast, FR)
    assert isinstance(found.refusal, NoRate)
    assert found.quote is None


def test_a_country_that_the_package_refuses_is_not_open(
    session: ResellerSession, cast: Cast
) -> None:
    _package(session, cast, Conditions(amounts={"USD": Amounts()}, refused_countries=("US",)))
    found = _simulate(session, cast, US)
    assert isinstance(found.refusal, CountryNotOpen)
    assert found.quote is None


def test_a_package_without_amounts_in_the_currency_has_no_price(
    session: ResellerSession, cast: Cast
) -> None:
    package = _package(session, cast, Conditions(amounts={"USD": Amounts()}))
    today = selling.today(session)
    euros = Conditions(amounts={"EUR": Amounts()})
    packages.change(session, package, euros, valid_from=today, today=today)
    found = _simulate(session, cast, US)
    assert isinstance(found.refusal, NoRate)
    assert found.explanation is not None
    assert found.explanation.considered == ()


def test_free_parts_are_counted(session: ResellerSession, cast: Cast) -> None:
    offers = (Offer(parts=5), Offer(parts=7, countries=("PL",)))
    _package(session, cast, Conditions(amounts={"USD": Amounts()}, bundles=offers))
    found = _simulate(session, cast, US, parts=6)
    assert (found.free_left, found.free_size) == (5, 5)
    assert found.quote is not None
    assert (found.quote.bundle_parts, found.quote.price) == (5, 9_000)


def test_prepaid_parts_pay_instead_of_money(session: ResellerSession, cast: Cast) -> None:
    chosen = cast.alice.sub_account_id
    quotas.set_mode(session, sub_account_id=chosen, mode=quotas.Mode.PREPAID, by=cast.sam)
    quotas.top_up(session, sub_account_ids=[chosen], parts=4, by=cast.sam, description="x")
    found = _simulate(session, cast, US)
    assert (found.on_quota, found.quota_left) == (True, 4)
    assert found.quote is not None
    assert (found.quote.rule, found.quote.quota_parts, found.quote.price) == (Rule.QUOTA, 1, 0)


def test_staff_simulate_for_any_sub_account(session: ResellerSession, cast: Cast) -> None:
    found = simulating.simulate(
        session, actor=cast.sam, sub_account_id=cast.henry.sub_account_id, to=US
    )
    assert found.quote is not None
    assert found.quote.price == 13_800


def test_it_says_what_a_message_then_costs_and_stores_none(
    session: ResellerSession, cast: Cast
) -> None:
    simulated = _simulate(session, cast, US).quote
    assert session.scalar(select(func.count()).select_from(Message)) == 0
    accepted = sending.accept_one(
        session, actor=cast.alice.owner, sub_account_id=None, order=Order(to=US, text="Hello")
    )
    assert accepted.quote == simulated


def _package(session: ResellerSession, cast: Cast, conditions: Conditions) -> Package:
    package = packages.create(session, name="Other", conditions=conditions)
    assignments.assign(
        session,
        sub_account_id=cast.alice.sub_account_id,
        package_id=package.id,
        by=cast.sam,
        on=selling.today(session),
    )
    session.flush()
    return package
