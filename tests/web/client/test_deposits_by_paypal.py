"""Paying in by PayPal: agreed to there, taken once, credited once, whoever tells what how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import attempts
from portal.cli.paypal_double.books import DECLINED, HELD
from portal.http import wiring
from portal.infra import clock
from portal.infra.db import Database
from portal.infra.mail import open_mailer
from portal.payments.models import Deposit, PaymentAccount, PaymentEvent, Refund
from portal.payments.statuses import Handled, Stage, State, Trouble
from portal.reports import proof
from portal.tasks import context
from portal.tasks import payments as jobs
from tests.builders import paying
from tests.builders.money import balance
from tests.cast import SUNNY, UNIT, Cast, Firm
from tests.fakes.paypal_double import PayPalDouble
from tests.web.conftest import Visit

HOOK = "/hooks/paypal/sunny"
CLIENT = paying.PAYPAL["client_id"]
TAKEN = "POST /v2/checkout/orders/"


@pytest.fixture
def paypal() -> Iterator[PayPalDouble]:
    with PayPalDouble().running() as double:
        yield double


@pytest.fixture
def paid_by(app: Flask, database: Database, cast: Cast, paypal: PayPalDouble) -> Flask:
    """The application with the double for PayPal, and an account of Sunny's with it."""
    with app.app_context():
        parts = wiring.current()
        told = replace(parts.settings, paypal_api=paypal.origin)
        wiring.attach(app, replace(parts, settings=told))
    context.use(database=database, settings=told, mailer=open_mailer("folder:/nowhere"))
    with database.session(SUNNY) as session, session.begin():
        paying.paypal_account(session, by=cast.sam)
    return app


def rows(database: Database, kind: type) -> list[Any]:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def deposit_of(database: Database) -> Deposit:
    [deposit] = rows(database, Deposit)
    return deposit


def held(database: Database, firm: Firm) -> int:
    with database.session(SUNNY) as session:
        return balance(session, firm)


def begin(visit: Visit, cast: Cast, **fields: str):
    alice = visit(cast.alice.owner)
    alice.get("/deposit")
    return alice, alice.post(
        "/deposit", **{"currency": "USD", "amount": "10.00", "key": "k" * 20, **fields}
    )


def tell(app: Flask, body: bytes, headers: dict[str, str], *, host: str = "") -> int:
    """As PayPal does, from far away; without a host, as a neighbour on this machine."""
    answer = app.test_client().post(
        HOOK,
        base_url=f"http://{host or '127.0.0.1:8000'}",
        data=body,
        headers=headers,
        environ_overrides={"REMOTE_ADDR": "192.0.2.9" if host else "127.0.0.1"},
    )
    return answer.status_code


def newest(paypal: PayPalDouble) -> tuple[bytes, dict[str, str]]:
    return paypal.books.signer.signed(paypal.newest(), paying.PAYPAL["webhook_id"])


def do_jobs(database: Database) -> None:
    """What the worker does with all that was told, and with what has come of that."""
    for event in rows(database, PaymentEvent):
        jobs.handle(SUNNY, event.id)
    for deposit in rows(database, Deposit):
        jobs.check(SUNNY, deposit.id)


