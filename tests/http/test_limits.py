"""Malformed requests of every kind: refused, and never a failure of ours."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from portal.http import limits
from tests.http.asking import ask, raw

ODD = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "%c0%af",
    "%F0%9F%98%80",
    "%E2%80%AE",
    "%2e%2e%2f",
    "%",
    "%zz",
    "A" * 9000,
    "..",
    "'\"<>",
    "%0d%0a",
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_addresses_are_refused_or_missing(reading: Flask, odd: str) -> None:
    places = (
        f"/{odd}",
        f"/messages/{odd}",
        f"/reset/{odd}",
        f"/brand/{odd}.css",
        f"/a/x/default/{odd}",
        f"/a/x/{odd}/portal.css",
        f"/login?next={odd}",
        f"/?lang={odd}&{odd}={odd}",
        f"/api/v1/messages/{odd}",
        f"/operator/resellers/{odd}",
    )
    for path in places:
        assert ask(reading, path).status_code < 500, path


@pytest.mark.parametrize(
    "number",
    ["0", "-1", "01", "9223372036854775807", "9223372036854775808", "1" * 400, "1e3", "１"],
)
def test_numbers_that_no_row_can_have_are_no_pages(reading: Flask, number: str) -> None:
    for path in ("/messages/", "/reseller/clients/", "/reseller/messages/", "/operator/resellers/"):
        assert ask(reading, path + number).status_code in {303, 404}


@pytest.mark.parametrize(
    "name", ["q", "_external", "_scheme", "_anchor", "endpoint", "_method", "lang"]
)
def test_names_in_an_address_are_only_names(reading: Flask, name: str) -> None:
    for path in ("/", "/login", "/signup", "/nope"):
        answer = ask(reading, f"{path}?{name}=javascript&{name}=2")
        assert answer.status_code < 500
        assert 'href="javascript' not in answer.text


def test_what_no_row_can_hold_is_refused_at_the_edge(reading: Flask) -> None:
    for text in ("a\0b", "\0"):
        for data in ({"email": text}, {text: "x"}):
            assert ask(reading, "/login", method="POST", data=data).status_code == 400
        assert ask(reading, "/login", query_string={"next": text}).status_code == 400
    assert limits.is_storable("plain é \N{GRINNING FACE}")
    assert not limits.is_storable("\ud83d")


def test_large_bodies_are_not_read(reading: Flask) -> None:
    multipart = "multipart/form-data; boundary=x"
    field = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
    bodies = {
        multipart: field + b"x" * (limits.FORM_BYTES_MAX + 1) + b"\r\n--x--\r\n",
        "application/x-www-form-urlencoded": b"x" * (limits.BODY_BYTES_MAX + 1),
    }
    for kind, body in bodies.items():
        answer = ask(reading, "/login", method="POST", data=body, content_type=kind)
        assert answer.status_code == 413
    many = (field + b"x\r\n") * (limits.FORM_PARTS_MAX + 1) + b"--x--\r\n"
    answer = ask(reading, "/login", method="POST", data=many, content_type=multipart)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=é",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/json",
        "text/xml",
        "\x00",
        "/",
    ],
)
def test_odd_bodies_are_refused(reading: Flask, content_type: str) -> None:
    for body in (
        b"",
        b"--x\r\n\r\n",
        b"\xff\xfe\x00",
        b'{"a": \xed\xa0\x80}',
        b"email=%ff&password=%00",
    ):
        answer = raw(
            reading,
            "POST",
            "/login",
            CONTENT_TYPE=content_type.encode().decode("latin-1"),
            CONTENT_LENGTH=str(len(body)),
            **{"wsgi.input": io.BytesIO(body)},
        )
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize(
    "method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "get", "OPTIONS"]
)
def test_odd_methods_are_refused(reading: Flask, method: str) -> None:
    for path in ("/", "/login", "/dashboard", "/operator/ledger", "/nope", "/api/v1/balance"):
        answer = ask(reading, path, method=method)
        assert answer.status_code < 500


def test_the_method_cannot_be_talked_over(reading: Flask) -> None:
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert ask(reading, "/logout", headers={name: "POST"}).status_code == 405
    assert ask(reading, "/logout?_method=POST").status_code == 405


def test_a_request_names_itself_if_it_is_a_name(reading: Flask) -> None:
    for given_name in ("abc", "x" * 65, "a b c d e f g", "<script>alert", "é" * 9):
        name = given_name.encode().decode("latin-1")
        answer = ask(reading, "/", headers={"X-Request-Id": name})
        assert answer.headers["X-Request-Id"] != name
        assert re.fullmatch(r"[\w-]{16}", answer.headers["X-Request-Id"])
    answer = ask(reading, "/nope", headers={"X-Request-Id": "order-2026.11"})
    assert answer.headers["X-Request-Id"] == "order-2026.11"
    assert "order-2026.11" in answer.text


_octets = st.binary(max_size=60).map(lambda raw_bytes: raw_bytes.decode("latin-1"))
_values = _octets.map(lambda value: re.sub(r"[\r\n]", "", value))


@examples(max_examples=60)
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT"]),
    path=st.one_of(
        st.sampled_from(
            ["/", "/login", "/signup", "/reset", "/reset/x", "/language", "/api/v1/messages"]
        ),
        _octets.map(lambda tail: "/" + tail),
    ),
    query=_octets,
    headers=st.fixed_dictionaries(
        {},
        optional={
            "HTTP_COOKIE": _values,
            "HTTP_AUTHORIZATION": _values.map(lambda value: "Bearer " + value),
            "HTTP_ACCEPT_LANGUAGE": _values,
            "HTTP_USER_AGENT": _values,
            "HTTP_ORIGIN": _values,
            "HTTP_X_FORWARDED_FOR": _values,
            "HTTP_HOST": _values,
            "HTTP_IF_NONE_MATCH": _values,
            "HTTP_RANGE": _values,
            "CONTENT_TYPE": _values,
        },
    ),
)
def test_no_request_makes_us_fail(
    reading: Flask, method: str, path: str, query: str, headers: dict[str, str]
) -> None:
    answer = raw(reading, method, path, query, **headers)
    assert answer.status_code < 500
