"""JSON as its standard says."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.api import strict_json
from portal.api.strict_json import NotJson


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"NaN", "NaN is no JSON number"),
        (b"[-Infinity]", "-Infinity is no JSON number"),
        (b'{"a": 1, "a": 1}', "stands twice"),
        (b'[{"a": {"b": 1, "\\u0062": 2}}]', "stands twice"),
        (b'"\\u0000"', "NUL"),
        (b'{"a\\u0000": 1}', "NUL"),
        (b'["\\ud83d"]', "surrogate"),
        (b'"\x00"', "not JSON"),
        (b"[" * 21 + b"]" * 21, "nested too deeply"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 5000, "too long"),
    ],
)
def test_refused(body: bytes, why: str) -> None:
    with pytest.raises(NotJson, match=why):
        strict_json.loads(body)


def test_read() -> None:
    body = '{"a": [1, 2.5, null, true, "\\ud83d\\udc22 ż"], "": {}}'.encode()
    assert strict_json.loads(body) == {"a": [1, 2.5, None, True, "🐢 ż"], "": {}}
    assert strict_json.loads(b"[" * 19 + b"]" * 19)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc"), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_python_writes_is_read_again(value: object) -> None:
    assert strict_json.loads(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_anything_is_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(NotJson):
        strict_json.loads(body)
