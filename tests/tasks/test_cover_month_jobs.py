"""The job of resellers' months: each is invoiced once and its reseller is written to, by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text

from portal.accounts import cover, cover_paying
from portal.infra import clock, ids
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.infra.months import Month, month_of
from portal.invoicing import cover_months, printing
from portal.invoicing.cover_month_models import CoverMonth
from portal.invoicing.models import Invoice
from portal.notifications.models import Mail
from portal.payments import settling
from portal.payments.models import Deposit
from portal.tasks import context, invoices
from portal.tenancy import resellers
from portal.tenancy.resellers import OPERATOR_ID
from tests.builders import invoicing, paying
from tests.cast import HARBOUR, SUNNY, UNIT, Cast


@pytest.fixture(autouse=True)
def in_use(database: Database, tmp_path: Path) -> Iterator[None]:
    """What the jobs of this process work with."""
    made = Settings(
        secret=b"a secret of thirty-two bytes or more", public_scheme="http", public_port=8000
    )
    context.use(database=database, settings=made, mailer=FolderMailer(tmp_path))
    yield
    context._in_use.clear()


@pytest.fixture
def month(database: Database, cast: Cast) -> Month:
    """This month, in which both work on a limit and have paid for nothing yet."""
    with database.session(OPERATOR_ID) as session, session.begin():
        invoicing.make(session, name="Wholesale SMS Inc.", prefix="W-", charges_vat=False)
    for reseller_id, unit in ((SUNNY, "USD"), (HARBOUR, "EUR")):
        with database.session(reseller_id) as session, session.begin():
            cover.set_limit(session, currency=unit, limit=500 * UNIT, by=cast.olga)
            cover_paying.take_back(
                session, cause=ids.new(), amount=cover.balance(session), currency=unit,
                disputed=False, description="",
            )  # fmt: skip
    invoices.settle_months(0)
    return month_of(clock.now().date())


def use(database: Database, cast: Cast, reseller_id: int, amount: int) -> None:
    with database.session(reseller_id) as session, session.begin():
        cover.charge_for_name(session, amount=amount, name="sms.example.com", by=cast.sam)


def later(month: Month) -> Any:
    return time_machine.travel(month.after.begins("UTC") + timedelta(days=3), tick=True)


def issued(database: Database) -> list[Invoice]:
    with database.session(OPERATOR_ID) as session:
        return list(session.scalars(select(Invoice).order_by(Invoice.payer_id)))


def mails(database: Database, reseller_id: int) -> list[Mail]:
    with database.session(reseller_id) as session:
        return list(session.scalars(select(Mail).where(Mail.notice.like("cover_invoice%"))))


def do_jobs(database: Database) -> None:
    with database.session(OPERATOR_ID) as session:
        asked = "SELECT args FROM procrastinate_jobs WHERE task_name = 'invoices.make' ORDER BY id"
        for args in session.scalars(text(asked)).all():
            invoices.make(**args)


def test_each_reseller_has_its_invoice_once_and_a_mail(
    database: Database, cast: Cast, month: Month
) -> None:
    use(database, cast, SUNNY, 30 * UNIT)
    use(database, cast, HARBOUR, 40 * UNIT)
    with database.session(HARBOUR) as session, session.begin():
        resellers.own(session).language = "de"
    with later(month):
        for _ in range(2):
            invoices.settle_months(0)
        do_jobs(database)
        invoices.settle_months(0)
    first, second = issued(database)
    assert [(each.payer_id, each.gross, each.due, each.currency) for each in (first, second)] == [
        (SUNNY, 30 * UNIT, 30 * UNIT, "USD"),
        (HARBOUR, 40 * UNIT, 40 * UNIT, "EUR"),
    ]
    (english,) = mails(database, SUNNY)
    assert english.notice == "cover_invoice_due"
    assert f"/reseller/cover/invoices/{first.id}" in english.text
    assert "Still to be paid: $30.00, by " in english.text
    (german,) = mails(database, HARBOUR)
    assert "Noch zu zahlen: 40,00\xa0€, bis" in german.text


def test_what_is_paid_already_is_not_asked_for(
    database: Database, cast: Cast, month: Month
) -> None:
    with database.session(SUNNY) as session, session.begin():
        cover.pay_in(session, amount=50 * UNIT, description="Transfer", by=cast.olga)
    use(database, cast, SUNNY, 30 * UNIT)
    with later(month):
        invoices.settle_months(0)
        do_jobs(database)
    (mail,) = mails(database, SUNNY)
    assert mail.notice == "cover_invoice"
    assert "It is paid already." in mail.text


def test_what_is_overdue_is_reminded_of_once_a_week(
    database: Database, cast: Cast, month: Month
) -> None:
    use(database, cast, SUNNY, 30 * UNIT)
    use(database, cast, HARBOUR, 40 * UNIT)
    with later(month):
        invoices.settle_months(0)
        do_jobs(database)
    with time_machine.travel(month.after.begins("UTC") + timedelta(days=25), tick=True):
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(invoices.remind_overdue, range(4)))
        invoices.remind_overdue(0)
    for reseller_id, words in (
        (SUNNY, "Still to be paid: $30.00."),
        (HARBOUR, "Noch zu zahlen: 40,00\xa0€."),
    ):
        (first, second) = sorted(mails(database, reseller_id), key=lambda each: each.id)
        assert (first.notice, second.notice) == ("cover_invoice_due", "cover_invoice_overdue")
        assert words in second.text


@pytest.mark.skipif(not printing.can_print(), reason="no libraries for PDFs here")
def test_its_paper_is_made(database: Database, cast: Cast, month: Month) -> None:
    use(database, cast, SUNNY, 30 * UNIT)
    with later(month):
        invoices.settle_months(0)
        do_jobs(database)
    (invoice,) = issued(database)
    with database.session(OPERATOR_ID) as session:
        kept = printing.file_of(session, invoice.id)
    assert kept is not None
    assert kept.with_data


def test_two_at_once_make_one(database: Database, cast: Cast, month: Month) -> None:
    use(database, cast, SUNNY, 30 * UNIT)
    with later(month), ThreadPoolExecutor(4) as threads:
        list(threads.map(invoices.settle_months, range(4)))
    with database.session(OPERATOR_ID) as session:
        rows = session.scalars(select(CoverMonth).where(CoverMonth.month == month.first)).all()
    assert sorted(each.payer_id for each in rows) == [SUNNY, HARBOUR]
    assert len(issued(database)) == 1


def test_a_payment_that_waits_for_the_month_pays_its_invoice(
    database: Database, cast: Cast, month: Month
) -> None:
    use(database, cast, SUNNY, 100 * UNIT)
    with database.session(OPERATOR_ID) as session, session.begin():
        paying.account(session, by=cast.olga)
        deposit_id = paying.begun_for_cover(session, SUNNY, by=cast.sam, amount=100 * UNIT).id

    def pay() -> None:
        with database.session(OPERATOR_ID) as session, session.begin():
            deposit = session.get_one(Deposit, (OPERATOR_ID, deposit_id))
            settling.apply(session, deposit_id=deposit_id, seen=paying.seen(deposit))

    with later(month), ThreadPoolExecutor(1) as threads:
        with database.session(OPERATOR_ID) as session, session.begin():
            cover_months.settle(session, SUNNY)
            paid = threads.submit(pay)
            with pytest.raises(TimeoutError):
                paid.result(timeout=1)
        paid.result(timeout=20)
    (made,) = issued(database)
    assert (made.month, made.gross) == (month.first, 100 * UNIT)
