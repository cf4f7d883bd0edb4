"""Exchange rates as they are typed: a currency, its rate, and the day since when it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel.numbers import get_territory_currencies
from flask_babel import gettext
from wtforms import TextAreaField
from wtforms.validators import StopValidation

from portal.infra import clock
from portal.tenancy.invoice_rules import EXCHANGE_UNIT, EXCHANGES_MAX, Exchange
from portal.web.parts import forms

LENGTH_MAX: Final = 30 * EXCHANGES_MAX
_LINE: Final = re.compile(
    r"(?P<currency>[A-Za-z]{3})[\s:=]+(?P<whole>[0-9]{1,6})(?:[.,](?P<part>[0-9]{1,9}))?"
    r"[\s:,;]+(?P<on>[0-9]{4}-[0-9]{2}-[0-9]{2})",
    re.ASCII,
)


def currencies() -> list[str]:
    """The currencies of all countries."""
    return sorted({each for code, _ in forms.countries() for each in _of_country(code)})


def _of_country(code: str) -> list[str]:
    return [str(each) for each in get_territory_currencies(code, tender=True)]


def written(rate: int) -> str:
    """A rate in billionths with a point, and no zeros at its end."""
    return f"{(Decimal(rate) / EXCHANGE_UNIT).normalize():f}"


def as_lines(known: Iterable[Exchange]) -> str:
    """Rates as the field shows them, the latest first."""
    ordered = sorted(known, key=lambda each: (each.on, each.currency), reverse=True)
    return "\n".join(f"{each.currency} {written(each.rate)} {each.on}" for each in ordered)


class ExchangesField(TextAreaField):
    """A currency, a rate and a day in each line; `exchanges` are what was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exchanges: tuple[Exchange, ...] = ()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first line that is wrong.

        Raises:
            StopValidation: one is, or there are too many.
        """
        found: dict[tuple[str, date], Exchange] = {}
        for line in (self.data or "").splitlines():
            if not line.strip():
                continue
            one = _read(line.strip())
            if one is None:
                raise StopValidation(
                    gettext(
                        "%(line)s is no rate. Write as in USD 0.9213 2026-11-01, with a day that is"
                        " not in the future.",
                        line=line[:40],
                    )
                )
            if (one.currency, one.on) in found:
                raise StopValidation(gettext("%(typed)s is there twice.", typed=line[:40]))
            found[one.currency, one.on] = one
        if len(found) > EXCHANGES_MAX:
            raise StopValidation(
                gettext("At most %(most)s rates, please: take old ones out.", most=EXCHANGES_MAX)
            )
        self.exchanges = tuple(found.values())


def _read(line: str) -> Exchange | None:
    typed = _LINE.fullmatch(line)
    if typed is None or typed["currency"].upper() not in currencies():
        return None
    rate = int(typed["whole"]) * EXCHANGE_UNIT + int((typed["part"] or "").ljust(9, "0"))
    try:
        on = date.fromisoformat(typed["on"])
    except ValueError:
        return None
    # It is tomorrow somewhere already; more than that is a slip of the pen.
    if rate == 0 or on.toordinal() > clock.now().date().toordinal() + 1:
        return None
    return Exchange(currency=typed["currency"].upper(), rate=rate, on=on)
