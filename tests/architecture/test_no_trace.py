"""Nothing that a portal answers names the operator or another reseller."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.accounts import login_links, second_step, tickets, visits
from portal.accounts.models import Person
from portal.app import create_app
from portal.http import leak_walk
from portal.http.actor import anonymous
from portal.infra import outgoing
from portal.infra.db import Database, ResellerSession
from tests.architecture.canaries import (
    CONSOLE_HOST,
    OPERATOR,
    OTHER,
    OTHER_HOST,
    Planted,
    traces,
)
from tests.architecture.conftest import SETTINGS
from tests.architecture.entering import Pass, enter
from tests.architecture.matrix import ROUTES
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = pytest.mark.no_cover

SUNNY_HOST = "sunny.localhost"
VISITORS = (
    "nobody",
    "the owner",
    "a client that waits",
    "a suspended client",
    "staff",
    "staff looking at a client",
    "staff acting for a client",
    "a key for everything",
    "a key of staff",
    "the operator at a reseller",
)
# A header that is not here would have to be looked at: many servers name themselves in one.
HEADERS = {
    "Accept-Ranges", "Allow", "Cache-Control", "Content-Disposition", "Content-Length",
    "Content-Security-Policy", "Content-Type", "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy", "Date", "ETag",
    "Last-Modified", "Location", "Permissions-Policy", "Referrer-Policy", "Retry-After", "Server",
    "Set-Cookie", "Vary", "WWW-Authenticate", "X-Content-Type-Options", "X-Frame-Options",
    "X-Request-Id",
}  # fmt: skip
# For who has something that is good for minutes: each is made when its page is asked for.
TICKETS = {
    "public.continue_direct_login": "/direct-login/continue",
    "public.login_link": "/login/link?token={token}",
    "public.second_step": "/login/second-step",
    "public.visit": "/visit/{token}",
}
ALONE = {"tls_ask", *TICKETS}  # the first is for programs on this machine
FILES = re.compile(r'(?:href|src)="(/(?:a|brand|media)/[^"]+|/favicon[^"]*)"')
_networks = itertools.count(1)


@pytest.fixture(scope="module")
def shown(marked: Database, cast: Cast, planted: Planted) -> dict[str, Pass]:
    del planted
    return enter(marked, cast)


@pytest.fixture(scope="module")
def portals(marked: Database, cast: Cast, planted: Planted) -> Flask:
    """The application, after the operator has stopped Sunny and let it go on."""
    del planted
    app = create_app(SETTINGS, database=marked)
    console = Browser(app, marked, host=CONSOLE_HOST, actor=cast.olga)
    console.get(f"/operator/resellers/{SUNNY}")
    for act in ("suspend", "resume"):
        done = console.post(f"/operator/resellers/{SUNNY}/{act}")
        assert done.location == f"/operator/resellers/{SUNNY}"
    return app


def ask(
    app: Flask,
    path: str,
    *,
    method: str = "GET",
    shown: Pass | None = None,
    host: str = SUNNY_HOST,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> TestResponse:
    """One request, of a network that has not asked before."""
    return app.test_client(use_cookies=False).open(
        path,
        method=method,
        base_url=f"http://{host}:8000",
        headers={**(shown.headers if shown else {}), **(headers or {})},
        environ_overrides={"REMOTE_ADDR": f"2001:db8:{next(_networks):x}::1"},
        buffered=True,
        **options,
    )


def told(app: Flask, answer: TestResponse) -> str:
    """All that an answer tells, in small letters."""
    return leak_walk.told(app, answer).lower()


def assert_no_trace(app: Flask, answer: TestResponse, planted: Planted, what: object) -> None:
    assert traces(told(app, answer), planted) == set(), what
    assert {name for name, _ in answer.headers} <= HEADERS, what


def requests_of(app: Flask, planted: Planted) -> Iterator[tuple[Rule, str, str]]:
    """Every route with Sunny's own values, by GET and POST, also where one of them is refused."""
    for rule in app.url_map.iter_rules():
        given = planted.of_routes.get(rule.endpoint, {})
        values = {name: given.get(name) or planted.values[name] for name in rule.arguments}
        if rule.endpoint.startswith("public.brand_") and "token" in values:
            values["token"] = _preview_of(planted)
        _, path = rule.build(values) or ("", "")
        assert path, rule
        for method in ("GET", "POST"):
            yield rule, method, path


