"""A reseller is reminded of its month's invoice once it is overdue, and then every week."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts import cover
from portal.infra.config import Settings
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.months import Month
from portal.invoicing import cover_months, overdue
from portal.invoicing.models import Invoice
from portal.notifications.models import Mail
from portal.tenancy import resellers
from tests.cast import HARBOUR, SUNNY, UNIT, Cast
from tests.invoicing import test_cover_months
from tests.invoicing.test_cover_months import all_of, at, pay_by_hand, use

operator, this_month = test_cover_months.operator, test_cover_months.this_month

SETTINGS = Settings(
    secret=b"a secret of thirty-two bytes or more", public_scheme="http", public_port=8000
)


@pytest.fixture
def invoice(operator: ResellerSession, cast: Cast, this_month: Month) -> Invoice:
    """Sunny has used 150 dollars, which were invoiced on the second day of the month after."""
    use(operator, 150 * UNIT)
    with at(this_month.after):
        cover_months.settle(operator, SUNNY)
    (made,) = all_of(operator)
    return made


def after(invoice: Invoice, days: int) -> Any:
    """The noon so many days after it was to be paid."""
    assert invoice.due_on is not None
    noon = datetime.combine(invoice.due_on, time(12), UTC)
    return time_machine.travel(noon + timedelta(days=days), tick=True)


def remind(operator: ResellerSession, payer_id: int = SUNNY) -> int:
    return overdue.remind(operator, payer_id, installation=SETTINGS)


def mails(operator: ResellerSession) -> list[Mail]:
    with in_scope_of(operator, SUNNY) as own:
        found = select(Mail).where(Mail.notice == "cover_invoice_overdue").order_by(Mail.id)
        return list(own.scalars(found))


def test_begins_on_the_day_after_it_was_to_be_paid(
    operator: ResellerSession, cast: Cast, invoice: Invoice
) -> None:
    with after(invoice, 0):
        assert remind(operator) == 0
    with after(invoice, 1):
        assert remind(operator) == 1
    (mail,) = mails(operator)
    assert f"Overdue: $150.00 of the invoice {invoice.label}" in mail.subject
    assert "was to be paid by" in mail.text
    assert f"http://sunny.localhost:8000/reseller/cover/invoices/{invoice.id}" in mail.text


def test_comes_once_a_week(operator: ResellerSession, cast: Cast, invoice: Invoice) -> None:
    written = []
    for days in range(1, 23):
        with after(invoice, days):
            if remind(operator) + remind(operator):
                written.append(days)
    assert written == [1, 8, 15, 22]


def test_those_that_were_missed_are_one(
    operator: ResellerSession, cast: Cast, invoice: Invoice
) -> None:
    with after(invoice, 30):
        assert (remind(operator), remind(operator)) == (1, 0)
    with after(invoice, 36):
        assert remind(operator) == 0
    with after(invoice, 37):
        assert remind(operator) == 1


def test_names_what_is_left_of_it(operator: ResellerSession, cast: Cast, invoice: Invoice) -> None:
    pay_by_hand(operator, cast, 100 * UNIT)
    with after(invoice, 1):
        remind(operator)
    (mail,) = mails(operator)
    assert "$50.00" in mail.subject
    assert "over $150.00" in mail.text


def test_ends_when_it_is_paid(operator: ResellerSession, cast: Cast, invoice: Invoice) -> None:
    with after(invoice, 1):
        remind(operator)
        pay_by_hand(operator, cast, 150 * UNIT)
    with after(invoice, 8):
        assert remind(operator) == 0


def test_of_a_payment_that_was_taken_back_it_goes_on(
    operator: ResellerSession, cast: Cast, invoice: Invoice
) -> None:
    pay_by_hand(operator, cast, 150 * UNIT)
    with after(invoice, 1):
        assert remind(operator) == 0
    with in_scope_of(operator, SUNNY) as own:
        paid = next(
            each for each in cover.movements(own, currency="USD", limit=5) if each.amount > 0
        )
        cover.reverse(
            own, currency="USD", transfer_id=paid.transfer_id, by=cast.olga, reason="Bounced"
        )
    with after(invoice, 3):
        assert remind(operator) == 1


def test_each_invoice_has_its_own(
    operator: ResellerSession, cast: Cast, this_month: Month, invoice: Invoice
) -> None:
    with at(this_month.after):
        use(operator, 40 * UNIT)
    with at(this_month.after.after):
        cover_months.settle(operator, SUNNY)
    second = all_of(operator)[-1]
    with after(second, 0):
        assert remind(operator) == 1
    with after(second, 1):
        assert remind(operator) == 1
    assert [invoice.label in mails(operator)[0].text, second.label in mails(operator)[1].text] == [
        True,
        True,
    ]


def test_the_day_is_the_operators(operator: ResellerSession, cast: Cast, invoice: Invoice) -> None:
    resellers.own(operator).time_zone = "Pacific/Auckland"
    operator.flush()
    assert invoice.due_on is not None
    with time_machine.travel(datetime.combine(invoice.due_on, time(12), UTC), tick=True):
        assert remind(operator) == 1  # it is the day after in Auckland


def test_goes_to_nobody_who_owes_nothing(
    operator: ResellerSession, cast: Cast, invoice: Invoice
) -> None:
    with after(invoice, 1):
        assert remind(operator, HARBOUR) == 0
    assert mails(operator) == []
