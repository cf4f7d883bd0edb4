"""Which names may be asked for, and what is said of those that may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tenancy import hostname_rules
from portal.tenancy.hostname_rules import NameUnfit, Why

ZONE = "portals.example.net"


def refusal(text: str) -> Why:
    with pytest.raises(NameUnfit) as refused:
        hostname_rules.read(text, zone=ZONE)
    return refused.value.why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a" * 10_000, Why.LONG),
        ("a." * 5_000 + "test", Why.LONG),
        ("https://sms.acme.test", Why.ADDRESS_BAR),
        ("sms.acme.test/login", Why.ADDRESS_BAR),
        ("sms.acme.test\\", Why.ADDRESS_BAR),
        ("me@acme.test", Why.ADDRESS_BAR),
        ("sms.acme.test?x", Why.ADDRESS_BAR),
        ("*.acme.test", Why.WILDCARD),
        ("under_score.acme.test", Why.UNDERSCORE),
        ("_portal-proof.acme.test", Why.UNDERSCORE),
        ("127.0.0.1", Why.NUMBERS),
        ("127.0.0.1:8000", Why.NUMBERS),
        ("127.1", Why.NUMBERS),
        ("2130706433", Why.NUMBERS),
        ("0x7f000001", Why.NUMBERS),
        ("１２７.0.0.1", Why.NUMBERS),
        ("[2001:db8::1]", Why.NUMBERS),
        ("2001:db8::1", Why.NUMBERS),
        ("::1", Why.NUMBERS),
        ("sms.acme.test:443", Why.PORT),
        ("sms.acme.test.", Why.DOT),
        ("sms.acme.test。", Why.DOT),
        ("localhost", Why.LOCAL),
        ("sms.localhost", Why.LOCAL),
        ("sms.local", Why.LOCAL),
        ("db.internal", Why.LOCAL),
        ("1.2.0.192.in-addr.arpa", Why.LOCAL),
        ("acme", Why.NO_DOT),
        ("sms acme.test", Why.CHARACTERS),
        ("sms..acme.test", Why.CHARACTERS),
        ("-sms.acme.test", Why.CHARACTERS),
        ("sms.acme.test,other.test", Why.CHARACTERS),
        ("a" * 64 + ".test", Why.CHARACTERS),
        ("a\u200db.test", Why.CHARACTERS),
        ("{{7*7}}.test", Why.WILDCARD),
        ("<b>.test", Why.CHARACTERS),
        ("xn--zzzzzz.test", Why.CODED),
        ("xn--.test", Why.CHARACTERS),
        ("xn--a.test", Why.CODED),
        ("ab--cd.test", Why.CODED),
        ("аpple.test", Why.MIXED),  # the first letter is Cyrillic
        ("xn--pple-43d.test", Why.MIXED),
        ("pαypal.test", Why.MIXED),  # a Greek one
        ("com", Why.NO_DOT),
        ("co.uk", Why.SUFFIX),
        ("github.io", Why.SUFFIX),
        (ZONE, Why.OURS),
        (f"sunny.{ZONE}", Why.OURS),
        (f"A.B.{ZONE.upper()}", Why.OURS),
    ],
)
def test_what_nobody_may_have(text: str, why: Why) -> None:
    assert refusal(text) is why


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sms.acme.test", "sms.acme.test"),
        ("  SMS.Acme.TEST ", "sms.acme.test"),
        ("acme.co.uk", "acme.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("пример.example", "xn--e1afmkfd.example"),
        ("日本語ひらがなabc.example", "xn--abc-o73b4fvb9j2484bdocu19k.example"),
        (f"x{ZONE}", f"x{ZONE}"),
    ],
)
def test_as_it_is_stored(text: str, name: str) -> None:
    assert hostname_rules.read(text, zone=ZONE) == name


def test_without_a_zone_none_of_it_is_kept() -> None:
    assert hostname_rules.read(f"sunny.{ZONE}", zone="") == f"sunny.{ZONE}"


@given(st.text(max_size=300) | st.from_regex(r"(xn--)?[a-zаα℡１。.\-:0-9]{1,40}", fullmatch=True))
def test_every_text_is_a_name_or_refused_with_a_reason(text: str) -> None:
    try:
        name = hostname_rules.read(text, zone=ZONE)
    except NameUnfit:
        return
    assert hostname_rules.read(name, zone=ZONE) == name
    assert hostname_rules.places(name).proof_name.endswith(name)
    assert hostname_rules.above(name)[0] == name


def test_the_names_above_end_at_the_domain_that_was_bought() -> None:
    assert hostname_rules.above("a.b.acme.co.uk") == [
        "a.b.acme.co.uk",
        "b.acme.co.uk",
        "acme.co.uk",
    ]
    assert hostname_rules.above("acme.co.uk") == ["acme.co.uk"]


def test_what_to_write_into_a_providers_form() -> None:
    places = hostname_rules.places("sms.team.acme.co.uk")
    assert (places.domain, places.host, places.proof_host, places.is_domain) == (
        "acme.co.uk",
        "sms.team",
        "_portal-proof.sms.team",
        False,
    )
    assert places.proof_name == "_portal-proof.sms.team.acme.co.uk"
    places = hostname_rules.places("acme.co.uk")
    assert (places.host, places.proof_host, places.is_domain) == ("", "_portal-proof", True)


def test_how_a_name_is_meant_to_be_read() -> None:
    assert hostname_rules.reading("xn--bcher-kva.example") == "bücher.example"
    assert hostname_rules.reading("plain.example") == ""
    assert hostname_rules.reading("xn--zzzzzz.example") == ""
