"""How large a request may be, and which characters may be in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, TypeVar

import flask
from flask import Flask, current_app, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, RequestURITooLarge
from werkzeug.routing import IntegerConverter, Map

from portal.http.security import WITHOUT_FORM_TOKEN

BODY_BYTES_MAX: Final = 1024 * 1024
FORM_BYTES_MAX: Final = 512 * 1024
FORM_PARTS_MAX: Final = 300
UPLOAD_BYTES_MAX: Final = 6 * 1024 * 1024
"""What is kept of a file: more than any reader of one takes, so that each refuses it by itself."""
SENT_BYTES_MAX: Final = 32 * 1024 * 1024
"""Of a form with a file: as much is read, so that what was typed beside a large one is not lost."""
ADDRESS_BYTES_MAX: Final = 8 * 1024
ID_MAX: Final = 2**63 - 1

View = TypeVar("View", bound=Callable[..., Any])

_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
# PostgreSQL stores no NUL, and UTF-8 has no half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


_IN_MEMORY_BYTES: Final = 500 * 1024


class FormRequest(flask.Request):
    """A request that keeps no more of a file than its reader has to see to refuse it."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        return _Beginning(max_size=_IN_MEMORY_BYTES)


class _Beginning(SpooledTemporaryFile[bytes]):
    """A file as it comes in: what is over the limit is thrown away, and not told to the sender."""

    def write(self, data: Any) -> int:
        super().write(data[: max(0, UPLOAD_BYTES_MAX - self.tell())])
        return len(data)


class Id(IntegerConverter):
    """An id in an address: what no row can have is no page."""

    regex = "[0-9]{1,19}"

    def __init__(self, map: Map, max: int = ID_MAX) -> None:  # noqa: A002 - Werkzeug's names
        super().__init__(map, max=max)


def limit(app: Flask) -> None:
    """Set an application's limits, before its routes are declared."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_BYTES_MAX,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        MAX_FORM_PARTS=FORM_PARTS_MAX,
    )
    app.url_map.converters["int"] = Id
    app.request_class = FormRequest


def refuse_unreadable() -> None:
    """Refuse an address whose query is not text, before anything reads it.

    Raises:
        BadRequest: it is not UTF-8.
    """
    try:
        request.query_string.decode()
    except UnicodeDecodeError:
        request.args = ImmutableMultiDict()  # which the answer looks at as well
        raise BadRequest from None


def takes_files(view: View) -> View:
    """Mark a view whose form may be as large as a file; what is in a file its reader looks at."""
    marked: Any = view
    marked.takes_files = True
    return view


def refuse_unstorable() -> None:
    """Refuse an address or a form with characters that no row can hold.

    Bodies that programs send are looked at by whoever reads them.

    Raises:
        BadRequest: there is one.
        RequestURITooLarge: the address is too long to be looked at.
    """
    if len(request.query_string) + len(request.path) > ADDRESS_BYTES_MAX:
        raise RequestURITooLarge
    if not is_storable(request.path):
        raise BadRequest
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = SENT_BYTES_MAX
    _refuse_in(request.args.items(multi=True))
    if request.mimetype in _FORMS and request.blueprint not in WITHOUT_FORM_TOKEN:
        _refuse_in(request.form.items(multi=True))


def is_storable(text: str) -> bool:
    """Whether the database can hold this text."""
    return not _UNSTORABLE.search(text)


def _refuse_in(pairs: Iterable[tuple[str, str]]) -> None:
    for name, value in pairs:
        if not is_storable(name) or not is_storable(value):
            raise BadRequest
