"""References, and foreign text made fit to store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.gateways import port
from portal.gateways.errors import UnreadableReport
from tests.contracts.gateways import a_submission


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1-1",
        "1-1-",
        "-1-1",
        "1-01-1",
        "1-0-1",
        "1-1-0",
        "1-1-1 ",
        "1-1-1\n",
        "１-1-1",
        "1--1-1",
        "9223372036854775808-1-1",
        "1-9223372036854775808-1",
        "1-1-1000000000",
        "1-1-1-1",
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(UnreadableReport):
        port.read_reference(text)


@given(st.integers(0, 2**63 - 1), st.integers(1, 2**63 - 1), st.integers(1, 999_999_999))
def test_a_reference_reads_back(reseller_id: int, message_id: int, attempt: int) -> None:
    submission = a_submission(reseller_id=reseller_id, message_id=message_id, attempt=attempt)
    assert port.read_reference(submission.reference) == (reseller_id, message_id, attempt)


@pytest.mark.parametrize(
    ("given_url", "own"),
    [
        ("http://h/hooks", "http://h/hooks?ref=3-7001-1"),
        ("http://h/hooks?a=b", "http://h/hooks?a=b&ref=3-7001-1"),
    ],
)
def test_the_reference_joins_the_report_url(given_url: str, own: str) -> None:
    assert a_submission(report_url=given_url).own_report_url == own


@given(st.text(st.characters()), st.integers(0, 20))
def test_storable_text_is_short_and_has_neither_nul_nor_half_characters(
    text: str, length_max: int
) -> None:
    stored = port.storable(text, length_max)
    assert len(stored) <= length_max
    assert "\0" not in stored
    assert stored.encode().decode() == stored


@given(st.text(alphabet="abc 123\n", max_size=40))
def test_text_that_is_fine_stays_as_it_is(text: str) -> None:
    assert port.storable(text) == text


def test_a_reason_is_one_short_line() -> None:
    assert port.reason_of(" a\n b\tc ") == "a b c"
    assert len(port.reason_of("x" * 1000)) == 200


@pytest.mark.parametrize("text", ["", "-1", "1.5", "soon", "99999999999", "١٢٣", "1e5"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert port.moment_of(text) is None


def test_a_moment_is_in_utc() -> None:
    moment = port.moment_of("1795298300")
    assert moment is not None
    assert moment.isoformat() == "2026-11-21T21:58:20+00:00"
