"""A reseller's stock of inbound numbers: what comes into it and what leaves it."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import phonenumbers
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.numbers import finding
from portal.numbers.errors import NotANumber, NumberConnected, NumberTaken
from portal.numbers.models import InboundNumber
from portal.tenancy import resellers

_SEPARATORS = str.maketrans("", "", " -./()")
_SHAPE = re.compile(r"(?:\+|00)?([1-9][0-9]{6,14})")
_GIVEN_CHARACTERS_MAX = 40


def add(
    session: ResellerSession,
    *,
    number: str,
    by: Actor,
    currency: str | None = None,
    setup_fee: int = 0,
    monthly_fee: int = 0,
    fee_per_message: int | None = None,
    gateway_id: int | None = None,
) -> InboundNumber:
    """Put a number into the reseller's stock.

    Fees are millionths of the currency, by default the reseller's.

    Raises:
        NotANumber: it is not written with its country's code, or cannot exist.
        NumberTaken: it is in this or another reseller's stock.
    """
    digits, country = _read(number)
    made = InboundNumber(
        digits=digits,
        country=country,
        gateway_id=gateway_id,
        currency=currency or resellers.own(session).currency,
        setup_fee=setup_fee,
        monthly_fee=monthly_fee,
        fee_per_message=fee_per_message,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():  # the unique index sees every reseller's rows
            session.add(made)
    except IntegrityError:
        raise NumberTaken(digits) from None
    activity.record(session, by=by, what="number.added", about_id=made.id, reason=made.e164)
    return made


def end(session: ResellerSession, *, number_id: int, by: Actor) -> None:
    """Take a number out of stock; what came in on it stays.

    Raises:
        NotFound: there is no such number.
        NumberConnected: a client has it.
    """
    number = finding.locked(session, number_id)
    if number.client_id is not None:
        raise NumberConnected(number.digits)
    number.ended_on = clock.now().astimezone(ZoneInfo(resellers.own(session).time_zone)).date()
    activity.record(session, by=by, what="number.ended", about_id=number.id, reason=number.e164)


def listed(session: ResellerSession) -> list[InboundNumber]:
    """All numbers that are the reseller's at present, by country and digits."""
    return list(
        session.scalars(
            select(InboundNumber)
            .where(InboundNumber.ended_on.is_(None))
            .order_by(InboundNumber.country, InboundNumber.digits)
        )
    )


def _read(given: str) -> tuple[str, str]:
    """The digits and the country of a number as somebody types it."""
    shape = _SHAPE.fullmatch(given[: _GIVEN_CHARACTERS_MAX + 1].translate(_SEPARATORS))
    if shape is None:
        raise NotANumber(given[:_GIVEN_CHARACTERS_MAX])
    try:
        number = phonenumbers.parse(f"+{shape[1]}", None)
    except phonenumbers.NumberParseException:
        raise NotANumber(given) from None
    country = phonenumbers.region_code_for_country_code(number.country_code or 0)
    if not phonenumbers.is_possible_number(number) or len(country) != len("XX"):
        raise NotANumber(given)
    return shape[1], phonenumbers.region_code_for_number(number) or country
