"""What is answered when something is refused or fails: one table, for people and for programs.

Programs get `application/problem+json` (RFC 9457), people a page in the brand. No answer has a
trace, a statement or a file name in it; the request's id leads to the log.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, g, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from portal.http import uploads
from portal.infra.errors import PortalError
from portal.infra.throttle import TooOften

PROBLEM: Final = "application/problem+json"
FOR_PROGRAMS: Final = ("/api/", "/hooks/")
RETRY_SECONDS: Final = 2

# SQLSTATE: serialization failure, deadlock, lock not available, statement cancelled by its timeout.
_WORTH_A_RETRY: Final = frozenset({"40001", "40P01", "55P03", "57014"})

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Said:
    """What a page says about a status."""

    heading: str
    text: str


_NOT_FOUND = Said(
    lazy_gettext("There is no such page"),
    lazy_gettext("The address may be misspelt, or what was here is gone."),
)
_SAID: Final[Mapping[int, Said]] = {
    400: Said(
        lazy_gettext("This request cannot be understood"),
        lazy_gettext("Please go back, load the page anew and try again."),
    ),
    401: Said(
        lazy_gettext("Please sign in"), lazy_gettext("This page is for people who are signed in.")
    ),
    403: Said(
        lazy_gettext("This is not yours to do"),
        lazy_gettext("Your role has no right to it. Whoever owns the account can give it to you."),
    ),
    404: _NOT_FOUND,
    405: Said(
        lazy_gettext("This address is not for reading"),
        lazy_gettext("Please go back and use the page's own buttons."),
    ),
    409: Said(
        lazy_gettext("Somebody was faster"),
        lazy_gettext("Things have changed since you opened the page. Load it anew and look."),
    ),
    413: Said(
        lazy_gettext("This is too large"),
        lazy_gettext("Nothing was kept. Please send less at once."),
    ),
    422: Said(
        lazy_gettext("This cannot be done"),
        lazy_gettext("Nothing was changed. Please go back and look at what you asked for."),
    ),
    429: Said(
        lazy_gettext("Too many tries"),
        lazy_gettext("Please wait a few minutes and try again."),
    ),
    500: Said(
        lazy_gettext("Something went wrong"),
        lazy_gettext("It is our fault, and nothing was changed. Please try again."),
    ),
    503: Said(
        lazy_gettext("Busy at the moment"),
        lazy_gettext("Nothing was changed. Please try again in a few seconds."),
    ),
}
_FORGED = Said(
    lazy_gettext("This form is too old"),
    lazy_gettext(
        "You have signed in or out since you opened it. Load the page anew and try again."
    ),
)
_ONLY_LOOKING = Said(
    lazy_gettext("You are only looking"),
    lazy_gettext(
        "Like this you change nothing. To do something, leave and come again with a reason. Some"
        " things, such as passwords and keys, stay closed even then."
    ),
)
_IN_ANOTHERS_PLACE = Said(
    lazy_gettext("This is for them alone"),
    lazy_gettext(
        "Some things, such as passwords and keys, are closed to whoever is in another's place,"
        " whatever the reason."
    ),
)
_STATUS_OF: Final[Mapping[str, int]] = {
    "not_found": 404,
    "forbidden": 403,
    "wrong_credentials": 401,
    "link_spent": 410,
    "limit_reached": 429,
    "busy": 503,
    "temporarily_unavailable": 503,
    "wrong_standing": 409,
    "already_viewing": 409,
    "already_reversed": 409,
    "idempotency_in_progress": 409,
    "insufficient_funds": 402,
    "quota_used_up": 402,
    "debt_unpaid": 402,
    "client_suspended": 403,
    "service_hidden": 403,
}
"""The status of a refusal that a view has let through; 422 for every other."""

_CODE_OF: Final[Mapping[int, str]] = {
    400: "malformed_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    414: "too_large",
    415: "unsupported_media_type",
    429: "limit_reached",
    500: "internal_error",
    503: "temporarily_unavailable",
}

ErrorPage = Callable[[int, Said], Response]


def register(app: Flask, *, page: ErrorPage) -> None:
    """Answer every refusal and every failure of an application; `page` draws one for people."""
    answers = _Answers(page)
    app.register_error_handler(PortalError, answers.of_feature)
    app.register_error_handler(HTTPException, answers.of_http)
    app.register_error_handler(DBAPIError, answers.of_database)
    app.register_error_handler(PoolExhausted, answers.of_pool)
    app.register_error_handler(Exception, answers.of_anything)


class _Answers:
    """The answers of one application, by what went wrong."""

    def __init__(self, page: ErrorPage) -> None:
        self._page = page

    def of_feature(self, refusal: PortalError) -> Response:
        status = _STATUS_OF.get(refusal.code, 422)
        wait = RETRY_SECONDS if status in {503, 409} else None
        if isinstance(refusal, TooOften):
            wait = refusal.retry_after_seconds
        return self._answer(status, code=refusal.code, retry_seconds=wait)

    def of_http(self, error: HTTPException) -> Response:
        status = error.code or 500
        if error.response is not None or status < 400:
            ready = error.get_response()
            return Response(ready.get_data(), ready.status_code, dict(ready.headers))
        if status == 413 and (led_back := uploads.too_large()) is not None:
            return led_back
        response = self._answer(status, said=_FORGED if isinstance(error, CSRFError) else None)
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def of_database(self, error: DBAPIError) -> Response:
        state = getattr(error.orig, "sqlstate", None)
        if isinstance(error, DataError):
            logger.warning("a value went past every check to the database: %s", state)
            return self._answer(400)
        if state in _WORTH_A_RETRY or error.connection_invalidated or state is None:
            logger.warning("the database did not answer: %s", state, exc_info=error)
            return self._answer(503, retry_seconds=RETRY_SECONDS)
        return self.of_anything(error)

    def of_pool(self, error: PoolExhausted) -> Response:
        logger.warning("no database connection was free", exc_info=error)
        return self._answer(503, retry_seconds=RETRY_SECONDS)

    def of_anything(self, error: Exception) -> Response:
        logger.error("a request failed", exc_info=error)
        return self._answer(500)

    def _answer(
        self,
        status: int,
        *,
        code: str = "",
        said: Said | None = None,
        retry_seconds: int | None = None,
    ) -> Response:
        if request.path.startswith(FOR_PROGRAMS):
            response = problem(status, code=code or _CODE_OF.get(status, "refused"))
        else:
            response = self._page(status, said or _said(status))
        if retry_seconds is not None:
            response.headers["Retry-After"] = str(retry_seconds)
        return response


def problem(status: int, *, code: str, detail: str = "", **facts: object) -> Response:
    """A refusal for a program."""
    heading = _ENGLISH.get(status, "The request was refused.")
    members = {
        "type": "about:blank",
        "title": heading,
        "status": status,
        "code": code,
        "detail": detail or heading,
        **facts,
    }
    return Response(json.dumps(members) + "\n", status=status, content_type=PROBLEM)


def request_id() -> str:
    """What to name when writing to the reseller about this answer."""
    return str(g.get("request_id", ""))


_ENGLISH: Final[Mapping[int, str]] = {
    400: "The request cannot be understood.",
    401: "A valid token is needed.",
    403: "The request is not allowed.",
    404: "There is nothing here.",
    405: "The method is not offered here.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "The body has another media type than is read here.",
    429: "Too many tries.",
    500: "Something went wrong; nothing was changed.",
    503: "Busy at the moment; nothing was changed.",
}


def _said(status: int) -> Said:
    actor = g.get("actor")
    if status == 403 and actor is not None and actor.viewing is not None:
        return _IN_ANOTHERS_PLACE if actor.viewing.may_act else _ONLY_LOOKING
    if status in _SAID:
        return _SAID[status]
    if status >= 500:
        return _SAID[500]
    return Said(gettext("This request was refused"), gettext("Nothing was changed."))
