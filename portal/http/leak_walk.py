"""Walks through a portal as each of its visitors; looks for traces of others in every answer."""

from __future__ import annotations

import html
import io
import itertools
import json
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_cookie
from werkzeug.routing import MapAdapter, RequestRedirect
from werkzeug.test import TestResponse

from portal.reports.foreign_words import OF_OPERATOR
from portal.reports.traces import Detector, Trace

PAGES_MAX: Final = 400
ALIKE_MAX: Final = 2
"""How many pages of one kind are looked at: two clients of a thousand."""
FOR_NEIGHBOURS: Final = ("/healthz", "/readyz", "/hooks/", "/internal/")
REFUSALS: Final = (
    ("GET", "/no/such/page"),
    ("GET", "/api/v1/no-such-thing"),
    ("GET", "/operator/resellers"),
    ("DELETE", "/login"),
    ("GET", "/media/none"),
    ("POST", "/login"),
    ("POST", "/api/v1/messages"),
)
"""What is answered with an error, by method and path."""

BETWEEN_BOTH: Final = frozenset(
    {"reseller.cover_invoices", "reseller.cover_invoice", "reseller.cover_payment"}
)
"""Pages about what a reseller has paid to the operator, for its staff only: these may name it."""

_LINK = re.compile(r"""\s(?:href|src|action|data-url)=(?:"([^"]*)"|'([^']*)')""")
_FILES: Final = ("/a/", "/brand/", "/media/", "/favicon")
_IN_SHEET = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
_networks = itertools.count(1)


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks, by what each of their requests brings."""

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A trace in one answer."""

    visitor: str
    address: str
    trace: Trace


@dataclass
class Walk:
    """A walk through one portal: where it goes, what it looks for, and what it has seen so far."""

    app: Flask
    host: str
    detector: Detector
    language: str
    found: list[Found] = field(default_factory=list)
    pages: int = 0
    files: set[str] = field(default_factory=set)
    endpoints: set[str] = field(default_factory=set)
    """The routes that answered with a page."""
    failed: list[str] = field(default_factory=list)
    """What could not be looked at, since it failed."""

    def look(
        self, answer: TestResponse, *, visitor: str, address: str, endpoint: str | None = None
    ) -> None:
        """Note every trace in an answer."""
        if answer.status_code >= 500:
            self.failed.append(address)
        text = told(self.app, answer)
        self.found += [
            Found(visitor, address, trace)
            for trace in self.detector.find(text)
            if endpoint not in BETWEEN_BOTH or trace.foreign.what not in OF_OPERATOR
        ]


def walk(
    app: Flask, *, host: str, visitors: Sequence[Visitor], detector: Detector, language: str
) -> Walk:
    """Ask for every page without an argument, for all that it leads to, and for what is refused.

    Of pages that differ by an id only, each visitor looks at `ALIKE_MAX`; a file is looked at once.
    It asks by reading only, so that nothing is changed. It has to be called outside of a request.
    """
    done = Walk(app, host, detector, language)
    for visitor in visitors:
        _as_visitor(done, visitor)
        for method, path in REFUSALS:
            answer = ask(app, path, host=host, method=method, headers=visitor.headers)
            done.look(answer, visitor=visitor.name, address=f"{method} {path}")
    _files(done)
    return done


def ask(
    app: Flask,
    path: str,
    *,
    host: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    **options: Any,
) -> TestResponse:
    """One request to the application itself, of a network that has not asked before."""
    return app.test_client(use_cookies=False).open(
        path,
        method=method,
        base_url=f"https://{host}",
        headers=dict(headers or {}),
        environ_overrides={"REMOTE_ADDR": f"2001:db8:{next(_networks) % 65536:x}::1"},
        buffered=True,
        **options,
    )


def told(app: Flask, answer: TestResponse) -> str:
    """All that an answer tells: status, headers, body, what is packed in it, sealed cookies."""
    lines = [answer.status]
    for name, value in answer.headers.items():
        lines.append(f"{name}: {value}")
        if name == "Set-Cookie":
            lines += [str(_unsealed(app, sealed)) for sealed in parse_cookie(value).values()]
    return "\n".join([*lines, _body(answer)])


