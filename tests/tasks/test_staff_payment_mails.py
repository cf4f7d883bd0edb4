"""What staff is written about payments: a dispute once, an account that fails until it works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.accounts import staff
from portal.accounts.models import Person
from portal.accounts.roles import Right, Role
from portal.infra import clock
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.notifications.models import Mail
from portal.payments import accounts, port, reconciling, settling
from portal.payments.accounts import Verdict
from portal.payments.errors import Unanswered, WrongKey
from portal.payments.models import PaymentAccount
from portal.payments.statuses import Outcome
from portal.tasks import context, payments
from tests.builders import paying
from tests.cast import HARBOUR, SUNNY, UNIT, Cast

SETTINGS = Settings(
    secret="a secret of the tests, long enough to be one", public_scheme="http", public_port=8000
)


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    context.use(database=database, settings=SETTINGS, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def account(database: Database, cast: Cast) -> int:
    """Sunny's with Stripe; beside Sam, one only reads and one does the money."""
    with database.session(SUNNY) as session, session.begin():
        for name, role in (("rita", Role.STAFF_READER), ("bill", Role.STAFF_BILLING)):
            staff.create(
                session, email=f"{name}@sunny.test", password="long enough words", role=role,
                language="de",
            )  # fmt: skip
        return paying.account(session, by=cast.sam).id


def mails(database: Database, notice: str) -> list[Mail]:
    with database.session(SUNNY) as session:
        found = select(Mail).where(Mail.notice == notice).order_by(Mail.recipient)
        return list(session.scalars(found))


def disputes(database: Database) -> list[dict[str, Any]]:
    with database.session(SUNNY) as session:
        asked = "SELECT args FROM procrastinate_jobs WHERE task_name = 'payments.disputed'"
        return list(session.scalars(text(asked)))


def row(database: Database, account: int) -> PaymentAccount:
    with database.session(SUNNY) as session:
        return session.get_one(PaymentAccount, (SUNNY, account))


@pytest.mark.usefixtures("account")
def test_a_dispute_is_told_to_who_works_with_money(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        deposit = paying.begun(session, cast.alice)
        early = paying.seen(deposit, Outcome.OPEN, paying.disputed("dp_1", 10 * UNIT))
        settling.apply(session, deposit_id=deposit.id, seen=early)
        number = deposit.id
    assert disputes(database) == []  # nothing was paid yet
    with database.session(SUNNY) as session, session.begin():
        for _ in range(2):
            settling.apply(session, deposit_id=number, seen=paying.seen(deposit))
    (job,) = disputes(database)
    payments.tell_of_dispute(**job)
    bill, sam = mails(database, "deposit_disputed")
    assert (bill.recipient, sam.recipient) == ("bill@sunny.test", "sam@sunny.test")
    assert sam.subject == "Payment disputed: $10.00 of Acme"
    assert f"http://sunny.localhost:8000/reseller/deposits/{number}" in sam.text
    assert "by Stripe" in sam.text
    assert "Zahlung angefochten: 10,00" in bill.subject


@pytest.mark.usefixtures("account")
def test_a_dispute_that_is_won_by_then_is_not_told(database: Database, cast: Cast) -> None:
    with database.session(SUNNY) as session, session.begin():
        deposit = paying.begun(session, cast.alice)
        won = paying.disputed("dp_1", 10 * UNIT, won=True)
        seen = paying.seen(deposit, Outcome.PAID, won)
        settling.apply(session, deposit_id=deposit.id, seen=seen)
    (job,) = disputes(database)
    payments.tell_of_dispute(**job)
    assert mails(database, "deposit_disputed") == []


def test_an_account_that_refuses_us_is_told_once_until_it_works(
    database: Database, cast: Cast, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Exception | str] = [
        WrongKey("Invalid API Key provided"), WrongKey("still"), Unanswered("down"), "",
        "This account cannot take payments.",
    ]  # fmt: skip

    def ask(*_: object, **__: object) -> list[object]:
        if isinstance(answers[0], Exception):
            raise answers.pop(0)
        return []

    monkeypatch.setattr(reconciling, "ask", ask)
    monkeypatch.setattr(reconciling, "refusal", lambda _: answers.pop(0))
    told = []
    for _ in range(5):
        payments.reconcile_account(SUNNY, account)
        found = row(database, account)
        told.append((len(mails(database, "payment_account_failing")), found.trouble))
    # Sam alone may change it.
    assert told == [
        (1, "Invalid API Key provided"), (1, "still"), (1, "still"), (1, ""),
        (2, "This account cannot take payments."),
    ]  # fmt: skip
    mail = mails(database, "payment_account_failing")[0]
    assert "http://sunny.localhost:8000/reseller/payments" in mail.text
    assert mail.recipient == "sam@sunny.test"
    with database.session(SUNNY) as session, session.begin():
        trial = accounts.prepare_trial(
            session, kind="stripe", vault=paying.VAULT, settings=SETTINGS
        )
        good = port.Tested(merchant="acct_1", name="Sunny", is_live=False, can_charge=True)
        accounts.record_trial(session, trial, Verdict(tested=good), by=cast.sam)
    assert row(database, account).failing_since is None


def test_a_retired_account_may_refuse_us(
    database: Database, account: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_: object, **__: object) -> list[object]:
        raise WrongKey("gone")

    monkeypatch.setattr(reconciling, "ask", ask)
    with database.session(SUNNY) as session, session.begin():
        session.get_one(PaymentAccount, (SUNNY, account)).retired_at = clock.now()
    payments.reconcile_account(SUNNY, account)
    assert mails(database, "payment_account_failing") == []


def test_who_may_is_of_the_own_house_and_let_in(
    database: Database, cast: Cast, account: int
) -> None:
    with database.session(SUNNY) as session, session.begin():
        session.get_one(Person, (SUNNY, cast.sam.person_id)).disabled_at = clock.now()
        found = staff.who_may(session, Right.MONEY_POST)
        assert [each.email for each in found] == ["bill@sunny.test"]
        assert staff.who_may(session, Right.SETTINGS_MANAGE) == []
    with database.session(HARBOUR) as session:
        assert [each.email for each in staff.who_may(session, Right.MONEY_POST)] == [
            "hanna@harbour.test"
        ]
