"""Whatever providers tell of a payment, however often, at once and in whichever order: one ledger.

Both providers are doubles that are told of by signed notifications, through the application's own
door, and asked by the worker's jobs.
"""

from __future__ import annotations

import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import select, text

from portal.callbacks import payments as callback
from portal.cli.stripe_double.books import signed
from portal.http import wiring
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.mail import open_mailer
from portal.payments.models import Deposit, PaymentEvent
from portal.payments.statuses import Handled, State
from portal.reports import proof
from portal.tasks import context
from portal.tasks import payments as jobs
from tests.builders import paying
from tests.builders.money import balance
from tests.cast import SUNNY, UNIT, Cast
from tests.fakes.paypal_double import PayPalDouble
from tests.fakes.stripe_double import StripeDouble
from tests.web.conftest import Visit

Told = tuple[bytes, dict[str, str]]
TIMES, TOGETHER = 1_000, 50
ORDERS = 5
EVERYTHING = {
    "deposit": 10 * UNIT,
    "deposit_refund": 10 * UNIT,
    "deposit_dispute": 10 * UNIT,
    "deposit_returned": 10 * UNIT,
}


class Provider(ABC):
    """A provider of payments, as far as these tests have it do something."""

    hook: str

    @abstractmethod
    def settings(self, before: Settings) -> Settings:
        """The installation's settings with the double in them."""

    @abstractmethod
    def account(self, session: ResellerSession, cast: Cast) -> None:
        """An account of Sunny's."""

    @abstractmethod
    def told(self) -> list[Told]:
        """Every notification so far, signed."""

    @abstractmethod
    def pay(self, url: str, deposit_id: int) -> str:
        """Somebody pays on the page that a deposit has led to; what the payment is called."""

    @abstractmethod
    def refund(self, payment: str, units: int) -> None:
        """Somebody gives some of it back there."""

    @abstractmethod
    def dispute(self, payment: str) -> Callable[[], None]:
        """The bank takes it back; how it is won."""


class Stripe(Provider):
    hook = "/hooks/stripe/sunny"
    owner = (paying.SECRET_KEY, "")

    def __init__(self, double: StripeDouble) -> None:
        self.double = double

    def settings(self, before: Settings) -> Settings:
        return replace(before, stripe_api=self.double.origin)

    def account(self, session: ResellerSession, cast: Cast) -> None:
        paying.account(session, by=cast.sam)

    def told(self) -> list[Told]:
        newest_first = list(self.double.books.all(self.owner, "event"))
        return [signed(each, paying.SIGNING_SECRET) for each in reversed(newest_first)]

    def pay(self, url: str, deposit_id: int) -> str:  # noqa: ARG002 - Stripe needs the page only
        card = {"card": "4242424242424242"}
        requests.post(url, data=card, allow_redirects=False, timeout=10)
        (session,) = [
            each
            for each in self.double.books.all(self.owner, "checkout.session")
            if url.endswith(each["id"])
        ]
        return str(session["payment_intent"])

    def refund(self, payment: str, units: int) -> None:
        self.double.books.refund(self.owner, payment, amount=units * 100, metadata={})

    def dispute(self, payment: str) -> Callable[[], None]:
        made = self.double.books.dispute(payment)
        return lambda: self.double.books.close_dispute(made["id"], won=True)


class PayPal(Provider):
    hook = "/hooks/paypal/sunny"
    client = paying.PAYPAL["client_id"]

    def __init__(self, double: PayPalDouble) -> None:
        self.double = double

    def settings(self, before: Settings) -> Settings:
        return replace(before, paypal_api=self.double.origin)

    def account(self, session: ResellerSession, cast: Cast) -> None:
        paying.paypal_account(session, by=cast.sam)

    def told(self) -> list[Told]:
        books, webhook = self.double.books, paying.PAYPAL["webhook_id"]
        return [books.signer.signed(each, webhook) for _, each in books.events]

    def pay(self, url: str, deposit_id: int) -> str:
        self.double.approve(url)
        jobs.check(SUNNY, deposit_id)  # what was agreed to is taken by us
        newest, *_ = self.double.books.all(self.client, "capture")
        return str(newest["id"])

    def refund(self, payment: str, units: int) -> None:
        given = {"amount": {"currency_code": "USD", "value": f"{units}.00"}}
        self.double.books.refund(self.client, payment, given)

    def dispute(self, payment: str) -> Callable[[], None]:
        made = self.double.books.dispute(payment)
        return lambda: self.double.books.close_dispute(made["id"], won=True)


@pytest.fixture(params=["stripe", "paypal"])
def provider(request: pytest.FixtureRequest) -> Iterator[Provider]:
    if request.param == "stripe":
        with StripeDouble().running() as stripe:
            yield Stripe(stripe)
    else:
        with PayPalDouble().running() as paypal:
            yield PayPal(paypal)


@pytest.fixture
def wide(database: Database) -> Iterator[Database]:
    """The same database, with a connection for each of those who come at once."""
    made = Database(database.url, pool_size=TOGETHER)
    made.open()
    yield made
    made.close()