def _as_visitor(done: Walk, visitor: Visitor) -> None:
    routes = done.app.url_map.bind(done.host)
    waiting = deque(_without_arguments(done.app))
    seen, alike = set(waiting), Counter[str]()
    headers = {"Accept-Language": done.language, **visitor.headers}
    for _ in range(PAGES_MAX):
        if not waiting:
            return
        path = waiting.popleft()
        answer = ask(done.app, path, host=done.host, headers=headers)
        done.pages += 1
        endpoint = _endpoint(routes, path)
        done.look(answer, visitor=visitor.name, address=path, endpoint=endpoint)
        if answer.status_code == 200 and endpoint is not None:
            done.endpoints.add(endpoint)
        for link in _links(answer, done.host):
            if link.startswith(_FILES):
                done.files.add(link)
                continue
            kind = f"{_endpoint(routes, link)}?{'?' in link}"
            if link in seen or _endpoint(routes, link) is None or alike[kind] >= ALIKE_MAX:
                continue
            alike[kind] += 1
            seen.add(link)
            waiting.append(link)


def _files(done: Walk) -> None:
    """The files of all pages, and those that a stylesheet among them draws in."""
    waiting = deque(sorted(done.files))
    while waiting:
        path = waiting.popleft()
        answer = ask(done.app, path, host=done.host)
        done.look(answer, visitor="a visitor", address=path)
        if answer.mimetype == "text/css":
            more = set(_in_sheet(answer.text, path)) - done.files
            done.files |= more
            waiting.extend(sorted(more))


def _without_arguments(app: Flask) -> list[str]:
    return sorted(
        {
            rule.rule
            for rule in app.url_map.iter_rules()
            if not rule.arguments
            and "GET" in (rule.methods or ())
            and not rule.rule.startswith(FOR_NEIGHBOURS)
        }
    )


def _links(answer: TestResponse, host: str) -> Iterator[str]:
    """The addresses on this host that an answer leads to, as paths with their queries."""
    given = [answer.headers.get("Location", "")]
    if answer.mimetype == "text/html":
        given += [html.unescape(one or other) for one, other in _LINK.findall(answer.text)]
    for address in given:
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.path.startswith("/") and parts.netloc in {"", host}:
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


def _in_sheet(text: str, path: str) -> Iterator[str]:
    for address in _IN_SHEET.findall(text):
        if not address.startswith(("data:", "#", "http:", "https:", "//")):
            parts = [*path.split("/")[:-1], *address.partition("?")[0].split("/")]
            yield "/".join(each for n, each in enumerate(parts) if each or not n)


def _endpoint(routes: MapAdapter, address: str) -> str | None:
    """Which route reads this address, if one does."""
    path = urlsplit(address).path
    if path.startswith(FOR_NEIGHBOURS):
        return None
    try:
        endpoint, _ = routes.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint)


def _body(answer: TestResponse) -> str:
    if answer.data[:4] == b"PK\x03\x04":  # a spreadsheet
        with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
            inside = [packed.read(name) for name in packed.namelist()]
        return _text(b"\n".join(inside))
    kind = answer.mimetype or ""
    if kind.startswith(("image/", "font/")) and kind != "image/svg+xml":
        return ""
    if kind.endswith("json"):
        # Without escapes, so that a name is found whatever letters it has.
        return str(json.dumps(answer.get_json(silent=True), ensure_ascii=False))
    return _text(answer.data)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _unsealed(app: Flask, sealed: str) -> object:
    """What a signed cookie holds, legible for whoever takes the trouble; nothing of another."""
    interface = app.session_interface
    assert isinstance(interface, SecureCookieSessionInterface)
    serializer = interface.get_signing_serializer(app)
    assert serializer is not None
    try:
        return serializer.loads(sealed)
    except BadSignature:
        return ""
