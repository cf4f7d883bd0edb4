"""The jobs of kept cards, against a Stripe that is down, slow to answer, or answers twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, text

from portal.accounts import erasure
from portal.accounts.models import Activity, Client
from portal.cli.stripe_double.books import signed
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.messaging import sending
from portal.messaging.sending import Order
from portal.notifications import samples
from portal.notifications.models import Mail
from portal.payments import (
    accounts,
    deposits,
    events,
    forgetting,
    reconciling,
    saved_methods,
    top_up_rules,
    topping_up,
)
from portal.payments.errors import Unanswered
from portal.payments.models import Deposit, PaymentEvent
from portal.payments.statuses import State, Trouble
from portal.payments.top_up_models import SavedMethod
from portal.reports import proof
from portal.tasks import context, payments, privacy, timetable
from portal.tasks import top_ups as jobs
from tests.builders import keeping, paying
from tests.builders.money import balance, bring_to
from tests.cast import SUNNY, UNIT, Cast
from tests.fakes.stripe_double import StripeDouble

GOOD, PAYS_ONCE, ASKS = "4242424242424242", "4000000000000341", "4000002500003155"
KEY = (paying.SECRET_KEY, "")


@pytest.fixture
def stripe() -> Iterator[StripeDouble]:
    with StripeDouble().running() as double:
        yield double


@pytest.fixture(autouse=True)
def in_use(database: Database, stripe: StripeDouble, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    there = Settings(
        secret="a secret of the tests, long enough to be one",
        public_scheme="http",
        public_port=8000,
        stripe_api=stripe.origin,
    )
    context.use(database=database, settings=there, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def keep(database: Database, cast: Cast) -> Callable[..., int]:
    """Has Alice pay 10 with a card that is kept; the deposit."""
    with database.session(SUNNY) as session, session.begin():
        paying.account(session, by=cast.sam)
        keeping.offer(session)

    def pay(number: str = GOOD, *, keeps: bool = True) -> int:
        with database.session(SUNNY) as session, session.begin():
            deposit_id = deposits.begin(
                session,
                client_id=cast.alice.client_id,
                kind=accounts.STRIPE,
                amount=10 * UNIT,
                currency="USD",
                priced=(),
                by=cast.alice.owner,
                keeps=keeps,
            ).id
        with database.session(SUNNY) as session, session.begin():
            beginning = deposits.prepare(
                session,
                deposit_id=deposit_id,
                email="alice@acme.test",
                language="en",
                vault=paying.VAULT,
                installation=context.settings(),
            )
        assert beginning is not None
        started = deposits.start(beginning)
        with database.session(SUNNY) as session, session.begin():
            deposits.record_start(session, beginning, started)
        requests.post(started.url, data={"card": number}, allow_redirects=False, timeout=10)
        payments.check(SUNNY, deposit_id)
        return deposit_id

    return pay


@pytest.fixture
def due(database: Database, cast: Cast, keep: Callable[..., int]) -> Callable[..., int]:
    """Has a top-up of 50 begun with a card of this number; the deposit."""

    def begin(number: str = GOOD) -> int:
        jobs.keep(SUNNY, keep(number))
        with database.session(SUNNY) as session, session.begin():
            keeping.switched_on(session, cast.alice)
            bring_to(session, cast.alice, 19 * UNIT, by=cast.sam)
        jobs.top_up(SUNNY, cast.alice.client_id)
        [found] = tops(database, cast)
        return found.id

    return begin


def tops(database: Database, cast: Cast) -> list[Deposit]:
    with database.session(SUNNY) as session:
        return keeping.automatic(session, cast.alice)


def rows(database: Database, kind: type) -> list:
    with database.session(SUNNY) as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def mails(database: Database) -> list[Mail]:
    """Those about cards."""
    return [each for each in rows(database, Mail) if each.notice in samples.OF_CARDS]


def held(database: Database, cast: Cast) -> int:
    with database.session(SUNNY) as session:
        return balance(session, cast.alice)


def charged(stripe: StripeDouble) -> int:
    """How many payments of 50 are through at Stripe."""
    found = stripe.books.all(KEY, "payment_intent", status="succeeded", amount=5000)
    return len(list(found))


def queued(database: Database, name: str) -> list[dict[str, int]]:
    with database.session(SUNNY) as session:
        select_jobs = text("SELECT args FROM procrastinate_jobs WHERE task_name = :n ORDER BY id")
        return list(session.scalars(select_jobs, {"n": name}))


def tell(database: Database, stripe: StripeDouble) -> None:
    """Have everything told that Stripe knows, and looked into."""
    for event in list(stripe.books.all(KEY, "event")):
        with database.session(SUNNY) as session, session.begin():
            known = events.listeners(
                session, "stripe", vault=paying.VAULT, installation=context.settings()
            )
        raw, headers = signed(event, paying.SIGNING_SECRET)
        heard = events.read("stripe", known, raw=raw, headers=headers)
        with database.session(SUNNY) as session, session.begin():
            events.keep(session, heard)
    for event in rows(database, PaymentEvent):
        payments.handle(SUNNY, event.id)


def agree(database: Database) -> None:
    with database.session(SUNNY) as session:
        assert list(proof.prove(session).disagreements) == []


def test_a_card_is_kept_only_where_that_was_ticked(
    database: Database, keep: Callable[..., int]
) -> None:
    jobs.keep(SUNNY, keep(keeps=False))
    assert queued(database, saved_methods.KEEP) == []
    assert rows(database, SavedMethod) == []


def test_a_card_is_read_from_stripe_and_kept_once(
    database: Database, cast: Cast, stripe: StripeDouble, keep: Callable[..., int]
) -> None:
    deposit_id = keep()
    assert queued(database, saved_methods.KEEP) == [
        {"reseller_id": SUNNY, "deposit_id": deposit_id}
    ]
    for _ in range(2):
        jobs.keep(SUNNY, deposit_id)
    [card] = rows(database, SavedMethod)
    [known] = list(stripe.books.all(KEY, "payment_method"))
    assert (card.method, card.customer) == (known["id"], known["customer"])
    assert (saved_methods.label(card), card.client_id) == ("Visa ••4242", cast.alice.client_id)
    assert (card.expires_on.month, card.expires_on.day) == (12, 31)
    written = [each.what for each in rows(database, Activity)]
    assert written.count("card.kept") == 1


def test_a_deposit_that_is_not_paid_keeps_no_card(
    database: Database, keep: Callable[..., int]
) -> None:
    deposit_id = keep("4000000000000002")
    jobs.keep(SUNNY, deposit_id)
    assert rows(database, SavedMethod) == []


def test_a_card_is_kept_later_where_stripe_is_down(
    database: Database, stripe: StripeDouble, keep: Callable[..., int]
) -> None:
    deposit_id = keep()
    stripe.is_down = True
    with pytest.raises(Unanswered):
        jobs.keep(SUNNY, deposit_id)
    stripe.is_down = False
    jobs.keep(SUNNY, deposit_id)
    assert len(rows(database, SavedMethod)) == 1


def test_another_card_takes_the_place_of_the_first(
    database: Database, stripe: StripeDouble, keep: Callable[..., int]
) -> None:
    jobs.keep(SUNNY, keep())
    jobs.keep(SUNNY, keep(PAYS_ONCE))
    first, second = rows(database, SavedMethod)
    assert (first.removed_at is None, second.removed_at is None) == (False, True)
    assert queued(database, saved_methods.FORGET) == [{"reseller_id": SUNNY, "method_id": first.id}]
    for _ in range(2):
        jobs.forget(SUNNY, first.id)
    jobs.forget(SUNNY, second.id)
    jobs.forget(SUNNY, 7)
    assert stripe.books.objects[first.method]["customer"] is None
    assert stripe.books.objects[second.method]["customer"] == second.customer
    gone, _ = rows(database, SavedMethod)
    assert (gone.method, gone.customer, gone.last_four, gone.brand) == ("", "", "", "")
    assert gone.detached_at is not None


def test_a_card_is_forgotten_later_where_stripe_is_down(
    database: Database, cast: Cast, stripe: StripeDouble, keep: Callable[..., int]
) -> None:
    jobs.keep(SUNNY, keep())
    with database.session(SUNNY) as session, session.begin():
        alice = {"client_id": cast.alice.client_id, "by": cast.alice.owner}
        assert saved_methods.remove(session, **alice)
        assert not saved_methods.remove(session, **alice)
    [card] = rows(database, SavedMethod)
    stripe.is_down = True
    with pytest.raises(Unanswered):
        jobs.forget(SUNNY, card.id)
    stripe.is_down = False
    stripe.loses_answers = True
    with pytest.raises(Unanswered):
        jobs.forget(SUNNY, card.id)
    stripe.loses_answers = False
    jobs.forget(SUNNY, card.id)
    assert rows(database, SavedMethod)[0].detached_at is not None


def test_a_top_up_is_charged_credited_and_told_once(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id, before = due(), held(database, cast)
    told = len(queued(database, "clients.deposit_received"))
    for _ in range(3):
        jobs.top_up(SUNNY, cast.alice.client_id)
        jobs.charge(SUNNY, deposit_id)
        tell(database, stripe)
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.method) == (State.PAID, "Visa 4242")
    assert (charged(stripe), held(database, cast)) == (1, before + 50 * UNIT)
    assert len(queued(database, "clients.deposit_received")) == told + 1
    agree(database)


def test_a_notification_may_come_before_the_answer(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id, before = due(), held(database, cast)
    stripe.loses_answers = True
    jobs.charge(SUNNY, deposit_id)
    stripe.loses_answers = False
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.charged_at is None) == (State.PENDING, False)
    tell(database, stripe)
    jobs.charge(SUNNY, deposit_id)
    assert (charged(stripe), held(database, cast)) == (1, before + 50 * UNIT)
    agree(database)


def test_an_end_between_the_charge_and_its_record_charges_nothing_more(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id, before = due(), held(database, cast)
    with database.session(SUNNY) as session, session.begin():
        task = topping_up.prepare(
            session,
            deposit_id=deposit_id,
            vault=paying.VAULT,
            installation=context.settings(),
        )
    assert task is not None
    topping_up.charge(task)  # and here the process dies
    [deposit] = tops(database, cast)
    assert (deposit.state, held(database, cast)) == (State.PENDING, before)
    with clock.pretending(clock.now() + timedelta(hours=1)):
        payments.check_due(0)
    again = queued(database, "payments.charge")
    assert again[-1] == {"reseller_id": SUNNY, "deposit_id": deposit_id}
    jobs.charge(**again[-1])
    assert (charged(stripe), held(database, cast)) == (1, before + 50 * UNIT)


def test_a_charge_that_nobody_tells_of_is_found_by_asking(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id, before = due(), held(database, cast)
    stripe.loses_answers = True
    jobs.charge(SUNNY, deposit_id)
    stripe.loses_answers = False
    [account_id] = {each["account_id"] for each in _reconciled(database)}
    payments.reconcile_account(SUNNY, account_id)
    for event in rows(database, PaymentEvent):
        payments.handle(SUNNY, event.id)
    assert (charged(stripe), held(database, cast)) == (1, before + 50 * UNIT)


def _reconciled(database: Database) -> list[dict[str, int]]:
    payments.reconcile(0)
    return queued(database, reconciling.RECONCILE)


def test_many_workers_charge_once(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id, before = due(), held(database, cast)
    stripe.delay_seconds = 0.05
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: jobs.charge(SUNNY, deposit_id), range(8)))
        stripe.delay_seconds = 0
        list(pool.map(lambda _: jobs.charge(SUNNY, deposit_id), range(8)))
    assert (charged(stripe), held(database, cast)) == (1, before + 50 * UNIT)
    agree(database)


def test_twenty_sends_across_the_threshold_are_one_top_up(
    database: Database, cast: Cast, stripe: StripeDouble, keep: Callable[..., int]
) -> None:
    jobs.keep(SUNNY, keep())
    with database.session(SUNNY) as session, session.begin():
        bring_to(session, cast.alice, 20 * UNIT, by=cast.sam)
        keeping.switched_on(session, cast.alice)
    assert queued(database, "payments.top_up") == []
    together = threading.Barrier(20)

    def send(number: int) -> None:
        together.wait()
        with database.session(SUNNY) as session, session.begin():
            order = Order(to=f"+120255501{number:02d}", text="Hello")
            sending.accept_one(session, actor=cast.alice.owner, sub_account_id=None, order=order)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(send, range(20)))
        assert held(database, cast) < 20 * UNIT
        assert len(queued(database, "payments.top_up")) == 1
        # Even if all of them were noticed.
        list(pool.map(lambda _: jobs.top_up(SUNNY, cast.alice.client_id), range(20)))
    [deposit] = tops(database, cast)
    assert queued(database, "payments.charge") == [{"reseller_id": SUNNY, "deposit_id": deposit.id}]
    jobs.charge(SUNNY, deposit.id)
    assert charged(stripe) == 1
    agree(database)


@pytest.mark.parametrize(
    ("number", "why", "notice", "said"),
    [
        (PAYS_ONCE, Trouble.DECLINED, "top_up_failed", "could not be charged with $50.00"),
        (ASKS, Trouble.CONFIRM, "top_up_confirm", "wants you to confirm a payment"),
    ],
)
def test_a_card_that_is_declined_is_not_tried_again(
    *,
    database: Database,
    cast: Cast,
    stripe: StripeDouble,
    due: Callable[..., int],
    number: str,
    why: Trouble,
    notice: str,
    said: str,
) -> None:
    deposit_id, before = due(number), held(database, cast)
    for _ in range(3):
        jobs.charge(SUNNY, deposit_id)
        jobs.sweep(0)
        jobs.top_up(SUNNY, cast.alice.client_id)
        tell(database, stripe)
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.trouble) == (State.ABANDONED, why)
    assert (charged(stripe), held(database, cast)) == (0, before)
    assert len([each for each in stripe.asked if each == "POST /v1/payment_intents"]) == 1
    [told] = queued(database, "payments.tell_of_failed_top_up")
    jobs.tell_of_failure(**told)
    [mail] = mails(database)
    assert (mail.notice, said in mail.subject) == (notice, True)
    assert f"Visa ••{number[-4:]}" in mail.text
    assert "http://sunny.localhost:8000/top-up" in mail.text
    agree(database)


def test_who_is_gone_or_was_charged_after_all_is_not_told_of_a_failure(
    database: Database, cast: Cast, due: Callable[..., int]
) -> None:
    deposit_id = due()
    jobs.tell_of_failure(SUNNY, deposit_id)
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Client, (SUNNY, cast.alice.client_id)).closed_at = clock.now()
        session.get_one(Deposit, (SUNNY, deposit_id)).state = State.ABANDONED
    jobs.tell_of_failure(SUNNY, deposit_id)
    assert mails(database) == []


def test_a_charge_that_stripe_refuses_is_told_to_the_reseller(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id = due()
    [card] = rows(database, SavedMethod)
    stripe.books.objects[card.method]["customer"] = None
    jobs.charge(SUNNY, deposit_id)
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.trouble) == (State.ABANDONED, Trouble.REFUSED)
    with database.session(SUNNY) as session:
        account = accounts.own(session, accounts.STRIPE)
        assert account is not None
        assert "not attached" in account.trouble


def test_a_stripe_that_is_silent_for_a_day_is_given_up(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id = due()
    stripe.is_down = True
    begun, again = clock.now(), len(queued(database, "payments.charge"))
    for hour in range(1, 20):
        with clock.pretending(begun + timedelta(hours=hour)):
            payments.check_due(0)
            jobs.charge(SUNNY, deposit_id)
            jobs.top_up(SUNNY, cast.alice.client_id)
    [deposit] = tops(database, cast)
    assert deposit.state is State.PENDING
    assert len(queued(database, "payments.charge")) > again
    with clock.pretending(begun + timedelta(hours=20, minutes=1)):
        jobs.charge(SUNNY, deposit_id)
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.trouble) == (State.ABANDONED, Trouble.UNANSWERED)
    assert charged(stripe) == 0


def test_what_is_switched_off_before_it_is_charged_is_not_charged(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id = due()
    with database.session(SUNNY) as session, session.begin():
        top_up_rules.switch_off(session, client_id=cast.alice.client_id, by=cast.alice.owner)
    jobs.charge(SUNNY, deposit_id)
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.trouble) == (State.ABANDONED, Trouble.CALLED_OFF)
    assert "POST /v1/payment_intents" not in stripe.asked
    assert queued(database, "payments.tell_of_failed_top_up") == []


def test_what_may_have_been_charged_is_asked_for_to_its_end(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    """The card is forgotten only after that, or the same call would be another one."""
    deposit_id, before = due(), held(database, cast)
    stripe.loses_answers = True
    jobs.charge(SUNNY, deposit_id)
    stripe.loses_answers = False
    with database.session(SUNNY) as session, session.begin():
        top_up_rules.switch_off(session, client_id=cast.alice.client_id, by=cast.alice.owner)
        saved_methods.remove(session, client_id=cast.alice.client_id, by=cast.alice.owner)
    [card] = rows(database, SavedMethod)
    jobs.forget(SUNNY, card.id)
    assert stripe.books.objects[card.method]["customer"] == card.customer
    assert len(queued(database, saved_methods.FORGET)) == 2
    jobs.charge(SUNNY, deposit_id)
    assert (charged(stripe), held(database, cast)) == (1, before + 50 * UNIT)
    jobs.forget(SUNNY, card.id)
    assert stripe.books.objects[card.method]["customer"] is None


def test_secrets_that_cannot_be_read_charge_and_forget_nothing(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    deposit_id = due()
    with database.session(SUNNY) as session, session.begin():
        account = accounts.own(session, accounts.STRIPE)
        assert account is not None
        account.secrets = dict.fromkeys(account.secrets, "AAAA")
    jobs.charge(SUNNY, deposit_id)
    [deposit] = tops(database, cast)
    assert (deposit.state, deposit.trouble) == (State.ABANDONED, Trouble.REFUSED)
    with database.session(SUNNY) as session, session.begin():
        saved_methods.remove(session, client_id=cast.alice.client_id, by=cast.alice.owner)
        [card] = session.scalars(select(SavedMethod))
        asked = {"method_id": card.id, "vault": paying.VAULT, "installation": context.settings()}
        assert forgetting.prepare(session, **asked) is None
        assert (card.method, card.detached_at is None) == ("", False)
    assert "POST /v1/payment_intents" not in stripe.asked


def test_a_client_that_is_erased_leaves_no_card(
    database: Database, cast: Cast, stripe: StripeDouble, due: Callable[..., int]
) -> None:
    due()
    [card] = rows(database, SavedMethod)
    with database.session(SUNNY) as session, session.begin():
        erasure.erase(session, client_id=cast.alice.client_id, by=cast.sam)
    for _ in range(2):
        privacy.erase_client(SUNNY, cast.alice.client_id)
    [left] = rows(database, SavedMethod)
    assert (left.removed_at is None, left.brand, left.last_four, left.expires_on) == (
        False,
        "",
        "",
        None,
    )
    [deposit] = tops(database, cast)
    jobs.charge(SUNNY, deposit.id)
    jobs.forget(SUNNY, card.id)
    assert (stripe.books.objects[card.method]["customer"], charged(stripe)) == (None, 0)
    with database.session(SUNNY) as session:
        assert top_up_rules.own(session, cast.alice.client_id) is None


def test_a_card_that_expires_is_told_of_once(
    database: Database, cast: Cast, due: Callable[..., int]
) -> None:
    due()
    [card] = rows(database, SavedMethod)
    end = clock.now().replace(
        year=card.expires_on.year, month=12, day=9, hour=12, minute=0, second=0, microsecond=0
    )
    for days in (0, 1, 2, 3):
        with clock.pretending(end + timedelta(days=days)):
            jobs.look_at_cards(0)
            told = mails(database)
            assert len(told) == (0 if days == 0 else 1)
    assert told[0].subject == f"Your card Visa ••4242 expires on December 31, {end.year}"


def test_a_card_that_nothing_is_charged_to_expires_in_silence(
    database: Database, cast: Cast, keep: Callable[..., int]
) -> None:
    jobs.keep(SUNNY, keep())
    with clock.pretending(clock.now() + timedelta(days=4 * 366)):
        jobs.look_at_cards(0)
    assert mails(database) == []


def test_a_card_that_was_never_forgotten_is_asked_for_again(
    database: Database, cast: Cast, keep: Callable[..., int]
) -> None:
    jobs.keep(SUNNY, keep())
    with database.session(SUNNY) as session, session.begin():
        saved_methods.remove(session, client_id=cast.alice.client_id, by=cast.alice.owner)
    jobs.look_at_cards(0)
    assert len(queued(database, saved_methods.FORGET)) == 1
    with clock.pretending(clock.now() + timedelta(days=3)):
        jobs.look_at_cards(0)
    assert len(queued(database, saved_methods.FORGET)) == 2


def test_what_runs_when() -> None:
    times = {task.name: cron for cron, task in timetable.TIMETABLE}
    assert times["payments.sweep_top_ups"] == "7-57/10 * * * *"
    assert times["payments.look_at_cards"] == "35 8 * * *"


def test_a_payment_that_stripe_has_forgotten_keeps_no_card(
    database: Database, keep: Callable[..., int]
) -> None:
    deposit_id = keep()
    with database.session(SUNNY) as session, session.begin():
        deposits.by_id(session, deposit_id).payment_id = "pi_nowhere"
    jobs.keep(SUNNY, deposit_id)
    assert rows(database, SavedMethod) == []


def test_who_is_gone_keeps_no_card(
    database: Database, cast: Cast, keep: Callable[..., int]
) -> None:
    deposit_id = keep()
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Client, (SUNNY, cast.alice.client_id)).closed_at = clock.now()
    jobs.keep(SUNNY, deposit_id)
    assert rows(database, SavedMethod) == []
