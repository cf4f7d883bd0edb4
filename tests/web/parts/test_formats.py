"""Amounts, moments and numbers as readers write them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime

import pytest
from flask import Flask, g

from portal.http.wiring import current
from portal.web.parts import formats

NBSP = "\N{NO-BREAK SPACE}"
At = Callable[[str], None]
NOON = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@pytest.fixture
def at(reading: Flask) -> Iterator[At]:
    """Has what follows be read on a host."""
    with ExitStack() as opened:

        def enter(host: str) -> None:
            opened.pop_all().close()
            opened.enter_context(reading.test_request_context("/", base_url=f"http://{host}"))
            g.tenant = current().tenants.find(host)

        yield enter


@pytest.mark.parametrize(
    ("micros", "currency", "english", "german"),
    [
        (0, "USD", "$0.00", f"0,00{NBSP}$"),
        (1_234_500_000, "EUR", "€1,234.50", f"1.234,50{NBSP}€"),
        (45_000, "USD", "$0.045", f"0,045{NBSP}$"),
        (1, "USD", "$0.000001", f"0,000001{NBSP}$"),
        (-1_500_000, "USD", "-$1.50", f"-1,50{NBSP}$"),
        (1_000_000, "JPY", "¥1", f"1{NBSP}¥"),
        (1_230_000, "KWD", "KWD1.230", f"1,230{NBSP}KWD"),
        (9_223_372_036_854_775_807, "USD", "$9,223,372,036,854.775807", None),
        (None, "USD", "–", "–"),
    ],
)
def test_no_digit_of_an_amount_is_lost(
    at: At, micros: int | None, currency: str, english: str, german: str | None
) -> None:
    at("sunny.localhost")
    assert formats.money(micros, currency) == english
    if german is not None:
        at("harbour.localhost")
        assert formats.money(micros, currency) == german


@pytest.mark.parametrize(
    ("micros", "currency", "english", "german"),
    [
        (26_019_999, "USD", "$26.01", f"26,01{NBSP}$"),
        (-1, "EUR", "-€0.01", f"-0,01{NBSP}€"),
        (1_234_500_000, "EUR", "€1,234.50", f"1.234,50{NBSP}€"),
        (1_999_999, "JPY", "¥1", f"1{NBSP}¥"),
    ],
)
def test_at_a_glance_an_amount_never_says_more_than_there_is(
    at: At, micros: int, currency: str, english: str, german: str
) -> None:
    at("sunny.localhost")
    assert formats.rounded(micros, currency) == english
    at("harbour.localhost")
    assert formats.rounded(micros, currency) == german


def test_moments_are_in_the_readers_time_zone(at: At) -> None:
    at("sunny.localhost")
    assert formats.moment(NOON) == (
        '<time datetime="2026-11-21T12:30:00+00:00"'
        ' title="7:30:00\N{NARROW NO-BREAK SPACE}AM, Eastern Standard Time">'
        "Nov 21, 2026, 7:30\N{NARROW NO-BREAK SPACE}AM</time>"
    )
    assert formats.day(date(2026, 11, 21)) == "Nov 21, 2026"
    assert formats.number(1234567) == "1,234,567"
    at("harbour.localhost")
    assert formats.moment(NOON).endswith(">21.11.2026, 13:30</time>")
    assert formats.day(date(2026, 11, 21)) == "21.11.2026"
    assert formats.number(1234567) == "1.234.567"
    assert formats.moment(None) == formats.day(None) == formats.number(None) == "–"


def test_numbers_of_telephones_keep_their_order() -> None:
    assert formats.phone("+12025550143") == '<bdi dir="ltr">+1 202-555-0143</bdi>'
    assert formats.phone("12025550143") == '<bdi dir="ltr">+1 202-555-0143</bdi>'
    assert formats.phone("<b>") == '<bdi dir="ltr">&lt;b&gt;</bdi>'


@pytest.mark.parametrize(
    ("micros", "written"),
    [(25_300_000, f"25.30{NBSP}US$"), (-27_600, f"-0.0276{NBSP}US$")],
)
def test_amounts_keep_their_order_amid_arabic(at: At, micros: int, written: str) -> None:
    at("sunny.localhost")
    g.language = "ar"
    isolated = f"\N{LEFT-TO-RIGHT ISOLATE}{written}\N{POP DIRECTIONAL ISOLATE}"
    assert formats.money(micros, "USD") == isolated
    assert formats.rounded(25_309_999, "USD").strip("\u2066\u2069") == f"25.30{NBSP}US$"
