"""Set-up and monthly fees: each once for its owner and period, whoever asks again."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.dialects.postgresql import insert

from portal.accounts import dues
from portal.accounts.models import Client
from portal.billing import periods
from portal.billing.models import Assignment, BilledPeriod
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.numbers.models import InboundNumber
from portal.pricing.models import Package
from portal.pricing.packages import Version

SETUP = -1
"""What stands for the period of a set-up fee; the others count from 0."""


def charge_setup(
    session: ResellerSession,
    assignment: Assignment,
    *,
    client: Client,
    package: Package,
    version: Version,
) -> None:
    """Charge what a package costs once. The client is held, and its currency has amounts."""
    _charge(
        session,
        owner_id=assignment.id,
        period=SETUP,
        client=client,
        amount=version.conditions.amounts[client.currency].setup_fee,
        begins_on=assignment.assigned_on,
        description=package.name,
    )


def charge_period(
    session: ResellerSession,
    assignment: Assignment,
    *,
    client: Client,
    package: Package,
    version: Version,
) -> None:
    """Charge the period that begins on `billed_until`, and go on to the next.

    `version` is what the package says on that day. Where it has no amounts in the client's
    currency there is no fee. The client is held.
    """
    amounts = version.conditions.amounts.get(client.currency)
    begins_on = assignment.billed_until
    ends_on = periods.next_billing_day(begins_on, day=assignment.billing_day)
    _charge(
        session,
        owner_id=assignment.id,
        period=assignment.periods_billed,
        client=client,
        amount=0 if amounts is None else amounts.monthly_fee,
        begins_on=begins_on,
        description=described(package.name, begins_on, ends_on),
    )
    skip_period(assignment)


def skip_period(assignment: Assignment) -> None:
    """Go on to the next period without a fee."""
    assignment.billed_until = periods.next_billing_day(
        assignment.billed_until, day=assignment.billing_day
    )
    assignment.periods_billed += 1


def charge_number_setup(
    session: ResellerSession, number: InboundNumber, *, client: Client, on: date
) -> None:
    """Charge what a connected number costs once. The client is held."""
    assert number.connection_id is not None
    _charge(
        session,
        owner_id=number.connection_id,
        period=SETUP,
        client=client,
        amount=number.setup_fee,
        begins_on=on,
        description=number.e164,
        currency=number.currency,
    )


def charge_number_period(
    session: ResellerSession,
    number: InboundNumber,
    *,
    client: Client,
    begins_on: date,
    ends_on: date,
) -> None:
    """Charge a period of a connected number. The client is held."""
    assert number.connection_id is not None
    _charge(
        session,
        owner_id=number.connection_id,
        period=number.periods_billed,
        client=client,
        amount=number.monthly_fee,
        begins_on=begins_on,
        description=described(number.e164, begins_on, ends_on),
        currency=number.currency,
    )


def described(name: str, begins_on: date, ends_on: date) -> str:
    """What is charged and for which days; read in every language."""
    return f"{name}, {begins_on} – {ends_on - timedelta(days=1)}"


def _charge(
    session: ResellerSession,
    *,
    owner_id: int,
    period: int,
    client: Client,
    amount: int,
    begins_on: date,
    description: str,
    currency: str | None = None,
) -> None:
    if not amount:
        return
    unit = currency or client.currency
    fresh = session.scalar(
        insert(BilledPeriod)
        .values(
            reseller_id=session.reseller_id,
            owner_id=owner_id,
            period=period,
            client_id=client.id,
            begins_on=begins_on,
            amount=amount,
            currency=unit,
            charged_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["reseller_id", "owner_id", "period"])
        .returning(BilledPeriod.period)
    )
    if fresh is None:
        return
    dues.charge_fee(
        session,
        client_id=client.id,
        cause=owner_id,
        n=period,
        amount=amount,
        currency=unit,
        description=description,
    )
