"""Log lines for people or for programs, with the request they belong to and without secrets."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor

from portal.infra.signing import random_token

HIDDEN: Final = "[hidden]"
_SECRET_KEYS = re.compile(
    r"passw|secret|token|cookie|authorization|api_?key|credential|signature|(^|_)auth$",
    re.IGNORECASE,
)
# What a library, or the text of an error, may say of its own accord.
_SECRETS = (
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(r"(?i)((?:passw\w*|secret|token|api_?key)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(/reset/|/hooks/gateways/)[\w~.-]+"), rf"\1{HIDDEN}"),
)
# Libraries that tell of every step of their daily work: procrastinate of each job twice, the others
# of each request, page and font.
_TALKATIVE = ("procrastinate", "stripe", "httpx", "weasyprint", "factur-x", "fontTools")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def configure(*, console: bool, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send our own lines and those of libraries to `stream` (standard error), in one shape.

    `console` is for a terminal; otherwise each line is a JSON object.
    """
    shape: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
        _keep_to_one_line,
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shape,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(
                    colors=False, exception_formatter=structlog.dev.plain_traceback
                )
                if console
                else structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shape,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def begin_request(request_id: str | None = None, **facts: str | int | None) -> str:
    """Put an id, and whatever else is known, on every line of this context until the next begins.

    Answers the id: the given one, or a new one of 16 characters.
    """
    chosen = request_id or random_token(96)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=chosen, **facts)
    return chosen


def hide_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace what must not be read in a log: by the name of its key, or by what it looks like."""
    for key, value in event.items():
        if isinstance(key, str) and _SECRET_KEYS.search(key):
            event[key] = HIDDEN
        else:
            event[key] = _without_secrets(value)
    return event


def _keep_to_one_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    """What somebody typed must not begin a line of its own, or steer a terminal."""
    event["event"] = _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], str(event["event"]))
    return event


def _without_secrets(value: object) -> object:
    if isinstance(value, str):
        for secret, instead in _SECRETS:
            value = secret.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {
            key: HIDDEN if _SECRET_KEYS.search(str(key)) else _without_secrets(each)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(each) for each in value]
    return value
