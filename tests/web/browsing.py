"""A browser without a screen: it keeps cookies, sends the token of forms, and reads text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

from portal.accounts import sessions
from portal.accounts.actor import Actor
from portal.accounts.models import Person
from portal.infra.db import Database

_TITLE = re.compile(r"<title>[^<]*</title>")
_TOKEN = re.compile(r'name="csrf[_-]token"[^>]* (?:content|value)="([^"]+)"')
_REQUEST_ID = re.compile(r"<copy-text><code>[^<]+</code>")


class _Words(HTMLParser):
    """The text of a page, without what nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, _: object) -> None:
        self._silent += tag in {"script", "style", "head"}

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style", "head"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


@dataclass(frozen=True)
class Seen:
    """An answer as somebody sees it."""

    status: int
    html: str
    location: str

    def __post_init__(self) -> None:
        """No page's title is anything but words: it stands in an attribute, too."""
        assert "<title>" not in self.html or _TITLE.search(self.html), "markup in the title"

    @property
    def text(self) -> str:
        """What is to be read on it, with single blanks."""
        parser = _Words()
        parser.feed(self.html)
        return " ".join(" ".join(parser.words).split())

    @property
    def anonymous_html(self) -> str:
        """Its HTML without the number of the request, to compare two refusals."""
        return _TOKEN.sub("", _REQUEST_ID.sub("", self.html))

    def value_of(self, field: str) -> str:
        """What stands in an input of the page, by its id, or by its name if it is hidden."""
        found = re.search(rf'<input[^>]* (?:id|name)="{field}"[^>]*>', self.html)
        assert found, f"no input {field}"
        value = re.search(r' value="([^"]*)"', found[0])
        return value[1] if value else ""

    def rows(self) -> int:
        """How many lines the tables of the page have."""
        bodies = re.findall(r"<tbody>.*?</tbody>", self.html, re.DOTALL)
        return sum(body.count("<tr>") for body in bodies)

    def link(self, rel: str) -> str:
        """Where the link to the older (`next`) or newer (`prev`) page leads."""
        found = re.search(rf'rel="{rel}" href="([^"]+)"', self.html)
        assert found, f"no link {rel}"
        return unescape(found[1])


class Browser:
    """Somebody at a host name; without an actor, a visitor."""

    def __init__(
        self, app: Flask, database: Database, *, host: str, actor: Actor | None = None
    ) -> None:
        self._client = app.test_client()
        self._base = f"http://{host}"
        self._token = ""
        self.database = database
        if actor is not None:
            self._client.set_cookie("__Host-sid", _signed_in(database, actor, host), domain=host)

    def get(self, path: str, **headers: str) -> Seen:
        """Open a page."""
        return self._seen(self._client.get(path, base_url=self._base, headers=headers))

    def raw(self, path: str) -> TestResponse:
        """An answer with its headers and its bytes, as for a file."""
        return self._client.get(path, base_url=self._base)

    def post(self, path: str, *, fragment: bool = False, **fields: str) -> Seen:
        """Send a form, with the token of the last page that had one."""
        if not self._token:
            self.get("/")
            self.get("/login")
        headers = {"HX-Request": "true"} if fragment else {}
        # `from` is a word of Python's.
        data = {name.rstrip("_"): value for name, value in fields.items()}
        answer = self._client.post(
            path,
            base_url=self._base,
            data={**data, "csrf_token": self._token},
            headers=headers,
        )
        return self._seen(answer)

    def follow(self, seen: Seen) -> Seen:
        """Go where a redirection leads."""
        assert seen.status == 303, (seen.status, seen.text)
        return self.get(seen.location)

    def _seen(self, answer: object) -> Seen:
        html = answer.get_data().decode(errors="replace")  # a picture is no text
        found = _TOKEN.search(html)
        self._token = found[1] if found else self._token
        return Seen(answer.status_code, html, answer.headers.get("Location", ""))


def _signed_in(database: Database, actor: Actor, host: str) -> str:
    with database.session(actor.reseller_id) as session, session.begin():
        person = session.get(Person, (actor.reseller_id, actor.person_id))
        assert person is not None
        return sessions.start(
            session, person=person, host=host, address="192.0.2.1", browser="tests"
        )
