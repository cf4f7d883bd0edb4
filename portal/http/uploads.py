"""Answer whoever sends a file that is larger than any form takes: back at the form, with a word."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Response, current_app, flash, jsonify, request
from flask_babel import gettext

from portal.http import limits
from portal.http.security import safe_next

_CHUNK_BYTES: Final = 64 * 1024
_MEGABYTE: Final = 1024 * 1024


def too_large() -> Response | None:
    """Lead back to the form that a file was too large for; None where it was none.

    Nothing of it was read, so that the form cannot be shown as it was filled in. What is on its way
    still is read and thrown away, or the browser, which sends all before it listens, would
    hear nothing.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "takes_files", False):
        return None
    _drain()
    if (request.content_length or 0) <= limits.SENT_BYTES_MAX:
        return None  # it was a text beside the file
    most = limits.UPLOAD_BYTES_MAX // _MEGABYTE
    said = gettext("The file is larger than %(most)s MB, so nothing was kept.", most=most)
    if request.accept_mimetypes.best == "application/json":
        answer = jsonify(message=said)
        answer.status_code = 413
        return answer
    form = safe_next(request.full_path.removesuffix("?"))
    form = form or safe_next(urlsplit(request.referrer or "").path)
    if form is None:
        return None
    flash(said, "danger")
    return Response(status=303, headers={"Location": form})


def _drain() -> None:
    left = min(request.content_length or 0, limits.SENT_BYTES_MAX)
    source = request.environ["wsgi.input"]
    while left > 0:
        chunk = source.read(min(left, _CHUNK_BYTES))
        if not chunk:
            return
        left -= len(chunk)
