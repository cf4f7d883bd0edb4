"""Paying in from the browser: what is refused, the way to Stripe and back, and what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.cli.stripe_double.books import signed
from portal.http import wiring
from portal.infra import clock
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.payments import settling
from portal.payments.models import Deposit, PaymentAccount, PaymentEvent, Refund
from portal.payments.statuses import Handled, Outcome, Stage, State
from portal.reports import proof
from portal.tasks import context
from portal.tasks import payments as jobs
from portal.tenancy import settings
from tests.builders import paying
from tests.builders.money import balance, owe
from tests.cast import SUNNY, UNIT, Cast
from tests.fakes.stripe_double import StripeDouble
from tests.web.conftest import Visit

HOOK = "/hooks/stripe/sunny"


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble().running() as double:
        yield double


@pytest.fixture
def paid_by(app: Flask, database: Database, cast: Cast, stripe: StripeDouble) -> Flask:
    """The application with the double for Stripe, and an account of Sunny's with it."""
    with app.app_context():
        parts = wiring.current()
        told = replace(parts.settings, stripe_api=stripe.origin)
        wiring.attach(app, replace(parts, settings=told))
    context.use(database=database, settings=told, mailer=open_mailer("folder:/nowhere"))
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
    return app


def rows(database: Database, kind: type) -> list:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def held(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session:
        return balance(session, cast.alice)


def begin(visit: Visit, actor: Actor, **fields: str):
    alice = visit(actor)
    alice.get("/deposit")
    sent = {"currency": "USD", "amount": "10.00", "key": "k" * 20, **fields}
    return alice, alice.post("/deposit", **sent)


def tell(app: Flask, body: bytes, headers: dict[str, str], *, host: str = ""):
    """As Stripe does, from far away; without a host, as a neighbour on this machine."""
    address = "192.0.2.9" if host else "127.0.0.1"
    return app.test_client().post(
        HOOK,
        base_url=f"http://{host or '127.0.0.1:8000'}",
        data=body,
        headers=headers,
        environ_overrides={"REMOTE_ADDR": address},
    )


def do_jobs(database: Database) -> None:
    for event in rows(database, PaymentEvent):
        jobs.handle(SUNNY, event.id)


def test_without_an_account_nothing_can_be_paid_in(
    visit: Visit, cast: Cast, database: Database
) -> None:
    alice = visit(cast.alice.owner)
    assert "No payments online" in alice.get("/deposit").text
    assert alice.post("/deposit", currency="USD", amount="10.00", key="k" * 20).status == 422
    assert rows(database, Deposit) == []


def test_a_form_that_was_sent_before_is_sent_again_with_a_key_of_its_own(
    visit: Visit, cast: Cast, database: Database, paid_by: Flask
) -> None:
    alice, first = begin(visit, cast.alice.owner)
    assert first.status == 303
    seen = alice.post("/deposit", currency="USD", amount="20.00", key="k" * 20)
    assert (seen.status, "This form was sent before" in seen.text) == (422, True)
    assert len(rows(database, Deposit)) == 1
    fresh = seen.value_of("key")
    assert fresh not in {"", "k" * 20}
    assert alice.post("/deposit", currency="USD", amount="20.00", key=fresh).status == 303
    assert [each.amount for each in rows(database, Deposit)] == [10 * UNIT, 20 * UNIT]


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "11.00"},
        {"amount": "10"},
        {"amount": "10000000"},
        {"amount": "-10.00"},
        {"amount": "1e1"},
        {"amount": ""},
        {"pick": "10.000000001"},
        {"currency": "EUR"},
        {"currency": "XXX"},
        {"key": ""},
    ],
)
@pytest.mark.usefixtures("paid_by")
def test_what_is_not_offered_is_refused(
    visit: Visit,
    cast: Cast,
    database: Database,
    stripe: StripeDouble,
    fields: dict[str, str],
) -> None:
    _, seen = begin(visit, cast.alice.owner, **fields)
    assert (seen.status, "Please mend this first" in seen.text) == (422, True)
    assert (rows(database, Deposit), stripe.asked) == ([], [])