def _preview_of(planted: Planted) -> str:
    """The secret of the link to the preview of Sunny's draft."""
    signer = URLSafeSerializer(SETTINGS.secret, salt=f"brand-draft:{SUNNY}")
    return str(signer.dumps(planted.values["brand_draft"]))


# It can find something


@pytest.mark.parametrize("path", ["/operator/resellers", "/operator/gateways"])
def test_the_console_names_its_operator(
    portals: Flask, marked: Database, planted: Planted, cast: Cast, path: str
) -> None:
    seen = Browser(portals, marked, host=CONSOLE_HOST, actor=cast.olga).get(path)
    assert seen.status == 200
    assert OPERATOR in traces(seen.html, planted)


def test_the_other_reseller_names_itself(
    portals: Flask, marked: Database, planted: Planted, cast: Cast
) -> None:
    hanna = Browser(portals, marked, host=OTHER_HOST, actor=cast.hanna)
    for path in ("/reseller/clients", "/reseller/messages", "/reseller/packages"):
        assert OTHER in traces(re.sub(r"<header.*?</header>", "", hanna.get(path).text), planted)
    client = f"/reseller/clients/{cast.berta.client_id}"
    assert str(cast.berta.client_id) in traces(hanna.get("/reseller/clients").html, planted)
    assert {OTHER, str(cast.berta.client_id)} <= traces(hanna.get(client).html, planted)
    home = ask(portals, "/", host=OTHER_HOST)
    assert {OTHER, *_looks(home.text, planted)} <= traces(told(portals, home), planted)
    assert _looks(home.text, planted)


def _looks(html: str, planted: Planted) -> set[str]:
    """Canaries among the addresses of stylesheets and pictures."""
    return traces(" ".join(FILES.findall(html)), planted) - {OTHER, OPERATOR}


def test_every_route_is_asked_and_answers_somebody(
    portals: Flask, planted: Planted, shown: dict[str, Pass]
) -> None:
    answered: set[str] = set()
    for name in VISITORS:
        for rule, method, path in requests_of(portals, planted):
            if rule.endpoint in answered or method != "GET" or "GET" not in (rule.methods or ()):
                continue
            if ask(portals, path, shown=shown[name]).status_code == 200:
                answered.add(rule.endpoint)
    read = {endpoint for endpoint, (_, methods, _) in ROUTES.items() if "GET" in methods}
    of_others = {endpoint for endpoint in read if endpoint.startswith("operator")}
    hooks = {endpoint for endpoint in read if endpoint.startswith("hooks.")}
    assert answered == read - of_others - hooks - ALONE


# And finds nothing


def test_staff_read_what_was_done_but_not_who_at_the_operator_did_it(
    portals: Flask, planted: Planted, shown: dict[str, Pass]
) -> None:
    answer = ask(portals, "/reseller/activity", shown=shown["staff"])
    for act in ("credited the cover", "stopped the portal from sending", "let the portal send"):
        assert re.search(rf">your provider</span></td><td[^>]*>{act}", answer.text), act
    assert_no_trace(portals, answer, planted, "activity")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        *((name, "en") for name in VISITORS),
        *((name, "de") for name in ("nobody", "the owner", "staff")),
    ],
)
def test_no_answer_names_another(
    portals: Flask, planted: Planted, shown: dict[str, Pass], name: str, language: str
) -> None:
    files = {"/favicon.ico"}
    spoken = {"Accept-Language": language}
    for rule, method, path in requests_of(portals, planted):
        answer = ask(portals, path, method=method, shown=shown[name], headers=spoken)
        assert_no_trace(portals, answer, planted, (rule.endpoint, method))
        outgoing.assert_no_transaction()  # nor does any leave its transaction open
        if answer.mimetype == "text/html":
            files.update(FILES.findall(answer.text))
    assert len(files) > 3
    for path in sorted(files):
        answer = ask(portals, path)
        assert answer.status_code == 200, path
        assert_no_trace(portals, answer, planted, path)


def test_no_file_of_the_others_is_given_out(portals: Flask, planted: Planted) -> None:
    """By its true name, at the wrong host."""
    home = ask(portals, "/", host=OTHER_HOST)
    for path in FILES.findall(home.text):
        if not traces(path, planted):
            continue
        answer = ask(portals, path)
        body = answer.data.decode("utf-8", "replace").replace(path, "")
        asked = traces(path, planted)
        assert traces(body, planted) <= asked, path
        assert answer.data != ask(portals, path, host=OTHER_HOST).data, path