@pytest.fixture
def door(
    *, app: Flask, wide: Database, cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Told], int]:
    """Takes a notification, as from a neighbour on this machine; the status of the answer."""
    monkeypatch.setattr(callback, "_ASKED", replace(callback._ASKED, count_max=10 * TIMES))
    with app.app_context():
        parts = wiring.current()
        settings = provider.settings(parts.settings)
        wiring.attach(app, replace(parts, settings=settings, database=wide))
    context.use(database=wide, settings=settings, mailer=open_mailer("folder:/nowhere"))
    with wide.session(SUNNY) as session, session.begin():
        provider.account(session, cast)

    def tell(told: Told) -> int:
        body, headers = told
        answer = app.test_client().post(
            provider.hook,
            base_url="http://127.0.0.1:8000",
            data=body,
            headers=headers,
            environ_overrides={"REMOTE_ADDR": "127.0.0.1"},
        )
        return answer.status_code

    return tell


def begun(visit: Visit, cast: Cast, database: Database, *, number: int = 0) -> tuple[int, str]:
    """A deposit, and the page that it has led to."""
    alice = visit(cast.alice.owner)
    alice.get("/deposit")
    seen = alice.post("/deposit", currency="USD", amount="10.00", key=f"{number:020d}")
    with database.session(SUNNY) as session:
        return session.scalars(select(Deposit.id).order_by(Deposit.id.desc())).first() or 0, str(
            seen.location
        )


def handle_all(database: Database) -> None:
    with database.session(SUNNY) as session:
        waiting = select(PaymentEvent.id).where(PaymentEvent.state == Handled.WAITING)
        numbers = list(session.scalars(waiting.order_by(PaymentEvent.id)))
    for number in numbers:
        jobs.handle(SUNNY, number)


def moved(session: ResellerSession, deposit_id: int) -> dict[str, int]:
    """What moved for a deposit, by why, whatever it was taken from."""
    rows = session.execute(
        text(
            "SELECT replace(code, '_owed', '') AS why, sum(amount)::bigint AS amount"
            "  FROM transfers WHERE reseller_id = :r AND code LIKE 'deposit%'"
            "   AND (cause_id = :d OR cause_id IN (SELECT id FROM refunds WHERE deposit_id = :d))"
            " GROUP BY 1"
        ),
        {"r": session.reseller_id, "d": deposit_id},
    )
    return {row.why: row.amount for row in rows}


def together(act: Callable[[], Any], *, times: int) -> list[Any]:
    """Do the same so often, fifty at once."""
    begin = threading.Barrier(TOGETHER)

    def several(_: int) -> list[Any]:
        begin.wait()
        return [act() for _ in range(times // TOGETHER)]

    with ThreadPoolExecutor(TOGETHER) as pool:
        return [each for found in pool.map(several, range(TOGETHER)) for each in found]


def test_the_same_event_a_thousand_times_is_one_credit(
    *, door: Callable[[Told], int], visit: Visit, cast: Cast, wide: Database, provider: Provider
) -> None:
    with wide.session(SUNNY) as session:
        before = balance(session, cast.alice)
    number, url = begun(visit, cast, wide)
    provider.pay(url, number)
    last = provider.told()[-1]
    assert together(lambda: door(last), times=TIMES) == [200] * TIMES
    with wide.session(SUNNY) as session:
        (event,) = session.scalars(select(PaymentEvent.id))
    together(lambda: jobs.handle(SUNNY, event), times=TOGETHER)
    with wide.session(SUNNY) as session:
        assert balance(session, cast.alice) == before + 10 * UNIT
        assert moved(session, number) == {"deposit": 10 * UNIT}
        assert list(proof.prove(session).disagreements) == []


def test_every_order_with_repeats_ends_in_the_same_ledger(
    *, door: Callable[[Told], int], visit: Visit, cast: Cast, wide: Database, provider: Provider
) -> None:
    """While it happens some of it is told, some of it twice, and the rest comes at the end."""
    chance = random.Random(7)  # noqa: S311 - no secret
    with wide.session(SUNNY) as session:
        before = balance(session, cast.alice)
    for number in range(ORDERS):
        already = len(provider.told())
        deposit_id, url = begun(visit, cast, wide, number=number)
        payment = provider.pay(url, deposit_id)
        won: list[Callable[[], None]] = []
        steps: list[Callable[[], None]] = [
            lambda payment=payment: provider.refund(payment, 3),  # type: ignore[misc]  # bound now
            lambda payment=payment: provider.refund(payment, 7),  # type: ignore[misc]  # bound now
            lambda payment=payment, won=won: won.append(provider.dispute(payment)),  # type: ignore[misc]  # bound now
        ]
        chance.shuffle(steps)
        for step in (*steps, lambda won=won: won[0]()):
            step()
            known = provider.told()[already:]
            for each in chance.choices(known, k=chance.randint(0, 2)):
                assert door(each) == 200
            handle_all(wide)
        every = provider.told()[already:]
        for each in chance.sample(every * 2, k=2 * len(every)):
            assert door(each) == 200
        handle_all(wide)
        with wide.session(SUNNY) as session:
            deposit = session.get_one(Deposit, (SUNNY, deposit_id))
            assert (deposit.state, moved(session, deposit_id)) == (State.REFUNDED, EVERYTHING)
    with wide.session(SUNNY) as session:
        assert balance(session, cast.alice) == before
        assert list(proof.prove(session).disagreements) == []