def test_the_way_to_stripe_and_back(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    before = held(database, cast)
    alice, seen = begin(visit, cast.alice.owner)
    assert seen.status == 303
    assert seen.location.startswith(f"{stripe.origin}/c/pay/")
    # The same form again leads to the same page.
    again = alice.post("/deposit", currency="USD", amount="10.00", key="k" * 20)
    assert again.location == seen.location
    [deposit] = rows(database, Deposit)
    page = f"/deposits/{deposit.id}"
    assert "not heard of your payment" in alice.get(page).text
    answer = requests.post(
        seen.location, data={"card": "4242424242424242"}, allow_redirects=False, timeout=10
    )
    assert answer.headers["Location"].endswith(page)
    # Coming back credits nothing.
    assert "not heard of your payment" in alice.get(page).text
    assert held(database, cast) == before
    for event in stripe.books.all((paying.SECRET_KEY, ""), "event"):
        body, headers = signed(event, paying.SIGNING_SECRET)
        for host in ("", cast.sunny_host):
            assert tell(paid_by, body, headers, host=host).status_code == 200
    assert held(database, cast) == before
    do_jobs(database)
    do_jobs(database)
    assert held(database, cast) == before + 10 * UNIT
    assert "The money has arrived" in alice.get(page).text
    assert "Credited" in alice.get("/deposits").text
    told = [each.state for each in rows(database, PaymentEvent)]
    assert sorted(told) == [Handled.DONE, Handled.NOTHING_NEW]
    with database.session(SUNNY) as session:
        assert list(proof.prove(session).disagreements) == []

    sam = visit(cast.sam)
    assert "Acme" in sam.get("/reseller/deposits?state=paid").text
    own = f"/reseller/deposits/{deposit.id}"
    assert "Visa 4242" in sam.get(own).text
    refused = sam.post(f"{own}/refund", amount="10.01", reason="Too much", key="r" * 20)
    assert "At most $10.00 is left to refund." in refused.text
    for _ in range(2):
        done = sam.post(f"{own}/refund", amount="4.00", reason="Too much", key="r" * 20)
        assert done.status == 303
    [refund] = rows(database, Refund)
    assert (refund.stage, refund.amount) == (Stage.TAKEN, 4 * UNIT)
    assert held(database, cast) == before + 6 * UNIT
    assert "Partly refunded" in sam.get(own).text
    assert sam.post(f"{own}/check").status == 303
    event = rows(database, PaymentEvent)[0].id
    assert sam.post(f"/reseller/payments/events/{event}/replay").status == 303
    do_jobs(database)
    assert held(database, cast) == before + 6 * UNIT


def test_who_does_not_answer_loses_nothing(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    stripe.is_down = True
    alice, seen = begin(visit, cast.alice.owner)
    assert (seen.status, "does not answer at the moment" in seen.text) == (422, True)
    stripe.is_down = False
    again = alice.post("/deposit", currency="USD", amount="10.00", key=seen.value_of("key"))
    assert again.status == 303
    [deposit] = rows(database, Deposit)
    assert (deposit.state, bool(deposit.url)) == (State.PENDING, True)


def test_a_refund_that_is_not_answered_is_asked_for_again(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    _, seen = begin(visit, cast.alice.owner)
    requests.post(
        seen.location, data={"card": "4242424242424242"}, timeout=10, allow_redirects=False
    )
    [deposit] = rows(database, Deposit)
    jobs.check(SUNNY, deposit.id)
    before = held(database, cast)
    stripe.is_down = True
    sam = visit(cast.sam)
    own = f"/reseller/deposits/{deposit.id}"
    sam.get(own)
    assert sam.post(f"{own}/refund", amount="10.00", reason="Test", key="r" * 20).status == 303
    [refund] = rows(database, Refund)
    assert (refund.stage, held(database, cast)) == (Stage.ASKED, before)
    jobs.refund(SUNNY, refund.id)
    stripe.is_down = False
    for _ in range(2):
        jobs.refund(SUNNY, refund.id)
    assert held(database, cast) == before - 10 * UNIT
    assert len(list(stripe.books.all((paying.SECRET_KEY, ""), "refund"))) == 1


def test_what_nobody_told_is_found(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, stripe: StripeDouble
) -> None:
    before = held(database, cast)
    _, seen = begin(visit, cast.alice.owner)
    requests.post(
        seen.location, data={"card": "4242424242424242"}, timeout=10, allow_redirects=False
    )
    [account] = rows(database, PaymentAccount)
    jobs.reconcile(0)
    jobs.reconcile_account(SUNNY, account.id)
    do_jobs(database)
    assert held(database, cast) == before + 10 * UNIT
    jobs.reconcile_account(SUNNY, account.id)
    assert len(rows(database, PaymentEvent)) == 1


@pytest.mark.parametrize("case", ["unsigned", "another's", "truncated", "not ASCII", "no event"])
def test_forged_notifications_are_refused_and_not_kept(
    paid_by: Flask, database: Database, case: str
) -> None:
    event = {"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}
    secret = "whsec_anothersanother" if case == "another's" else paying.SIGNING_SECRET
    body, headers = signed(event if case != "no event" else {"id": 7}, secret)
    if case == "unsigned":
        headers = {}
    elif case == "truncated":
        body = body[:-1]
    elif case == "not ASCII":
        headers["Stripe-Signature"] += "é"
    assert tell(paid_by, body, headers).status_code == 400
    assert rows(database, PaymentEvent) == []


def test_a_notification_comes_in_by_its_own_resellers_door(
    paid_by: Flask, cast: Cast, database: Database
) -> None:
    event = {"id": "evt_1", "object": "event", "type": "x", "data": {"object": {}}}
    body, headers = signed(event, paying.SIGNING_SECRET)
    assert tell(paid_by, body, headers, host=cast.harbour_host).status_code == 404
    nobody = paid_by.test_client().post("/hooks/stripe/nobody", base_url="http://127.0.0.1")
    assert nobody.status_code == 404
    for _ in range(2):
        assert tell(paid_by, body, headers).status_code == 200
    [kept] = rows(database, PaymentEvent)
    assert (kept.state, kept.kind) == (Handled.UNKNOWN_KIND, "x")


def test_a_payment_of_nobodys_is_shown_and_given_up_in_the_end(
    paid_by: Flask, database: Database, cast: Cast, stripe: StripeDouble, visit: Visit
) -> None:
    about = {"object": "payment_intent", "id": "pi_none", "metadata": {"portal_deposit": "7"}}
    event = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded",
             "data": {"object": about}}  # fmt: skip
    body, headers = signed(event, paying.SIGNING_SECRET)
    assert tell(paid_by, body, headers).status_code == 200
    do_jobs(database)
    assert "is being looked into" in visit(cast.sam).get("/reseller/payments/events").text
    with clock.pretending(clock.ago(days=-4)):
        do_jobs(database)
    assert "no such payment was found" in visit(cast.sam).get("/reseller/payments/events").text


def test_what_is_owed_is_told_and_buys_no_messages(
    visit: Visit, paid_by: Flask, database: Database, cast: Cast
) -> None:
    with database.session(SUNNY) as session, session.begin():
        owe(session, cast.alice, 6 * UNIT, by=cast.sam)
    seen = visit(cast.alice.owner).get("/deposit")
    assert "You owe $6.00 beside your balance. It is paid first of what you pay in." in seen.text
    assert "$10.00 about 289 messages" in seen.text


def test_what_the_reseller_says_is_on_the_page(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(
            session,
            deposits={
                "other_amounts": True,
                "refund_text": "Within 14 days.",
                "refund_texts": {"de": "Binnen 14 Tagen."},
                "amounts": [20 * UNIT],
            },
        )
    alice = visit(cast.alice.owner)
    seen = alice.get("/deposit?country=US")
    assert "Within 14 days." in seen.text
    assert "Binnen 14 Tagen." in alice.get("/deposit?lang=de").text
    alice.get("/deposit?lang=en")
    assert "about 1449 messages" in seen.text.replace(",", "")
    for other in ("4.99", "1000.01", "12.345", "0"):
        refused = alice.post("/deposit", currency="USD", other=other, amount="20.00", key="k" * 20)
        assert (refused.status, rows(database, Deposit)) == (422, [])
    taken = alice.post("/deposit", currency="USD", other="12.50", amount="20.00", key="k" * 20)
    assert taken.status == 303
    assert [each.amount for each in rows(database, Deposit)] == [12_500_000]


@pytest.mark.usefixtures("paid_by")
@pytest.mark.parametrize(
    ("takings", "told"),
    [
        ((paying.disputed("dp_1", 10 * UNIT),), "Taken back by the bank: $10.00"),
        ((paying.refunded("re_1", 10 * UNIT),), "Refunded: $10.00"),
        ((paying.refunded("re_1", 4 * UNIT),), "The money has arrived."),
        ((paying.disputed("dp_1", 10 * UNIT, won=True),), "The money has arrived."),
    ],
)
def test_what_went_back_is_not_said_to_be_there(
    visit: Visit,
    cast: Cast,
    database: Database,
    takings: tuple[Any, ...],
    told: str,
) -> None:
    with database.session(SUNNY) as session, session.begin():
        deposit = paying.begun(session, cast.alice, amount=10 * UNIT)
        seen = paying.seen(deposit, Outcome.PAID, *takings)
        settling.apply(session, deposit_id=deposit.id, seen=seen)
        page = f"/deposits/{deposit.id}"
    shown = visit(cast.alice.owner).get(page).text
    assert told in shown
    assert ("The money has arrived." in shown) == (told == "The money has arrived.")
