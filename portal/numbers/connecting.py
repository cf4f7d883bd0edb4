"""Connect an inbound number to a client's sub-account, and take it back."""

from __future__ import annotations

from datetime import date

from portal.accounts import access, activity
from portal.accounts.actor import Actor
from portal.infra import ids
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.numbers import finding
from portal.numbers.errors import NumberConnected, OtherCurrency
from portal.numbers.models import InboundNumber


def connect(
    session: ResellerSession, *, number_id: int, sub_account_id: int, by: Actor, on: date
) -> InboundNumber:
    """Let messages to a number go to this sub-account from now on.

    `on` is the day in the reseller's time zone. The billing day is the client's, or this day's
    where the client has none. No fee is charged here.

    Raises:
        NotFound: there is no such number, or no such open sub-account.
        NumberConnected: another sub-account has it.
        OtherCurrency: its fees are in a currency that the client does not pay in.
    """
    number = finding.locked(session, number_id)
    sub_account = access.sub_account_by_id(session, actor=by, sub_account_id=sub_account_id)
    if sub_account.closed_at is not None:
        raise NotFound("sub-account", sub_account_id)
    if number.sub_account_id == sub_account.id:
        return number
    if number.sub_account_id is not None:
        raise NumberConnected(number.digits)
    client = access.client_by_id(session, actor=by, client_id=sub_account.client_id)
    if client.currency != number.currency:
        raise OtherCurrency(number=number.currency, client=client.currency)
    number.client_id = client.id
    number.sub_account_id = sub_account.id
    number.connection_id = ids.new()
    number.assigned_on = number.billed_until = on
    number.billing_day = (client.next_billing_on or on).day
    number.periods_billed = 0
    _note(session, number, by=by, what="number.connected", client_id=client.id)
    return number


def disconnect(session: ResellerSession, *, number_id: int, by: Actor) -> InboundNumber:
    """Put a number back into stock; what came in on it stays its client's.

    Raises:
        NotFound: there is no such number.
    """
    number = finding.locked(session, number_id)
    if number.client_id is None:
        return number
    client_id = number.client_id
    number.client_id = number.sub_account_id = number.connection_id = None
    number.assigned_on = number.billed_until = number.billing_day = None
    number.periods_billed = 0
    _note(session, number, by=by, what="number.disconnected", client_id=client_id)
    return number


def billed(number: InboundNumber, *, until: date) -> None:
    """Note that the monthly fee of a connected number is settled up to this day, without it."""
    number.billed_until = until
    number.periods_billed += 1


def _note(
    session: ResellerSession, number: InboundNumber, *, by: Actor, what: str, client_id: int
) -> None:
    activity.record(
        session, by=by, what=what, client_id=client_id, about_id=number.id, reason=number.e164
    )