@pytest.mark.parametrize("endpoint", TICKETS)
def test_who_has_a_ticket(
    portals: Flask, planted: Planted, marked: Database, cast: Cast, endpoint: str
) -> None:
    with marked.session(SUNNY) as session, session.begin():
        token = _ticket(session, cast, endpoint)
    cookie = f"__Host-ticket={token}; __Host-step={token}"
    path = TICKETS[endpoint].format(token=token)
    answer = ask(portals, path, headers={"Cookie": cookie})
    assert answer.status_code == 200
    assert_no_trace(portals, answer, planted, endpoint)


def _ticket(session: ResellerSession, cast: Cast, endpoint: str) -> str:
    if endpoint == "public.visit":
        olga = visits.Visitor(person_id=cast.olga.person_id or 0, epoch=0, language="en")
        by = replace(cast.olga, name=f"{OPERATOR} staff")
        return visits.issue(session, by=by, visitor=olga, host=SUNNY_HOST, reason="Asked to")
    alice = session.get_one(Person, (SUNNY, cast.alice.owner.person_id))
    if endpoint == "public.second_step":
        return second_step.issue(session, person=alice)
    if endpoint == "public.login_link":
        return login_links.issue(session, by=cast.sam, person=alice)
    return tickets.issue(session, person=alice)


@pytest.mark.parametrize("path", ["/nope", "/api/v1/nope", "/hooks/nope", "/operator/resellers"])
@pytest.mark.parametrize("name", ["nobody", "the owner", "staff", "a key for everything"])
def test_what_is_not_there(
    portals: Flask, planted: Planted, shown: dict[str, Pass], name: str, path: str
) -> None:
    answer = ask(portals, path, shown=shown[name])
    assert answer.status_code in ({303, 404} if path.startswith("/operator") else {404})
    assert_no_trace(portals, answer, planted, path)


@pytest.mark.parametrize(
    ("status", "request_line", "options"),
    [
        (400, "POST /login", {"data": {"email": "x", "password": "x"}}),
        (401, "GET /api/v1/balance", {}),
        (403, "POST /login", {"headers": {"Sec-Fetch-Site": "cross-site"}}),
        (405, "DELETE /login", {}),
        (405, "DELETE /api/v1/balance", {}),
        (413, "POST /login", {"data": b"x" * 20_000_000}),
    ],
)
def test_refusals(
    portals: Flask, planted: Planted, status: int, request_line: str, options: dict[str, Any]
) -> None:
    method, path = request_line.split()
    answer = ask(portals, path, method=method, **options)
    assert answer.status_code == status
    assert_no_trace(portals, answer, planted, request_line)


def test_the_interface_at_work(portals: Flask, planted: Planted, shown: dict[str, Pass]) -> None:
    key = shown["a key for everything"]
    for order, status in (
        ({"to": "+12025550142", "text": "Hello"}, 202),
        ({"to": "+12025550142", "text": "Hello", "from": "Nobody"}, 422),
        ({"to": "nonsense"}, 422),
    ):
        answer = ask(portals, "/api/v1/messages", method="POST", shown=key, json=order)
        assert answer.status_code == status, answer.text
        assert_no_trace(portals, answer, planted, order)
    order = {"to": "+12025550142", "text": "x" * 20_000_000}
    answer = ask(portals, "/api/v1/messages", method="POST", shown=key, json=order)
    assert answer.status_code == 413
    assert_no_trace(portals, answer, planted, "a large order")


@pytest.mark.parametrize(
    ("endpoint", "path"), [("public.login", "/login"), ("api.openapi", "/api/v1/openapi.json")]
)
def test_a_failure(
    portals: Flask, planted: Planted, monkeypatch: pytest.MonkeyPatch, endpoint: str, path: str
) -> None:
    @anonymous
    def fail() -> str:
        raise RuntimeError(f"the gateway of {OPERATOR} is away")

    monkeypatch.setitem(portals.view_functions, endpoint, fail)
    answer = ask(portals, path)
    assert answer.status_code == 500
    assert_no_trace(portals, answer, planted, path)


@pytest.mark.parametrize("host", ["nobody.localhost", "192.0.2.7", "x.sunny.localhost"])
@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/balance", "/favicon.ico"])
def test_a_host_of_nobody(portals: Flask, planted: Planted, host: str, path: str) -> None:
    answer = ask(portals, path, host=host)
    assert answer.status_code == 421
    assert_no_trace(portals, answer, planted, path)
    assert "sunny" not in told(portals, answer).replace(host, "")