def test_the_way_to_paypal_and_back(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    before = held(database, cast.alice)
    alice, seen = begin(visit, cast)
    assert seen.status == 303
    assert seen.location.startswith(f"{paypal.origin}/checkoutnow?token=")
    deposit = deposit_of(database)
    page = f"/deposits/{deposit.id}"
    back = paypal.approve(seen.location)
    path, _, query = back.partition("?")
    assert path.endswith(page)
    # Coming back credits nothing and takes nothing; it has PayPal asked, by a job.
    assert "not heard of your payment" in alice.get(f"{page}?{query}").text
    assert (held(database, cast.alice), paypal.count(TAKEN)) == (before, 0)
    assert deposit_of(database).look_at <= clock.now() + (clock.now() - clock.ago(seconds=31))
    jobs.check(SUNNY, deposit.id)
    assert held(database, cast.alice) == before + 10 * UNIT
    assert "The money has arrived" in alice.get(page).text
    for told in list(paypal.books.events):
        body, headers = paypal.books.signer.signed(told[1], paying.PAYPAL["webhook_id"])
        for host in ("", cast.sunny_host):
            assert tell(paid_by, body, headers, host=host) == 200
    do_jobs(database)
    assert held(database, cast.alice) == before + 10 * UNIT
    assert [each.state for each in rows(database, PaymentEvent)] == [Handled.NOTHING_NEW] * 2
    with database.session(SUNNY) as session:
        assert list(proof.prove(session).disagreements) == []

    sam = visit(cast.sam)
    own = f"/reseller/deposits/{deposit.id}"
    assert "What PayPal has told" in sam.get(own).text
    for _ in range(2):
        done = sam.post(f"{own}/refund", amount="4.00", reason="Too much", key="r" * 20)
        assert done.status == 303
    [refund] = rows(database, Refund)
    assert (refund.stage, refund.amount) == (Stage.TAKEN, 4 * UNIT)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    assert held(database, cast.alice) == before + 6 * UNIT
    rest = sam.post(f"{own}/refund", amount="6.00", reason="All of it", key="s" * 20)
    assert rest.status == 303
    assert deposit_of(database).state is State.REFUNDED
    assert held(database, cast.alice) == before


def test_who_never_comes_back_is_credited_when_paypal_tells(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    before = held(database, cast.alice)
    alice, seen = begin(visit, cast)
    paypal.approve(seen.location)
    assert tell(paid_by, *newest(paypal)) == 200
    [event] = rows(database, PaymentEvent)
    jobs.handle(SUNNY, event.id)
    deposit = deposit_of(database)
    assert (deposit.is_processing, paypal.count(TAKEN)) == (True, 0)
    assert "Your payment is on its way" in alice.get(f"/deposits/{deposit.id}").text
    jobs.check(SUNNY, deposit.id)
    assert held(database, cast.alice) == before + 10 * UNIT


def test_who_never_comes_back_and_of_whom_nobody_tells_is_found(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    before = held(database, cast.alice)
    _, seen = begin(visit, cast)
    paypal.approve(seen.location)
    with clock.pretending(clock.ago(minutes=-4)):
        jobs.check_due(0)
    assert deposit_of(database).looks == 1
    jobs.check(SUNNY, deposit_of(database).id)
    assert held(database, cast.alice) == before + 10 * UNIT
    # A refund at PayPal of which nobody has told is found as well.
    paypal.books.refund(CLIENT, deposit_of(database).payment_id, {})
    [account] = rows(database, PaymentAccount)
    jobs.reconcile_account(SUNNY, account.id)
    do_jobs(database)
    assert held(database, cast.alice) == before


def test_a_declined_card_may_be_changed(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    before = held(database, cast.alice)
    alice, seen = begin(visit, cast)
    paypal.approve(seen.location, DECLINED)
    jobs.check(SUNNY, deposit_of(database).id)
    deposit = deposit_of(database)
    assert (deposit.state, deposit.is_processing, deposit.url) == (
        State.PENDING, False, seen.location,
    )  # fmt: skip
    assert "Go on to payment" in alice.get(f"/deposits/{deposit.id}").text
    paypal.approve(deposit.url)
    jobs.check(SUNNY, deposit.id)
    assert held(database, cast.alice) == before + 10 * UNIT


@pytest.mark.parametrize("good", [True, False])
def test_money_that_is_held_is_pending_for_days(
    *,
    paid_by: Flask,
    visit: Visit,
    cast: Cast,
    database: Database,
    paypal: PayPalDouble,
    good: bool,
) -> None:
    before = held(database, cast.alice)
    alice, seen = begin(visit, cast)
    paypal.approve(seen.location, HELD)
    jobs.check(SUNNY, deposit_of(database).id)
    deposit = deposit_of(database)
    assert (deposit.state, deposit.is_processing) == (State.PENDING, True)
    assert deposit.method == "PayPal (echeck)"
    assert "up to 48 hours" in alice.get(f"/deposits/{deposit.id}").text
    assert held(database, cast.alice) == before
    [capture] = paypal.books.all(CLIENT, "capture")
    paypal.books.clear(capture["id"], good=good)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    deposit = deposit_of(database)
    assert deposit.state is (State.PAID if good else State.ABANDONED)
    assert held(database, cast.alice) == before + 10 * UNIT * good


def test_a_dispute_takes_the_money_and_a_won_one_gives_it_again(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    before = held(database, cast.alice)
    _, seen = begin(visit, cast)
    paypal.approve(seen.location)
    jobs.check(SUNNY, deposit_of(database).id)
    dispute = paypal.books.dispute(deposit_of(database).payment_id)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    assert (deposit_of(database).state, held(database, cast.alice)) == (State.DISPUTED, before)
    paypal.books.close_dispute(dispute["id"], won=True)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    assert deposit_of(database).state is State.PAID
    assert held(database, cast.alice) == before + 10 * UNIT


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"amount": {"currency_code": "USD", "value": "9.00"}}, Trouble.AMOUNT),
        ({"amount": {"currency_code": "EUR", "value": "10.00"}}, Trouble.CURRENCY),
        ({"custom_id": "deposit-7"}, Trouble.OTHER_PAYMENT),
    ],
)
def test_what_was_not_asked_for_is_not_taken(
    *,
    paid_by: Flask,
    visit: Visit,
    cast: Cast,
    database: Database,
    paypal: PayPalDouble,
    change: dict[str, object],
    trouble: Trouble,
) -> None:
    before = held(database, cast.alice)
    _, seen = begin(visit, cast)
    order = paypal.books.objects[deposit_of(database).reference]
    order["purchase_units"][0].update(change)
    paypal.approve(seen.location)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    deposit = deposit_of(database)
    assert (deposit.state, deposit.trouble) == (State.DIFFERS, trouble)
    assert (paypal.count(TAKEN), held(database, cast.alice)) == (0, before)
    # Taken at PayPal all the same, it is shown and not credited.
    paypal.books.capture(order)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    assert (deposit_of(database).state, held(database, cast.alice)) == (State.DIFFERS, before)
    assert "Not credited" in visit(cast.sam).get("/reseller/deposits").text


def test_an_order_of_another_clients_deposit_credits_that_one_alone(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    _, first = begin(visit, cast)
    henry = visit(cast.henry.owner)
    henry.get("/deposit")
    second = henry.post("/deposit", currency="USD", amount="10.00", key="h" * 20)
    alices, henrys = rows(database, Deposit)
    assert first.location != second.location
    unit = paypal.books.objects[alices.reference]["purchase_units"][0]
    unit["custom_id"] = f"deposit-{henrys.id}"
    before = (held(database, cast.alice), held(database, cast.henry))
    paypal.approve(first.location)
    assert tell(paid_by, *newest(paypal)) == 200
    do_jobs(database)
    assert (held(database, cast.alice), held(database, cast.henry)) == before
    assert rows(database, Deposit)[0].trouble is Trouble.OTHER_PAYMENT


def test_an_order_of_nobodys_is_noted_and_moves_nothing(
    paid_by: Flask, database: Database, paypal: PayPalDouble
) -> None:
    resource = {"id": "NOSUCHORDER", "purchase_units": [{"custom_id": "deposit-7"}]}
    event = {"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED",
             "resource_type": "checkout-order", "resource": resource}  # fmt: skip
    sent = paypal.books.signer.signed(event, paying.PAYPAL["webhook_id"])
    assert tell(paid_by, *sent) == 200
    do_jobs(database)
    assert [each.state for each in rows(database, PaymentEvent)] == [Handled.WAITING]
    with clock.pretending(clock.ago(days=-4)):
        do_jobs(database)
    assert [each.state for each in rows(database, PaymentEvent)] == [Handled.GIVEN_UP]
    assert (rows(database, Deposit), paypal.count(TAKEN)) == ([], 0)


def test_what_nobody_paid_is_over_when_paypal_has_forgotten_it(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    begin(visit, cast)
    deposit = deposit_of(database)
    del paypal.books.objects[deposit.reference]
    jobs.check(SUNNY, deposit.id)
    assert deposit_of(database).state is State.PENDING
    with clock.pretending(clock.ago(days=-1)):
        jobs.check(SUNNY, deposit.id)
    assert (deposit_of(database).state, deposit_of(database).url) == (State.ABANDONED, "")


def test_who_does_not_answer_loses_nothing(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    before = held(database, cast.alice)
    paypal.is_down = True
    alice, seen = begin(visit, cast)
    assert (seen.status, "does not answer at the moment" in seen.text) == (422, True)
    paypal.is_down = False
    again = alice.post("/deposit", currency="USD", amount="10.00", key=seen.value_of("key"))
    assert again.status == 303
    paypal.approve(again.location)
    body, headers = newest(paypal)
    paypal.is_down = True
    assert tell(paid_by, body, headers) == 503
    jobs.check(SUNNY, deposit_of(database).id)
    assert deposit_of(database).state is State.PENDING
    paypal.is_down = False
    assert tell(paid_by, body, headers) == 200
    do_jobs(database)
    assert held(database, cast.alice) == before + 10 * UNIT
    assert len(rows(database, Deposit)) == 1


@pytest.mark.parametrize("case", ["unsigned", "another's", "truncated", "not ASCII", "no event"])
def test_forged_notifications_are_refused_and_not_kept(
    paid_by: Flask, database: Database, paypal: PayPalDouble, case: str
) -> None:
    event = {"id": "WH-1", "event_type": "X", "resource": {}}
    webhook = "HARBOURHARBOUR123" if case == "another's" else paying.PAYPAL["webhook_id"]
    body, headers = paypal.books.signer.signed(event if case != "no event" else {"id": 7}, webhook)
    if case == "unsigned":
        headers = {}
    elif case == "truncated":
        body = body[:-1]
    elif case == "not ASCII":
        headers["Paypal-Transmission-Sig"] += "é"
    assert tell(paid_by, body, headers) == 400
    assert rows(database, PaymentEvent) == []


def test_a_notification_comes_in_by_its_own_resellers_door(
    paid_by: Flask, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    event = {"id": "WH-1", "event_type": "X", "resource": {}}
    body, headers = paypal.books.signer.signed(event, paying.PAYPAL["webhook_id"])
    assert tell(paid_by, body, headers, host=cast.harbour_host) == 404
    for _ in range(2):
        assert tell(paid_by, body, headers) == 200
    [kept] = rows(database, PaymentEvent)
    assert (kept.state, kept.kind) == (Handled.UNKNOWN_KIND, "X")


def test_who_sends_too_much_is_told_to_come_again(
    paid_by: Flask, database: Database, paypal: PayPalDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = replace(attempts.PER_NETWORK, count_max=2, carried_max=1)
    monkeypatch.setattr("portal.callbacks.payments._ASKED", limit)
    event = {"id": "WH-1", "event_type": "X", "resource": {}}
    sent = paypal.books.signer.signed(event, paying.PAYPAL["webhook_id"])
    assert [tell(paid_by, *sent) for _ in range(3)] == [200, 200, 429]


def test_of_two_ways_to_pay_one_is_chosen(
    paid_by: Flask, visit: Visit, cast: Cast, database: Database, paypal: PayPalDouble
) -> None:
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
    alice = visit(cast.alice.owner)
    assert "Pay with" in alice.get("/deposit").text
    for wrong in ("bitcoin", ""):
        refused = alice.post("/deposit", currency="USD", amount="10.00", way=wrong, key="k" * 20)
        assert (refused.status, rows(database, Deposit)) == (422, [])
    taken = alice.post("/deposit", currency="USD", amount="10.00", way="paypal", key="k" * 20)
    assert taken.location.startswith(paypal.origin)
