"""Amounts, moments and numbers as the reader's language and time zone write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format, get_timezone_name
from babel.numbers import NumberPattern, format_decimal, get_currency_precision, parse_pattern
from flask import g, has_request_context
from markupsafe import Markup

from portal.accounts.actor import Actor
from portal.http.language import locale, time_zone
from portal.ledger.units import MICROS, MICROS_DIGITS
from portal.tenancy.display import EVERYTHING, Display

MISSING: Final = "–"
_RIGHT_TO_LEFT_MARK: Final = "\N{RIGHT-TO-LEFT MARK}"
_LEFT_TO_RIGHT: Final = "\N{LEFT-TO-RIGHT ISOLATE}"
_END: Final = "\N{POP DIRECTIONAL ISOLATE}"


def money(micros: int | None, currency: str) -> str:
    """An amount with its currency: the currency's own digits, and more where they count.

    Whoever is shown no amounts gets none here either, should a page forget to leave it out.
    """
    if micros is None or not _seen().money:
        return MISSING
    pattern = _money_pattern(locale(), _digits(micros, get_currency_precision(currency)))
    return _in_order(
        pattern.apply(Decimal(micros) / MICROS, locale(), currency=currency, currency_digits=False)
    )


def rounded(micros: int, currency: str) -> str:
    """An amount in the currency's own digits, for a glance; never more than there is."""
    if not _seen().money:
        return MISSING
    digits = get_currency_precision(currency)
    amount = (Decimal(micros) / MICROS).quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR)
    pattern = _money_pattern(locale(), digits)
    return _in_order(pattern.apply(amount, locale(), currency=currency, currency_digits=False))


def _in_order(amount: str) -> str:
    """An amount that sign, digits and currency keep their order in, amid Arabic as well.

    The marks of Unicode do here what `bdi` does, as amounts stand in attributes and sentences too.
    """
    if locale().text_direction != "rtl":
        return str(amount)
    return f"{_LEFT_TO_RIGHT}{amount.replace(_RIGHT_TO_LEFT_MARK, '')}{_END}"


def number(value: int | None) -> str:
    """A whole number, in groups of digits."""
    return MISSING if value is None else format_decimal(value, locale=locale())


def moment(at: datetime | None) -> str:
    """A moment in the reader's time zone; its second and the zone show when one points at it."""
    if at is None:
        return MISSING
    there = at.astimezone(ZoneInfo(time_zone()))
    date_and_time = str(get_datetime_format("medium", locale=locale()))
    text = date_and_time.format(
        format_time(there, "short", tzinfo=there.tzinfo, locale=locale()),
        format_date(there, "medium", locale=locale()),
    )
    second = format_time(there, "medium", tzinfo=there.tzinfo, locale=locale())
    named = get_timezone_name(there, locale=locale())
    return Markup('<time datetime="{}" title="{}, {}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), second, named, text
    )


def day(on: date | None) -> str:
    """A day."""
    return MISSING if on is None else format_date(on, "medium", locale=locale())


def phone(e164: str) -> str:
    """A telephone number in groups, which stays in its order in every script."""
    try:
        parsed = phonenumbers.parse(e164 if e164.startswith("+") else f"+{e164}")
    except phonenumbers.NumberParseException:
        return Markup('<bdi dir="ltr">{}</bdi>').format(e164)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Markup('<bdi dir="ltr">{}</bdi>').format(written)


def _seen() -> Display:
    """What the reader is shown; everything where it is nobody's request."""
    actor: Actor | None = g.get("actor") if has_request_context() else None
    return actor.display if actor else EVERYTHING


def _digits(micros: int, least: int) -> int:
    """How many decimals an amount needs: 0.045 is not to be shown as 0.05."""
    decimals = f"{abs(micros) % MICROS:0{MICROS_DIGITS}d}".rstrip("0")
    return max(least, len(decimals))


@lru_cache(maxsize=512)
def _money_pattern(written_in: Locale, digits: int) -> NumberPattern:
    pattern = parse_pattern(written_in.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern
