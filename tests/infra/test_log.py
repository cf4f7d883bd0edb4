"""Log lines: one shape, no secrets, no line that somebody else began."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from portal.infra import log


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.StringIO:
    made = io.StringIO()
    log.configure(console=False, stream=made)
    return made


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "hunter2"),
        ("api_password", "hunter2"),
        ("token", "hunter2"),
        ("Authorization", "Bearer hunter2"),
        ("set_cookie", "sid=hunter2"),
        ("secret", "hunter2"),
        ("url", "postgresql://portal:hunter2@db/portal"),
        ("path", "/reset/hunter2"),
        ("path", "/hooks/gateways/hunter2?a=b"),
        ("error", "401 for Authorization: Bearer hunter2-hunter2"),
        ("query", "user=ada&password=hunter2&x=1"),
        ("body", {"password": "hunter2", "deep": [{"api_key": "hunter2"}]}),
    ],
)
def test_a_secret_is_hidden(stream: io.StringIO, key: str, value: object) -> None:
    structlog.get_logger("test").info("seen", **{key: value})
    assert "hunter2" not in stream.getvalue()
    assert log.HIDDEN in stream.getvalue()


@pytest.mark.parametrize("library", ["stripe", "weasyprint.progress", "procrastinate.worker"])
def test_the_daily_work_of_a_library_is_not_told(stream: io.StringIO, library: str) -> None:
    logging.getLogger(library).info("Step 4")
    logging.getLogger(library).warning("a font is missing")
    assert [line["event"] for line in lines(stream)] == ["a font is missing"]


def test_a_secret_is_hidden_in_the_lines_of_libraries(stream: io.StringIO) -> None:
    logging.getLogger("library").warning("calling %s", "https://user:hunter2@host/x")
    try:
        int("token=hunter2")
    except ValueError:
        logging.getLogger("library").exception("failed")
    assert "hunter2" not in stream.getvalue()
    assert [line["event"] for line in lines(stream)] == [
        "calling https://[hidden]@host/x",
        "failed",
    ]


def test_a_line_is_an_object_with_what_is_known(stream: io.StringIO) -> None:
    assert log.begin_request("r-1", reseller=7) == "r-1"
    structlog.get_logger("portal.test").info("message accepted", message_id=5)
    logging.getLogger("library").warning("slow", extra={"seconds": 2})
    ours, theirs = lines(stream)
    assert ours.pop("timestamp").endswith("Z")
    assert ours == {
        "event": "message accepted",
        "level": "info",
        "logger": "portal.test",
        "message_id": 5,
        "request_id": "r-1",
        "reseller": 7,
    }
    assert (theirs["event"], theirs["seconds"], theirs["request_id"]) == ("slow", 2, "r-1")


def test_each_request_has_an_id_of_its_own(stream: io.StringIO) -> None:
    first = log.begin_request(reseller=7)
    second = log.begin_request()
    structlog.get_logger("test").info("seen")
    assert len(first) == len(second) == 16
    assert first != second
    assert lines(stream)[0]["request_id"] == second
    assert "reseller" not in lines(stream)[0]


@pytest.mark.parametrize("console", [True, False])
def test_nobody_begins_a_line_of_their_own(console: bool) -> None:
    stream = io.StringIO()
    log.configure(console=console, stream=stream)
    logging.getLogger("library").warning("user %s", "ada\nERROR the books do not agree\x1b[2J")
    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("console", [True, False])
def test_an_exception_is_told_with_its_trace(console: bool) -> None:
    stream = io.StringIO()
    log.configure(console=console, stream=stream)
    try:
        int("x")
    except ValueError:
        structlog.get_logger("test").exception("failed", message_id=5)
    assert "Traceback (most recent call last)" in stream.getvalue()
    assert "ValueError: invalid literal" in stream.getvalue()


def test_less_than_the_level_is_not_written(stream: io.StringIO) -> None:
    structlog.get_logger("test").debug("details")
    assert stream.getvalue() == ""
