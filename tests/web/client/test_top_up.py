"""The kept card and its automatic top-up in the browser: refused, switched on, shown, removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from portal.accounts import sessions
from portal.http import wiring
from portal.infra import clock
from portal.infra.db import Database, ResellerSession
from portal.infra.mail import open_mailer
from portal.payments import accounts, saved_methods, settling, top_up_rules, topping_up
from portal.payments.models import Deposit
from portal.payments.statuses import Trouble
from portal.payments.top_up_models import SavedMethod, TopUpRule
from portal.tasks import context
from portal.tasks import payments as payment_jobs
from portal.tasks import top_ups as jobs
from portal.tenancy import settings
from tests.builders import amounts, keeping, paying
from tests.builders.money import balance, bring_to
from tests.cast import SUNNY, UNIT, Cast
from tests.fakes.stripe_double import StripeDouble
from tests.web.browsing import Browser
from tests.web.conftest import Visit

GOOD = {"threshold": "20.00", "amount": str(50 * UNIT), "count_max": "3", "sum_max": "150.00"}


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble().running() as double:
        yield double


@pytest.fixture
def paid_by(app: Flask, database: Database, cast: Cast, stripe: StripeDouble) -> Flask:
    """The application with the double for Stripe, an account with it, and cards to be kept."""
    with app.app_context():
        parts = wiring.current()
        told = replace(parts.settings, stripe_api=stripe.origin)
        wiring.attach(app, replace(parts, settings=told))
    context.use(database=database, settings=told, mailer=open_mailer("folder:/nowhere"))
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
        keeping.offer(session)
    return app


@pytest.fixture
def alice(paid_by: Flask, visit: Visit, cast: Cast, database: Database) -> Browser:
    """Alice, who has kept a card."""
    with database.session(SUNNY) as session, session.begin():
        keeping.kept(session, cast.alice)
    browser = visit(cast.alice.owner)
    browser.get("/top-up")
    return browser


def rule_of(database: Database, cast: Cast) -> TopUpRule | None:
    with database.session(SUNNY) as session:
        return top_up_rules.own(session, cast.alice.client_id)


def change(database: Database, **values: Any) -> None:
    with database.session(SUNNY) as session, session.begin():
        rules = settings.read(session).deposits.model_copy(update=values)
        settings.change(session, deposits=rules.model_dump(mode="json"))


@pytest.mark.usefixtures("paid_by")
def test_without_a_card_the_page_says_how_to_keep_one(
    visit: Visit, cast: Cast, database: Database
) -> None:
    alice = visit(cast.alice.owner)
    assert "Keep this card for later" in alice.get("/top-up").text
    refused = alice.post("/top-up", **GOOD)
    assert (refused.status, rule_of(database, cast)) == (422, None)
    change(database, automatic=False)
    assert "Cards cannot be kept at the moment" in alice.get("/top-up").text
    assert alice.post("/top-up", **GOOD).status == 422
    assert rule_of(database, cast) is None


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        *(
            ("threshold", each, "Write the amount with digits and a point")
            for each in amounts.FEW_POINT[:4]
        ),
        ("threshold", "0", "Write an amount from 1 to 100000."),
        ("threshold", "0.99", "Write an amount from 1 to 100000."),
        ("threshold", "100000.01", "Write an amount from 1 to 100000."),
        ("threshold", "", "Please fill this in."),
        ("amount", str(49 * UNIT), "Not a valid choice."),
        ("amount", "", "Not a valid choice."),
        ("count_max", "0", "Write a number from 1 to 31."),
        ("count_max", "32", "Write a number from 1 to 31."),
        ("count_max", "1.5", "Not a valid integer value."),
        ("count_max", "", "Write a number from 1 to 31."),
        ("sum_max", "49.99", "This is too little for one top-up"),
        ("sum_max", "999999999", "This is too little for one top-up, or too much"),
        ("sum_max", "1e3", "Write the amount with digits and a point"),
        ("sum_max", "", "Please fill this in."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    alice: Browser, database: Database, cast: Cast, *, field: str, given: str, said: str
) -> None:
    seen = alice.post("/top-up", **{**GOOD, "count_max": "7", field: given})
    assert (seen.status, said in seen.text) == (422, True)
    assert rule_of(database, cast) is None
    if field != "count_max":
        assert seen.value_of("count_max") == "7"


def test_another_amount_can_be_written_where_the_reseller_lets_that(
    alice: Browser, database: Database, cast: Cast
) -> None:
    change(database, other_amounts=True)
    for given in ("4.99", "1000.01", "10.001"):
        seen = alice.post("/top-up", **{**GOOD, "amount": given, "sum_max": "2000"})
        assert (seen.status, "This amount is not offered" in seen.text) == (422, True)
    assert alice.post("/top-up", **{**GOOD, "amount": "33.33"}).status == 303
    rule = rule_of(database, cast)
    assert rule is not None
    assert rule.amount == 33_330_000


def test_it_is_switched_on_changed_and_off(alice: Browser, database: Database, cast: Cast) -> None:
    assert rule_of(database, cast) is None
    assert "Switch on" in alice.get("/top-up").text
    shown = alice.follow(alice.post("/top-up", **GOOD)).text
    assert (
        "When the balance falls below $20.00, $50.00 is charged to Visa ••4242,"
        " at most 3 times and $150.00 a month." in shown
    )
    assert "0 of 3 top-ups, $0.00 of $150.00" in shown
    rule = rule_of(database, cast)
    assert rule is not None
    assert (rule.is_on, rule.threshold, rule.amount) == (True, 20 * UNIT, 50 * UNIT)
    assert (rule.count_max, rule.sum_max, rule.person_id) == (
        3,
        150 * UNIT,
        cast.alice.owner.person_id,
    )
    shown = alice.follow(alice.post("/top-up", **{**GOOD, "count_max": "1"})).text
    assert "at most once a month and $150.00 a month" in shown
    shown = alice.follow(alice.post("/top-up/off")).text
    assert ("Switch on" in shown, "is charged to Visa" in shown) == (True, False)
    rule = rule_of(database, cast)
    assert rule is not None
    assert rule.is_on is False


def test_switching_on_asks_who_it_is_and_goes_on(
    alice: Browser, database: Database, cast: Cast
) -> None:
    with clock.pretending(clock.now() + sessions.CONFIRMED_FOR + timedelta(minutes=1)):
        assert alice.get("/top-up").status == 200
        seen = alice.post("/top-up", **GOOD)
        assert (seen.status, seen.location.startswith("/confirm?next=")) == (307, True)
        assert rule_of(database, cast) is None
        # Less may be done without that.
        assert alice.post("/top-up/off").status == 303


def test_who_may_not_pay_is_shown_nothing(visit: Visit, cast: Cast) -> None:
    assert visit(cast.sam).get("/top-up").status in {403, 404}
    assert visit().get("/top-up").status == 303


OBSTACLES = {
    "paused": "The bank has declined the card.",
    "not offered": "We do not offer automatic top-up at the moment.",
    "account": "Cards are not charged at the moment.",
    "on its way": "The card is being charged.",
    "limit": "This month's limit is reached.",
    "staff": "Nothing is charged while sending is stopped by hand.",
    "amount": "This amount is not offered any more.",
}


@pytest.mark.parametrize("what", OBSTACLES)
def test_the_page_says_what_stands_in_the_way(
    alice: Browser, database: Database, cast: Cast, visit: Visit, what: str
) -> None:
    with database.session(SUNNY) as session, session.begin():
        keeping.switched_on(session, cast.alice)
        bring_to(session, cast.alice, 19 * UNIT, by=cast.sam)
        stand_in_the_way(session, cast, what)
    assert OBSTACLES[what] in alice.get("/top-up").text
    staff = visit(cast.sam).get(f"/reseller/clients/{cast.alice.client_id}/money").text
    assert "When the balance falls below $20.00" in staff
    assert OBSTACLES[what] in staff or what == "not offered"


def stand_in_the_way(session: ResellerSession, cast: Cast, what: str) -> None:
    client_id = cast.alice.client_id
    match what:
        case "paused":
            top_up_rules.pause(session, client_id=client_id, why=Trouble.DECLINED)
        case "not offered":
            keeping.offer(session, automatic=False)
        case "account":
            accounts.offer(session, kind="stripe", offered=False, by=cast.sam)
        case "on its way":
            assert topping_up.begin(session, client_id=client_id)
        case "limit":
            keeping.switched_on(session, cast.alice, count_max=1)
            deposit = topping_up.begin(session, client_id=client_id)
            assert deposit is not None
            settling.apply(session, deposit_id=deposit.id, seen=paying.seen(deposit))
        case "staff":
            topping_up.wallet.held_client(session, client_id).suspended_by_staff_at = clock.now()
        case _:
            rules = settings.read(session).deposits.model_copy(update={"amounts": (10 * UNIT,)})
            settings.change(session, deposits=rules.model_dump(mode="json"))


def test_the_card_is_removed_and_with_it_the_top_up(
    alice: Browser, database: Database, cast: Cast
) -> None:
    alice.post("/top-up", **GOOD)
    shown = alice.follow(alice.post("/top-up/card/remove"))
    assert ("The card is removed" in shown.text, "4242" in shown.text) == (True, False)
    assert alice.post("/top-up/card/remove").status == 303
    rule = rule_of(database, cast)
    assert rule is not None
    assert rule.is_on is False
    with database.session(SUNNY) as session:
        assert saved_methods.own(session, cast.alice.client_id) is None


def test_staff_switch_it_off(alice: Browser, visit: Visit, database: Database, cast: Cast) -> None:
    alice.post("/top-up", **GOOD)
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}"
    assert "Switch automatic top-up off" in sam.get(f"{page}/money").text
    seen = sam.follow(sam.post(f"{page}/top-up/off"))
    assert "Switch automatic top-up off" not in seen.text
    rule = rule_of(database, cast)
    assert rule is not None
    assert rule.is_on is False
    assert "Automatic top-up" not in sam.get(f"/reseller/clients/{cast.henry.client_id}/money").text


@pytest.mark.usefixtures("paid_by")
def test_the_reseller_decides_whether_there_is_such_a_thing(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam, alice = visit(cast.sam), visit(cast.alice.owner)
    sent = {"amounts": "10, 20, 50", "least": "5", "most": "1000"}
    sam.get("/reseller/payments")
    assert sam.post("/reseller/payments/rules", **sent).status == 303
    shown = alice.get("/deposit").text
    assert ("Keep this card" in shown, "automatic top-up" in shown) == (False, False)
    assert sam.post("/reseller/payments/rules", **sent, automatic="y").status == 303
    shown = alice.get("/deposit").text
    assert ("Keep this card" in shown, "Saved card and automatic top-up" in shown) == (True, True)
    assert 'name="automatic" type="checkbox"' in sam.get("/reseller/payments").html.replace(
        "checked ", ""
    )


@pytest.mark.usefixtures("app")
def test_no_card_is_kept_where_only_paypal_is_paid_with(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        paying.paypal_account(session, by=cast.sam)
        keeping.offer(session)
    alice = visit(cast.alice.owner)
    assert "Keep this card" not in alice.get("/deposit").text
    assert "Cards cannot be kept at the moment" in alice.get("/top-up").text


def test_a_card_is_kept_by_a_tick_and_charged_when_the_money_is_used_up(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    assert paid_by
    alice = visit(cast.alice.owner)
    alice.get("/deposit")
    sent = {"currency": "USD", "amount": "10.00", "keep": "y", "key": "k" * 20}
    seen = alice.post("/deposit", **sent)
    page = requests.get(seen.location, timeout=10).text
    assert "The card is kept for later payments" in page
    paid = {"card": "4242424242424242"}
    requests.post(seen.location, data=paid, allow_redirects=False, timeout=10)
    [first] = deposits_of(database)
    payment_jobs.check(SUNNY, first.id)
    jobs.keep(SUNNY, first.id)
    assert "Visa ••4242" in alice.get("/top-up").text
    alice.post("/top-up", **GOOD)
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, cast.alice, 19 * UNIT, by=cast.sam)
    jobs.top_up(SUNNY, cast.alice.client_id)
    [_, second] = deposits_of(database)
    assert "Your kept card is being charged." in alice.get(f"/deposits/{second.id}").text
    jobs.charge(SUNNY, second.id)
    assert "The money has arrived." in alice.get(f"/deposits/{second.id}").text
    assert "automatic top-up" in alice.get("/deposits").text
    assert "1 of 3 top-ups, $50.00 of $150.00" in alice.get("/top-up").text
    with database.session(SUNNY) as session:
        assert balance(session, cast.alice) == 69 * UNIT


def test_a_charge_that_failed_is_explained(alice: Browser, database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        keeping.switched_on(session, cast.alice)
        bring_to(session, cast.alice, 19 * UNIT, by=cast.sam)
        deposit = topping_up.begin(session, client_id=cast.alice.client_id)
        assert deposit is not None
        topping_up.charge_failures.fail(session, deposit, why=Trouble.CONFIRM)
        deposit_id = deposit.id
    shown = alice.get(f"/deposits/{deposit_id}").text
    assert "Your kept card was not charged." in shown
    assert "wants the card's owner to confirm" in shown
    shown = alice.get("/top-up").text
    assert "Paused: nothing is charged by itself." in shown
    assert "It helps to pay in once by card" in shown


def test_a_card_that_has_expired_says_so(alice: Browser, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        [card] = session.scalars(select(SavedMethod))
        card.expires_on = (clock.now() - timedelta(days=40)).date()
    assert "Expired" in alice.get("/top-up").text


def deposits_of(database: Database) -> list[Deposit]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(Deposit).order_by(Deposit.id)))
