"""A name for every request, in its answer, its log lines and its error page."""

from __future__ import annotations

import re
from typing import Final

from flask import Response, g, request

from portal.infra import log

HEADER: Final = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def begin() -> None:
    """Name the request, as its caller did if that is a name."""
    given = request.headers.get(HEADER, "")
    g.request_id = log.begin_request(given if _GIVEN.fullmatch(given) else None)


def tell(response: Response) -> Response:
    """Put the name on the answer."""
    response.headers[HEADER] = g.get("request_id", "")
    return response
