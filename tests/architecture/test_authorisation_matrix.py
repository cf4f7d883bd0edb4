"""Every route, tried by everybody: who is let in, who is sent away, and how."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from portal.accounts.roles import Right
from portal.http.actor import Access, access_of
from portal.http.security import FROM_OTHER_SITES
from tests.architecture.entering import Pass
from tests.architecture.matrix import REFUSED_INSIDE, ROUTES, VISITORS, Open, Outcome, outcome
from tests.builders.addresses import WORDS

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = pytest.mark.no_cover

_networks = itertools.count(1)
AN_ID = 4_000_000_000_000_000_000
SEEN_AS = {
    (200, "admitted"): Outcome.ADMITTED,
    (303, "login"): Outcome.SIGN_IN,
    (401, "problem"): Outcome.NO_KEY,
    (403, ""): Outcome.FORBIDDEN,
    (403, "problem"): Outcome.FORBIDDEN,
    (404, ""): Outcome.NOT_THERE,
    (404, "problem"): Outcome.NOT_THERE,
}


# The id of the request, and the token of its form.
OF_THIS_REQUEST = re.compile(
    r'<code>[^<]+</code>|name="csrf[_-]token" (content|value)="[^"]*"|"request_id": *"[^"]*"'
)


def methods_of(rule: Rule) -> set[str]:
    return set(rule.methods or ()) - {"HEAD", "OPTIONS"}


def requests_of(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every route with every method: its endpoint, the method, and an address."""
    for rule in app.url_map.iter_rules():
        values: dict[str, object] = {
            name: AN_ID if isinstance(converter, IntegerConverter) else WORDS.get(name, "x")
            for name, converter in rule._converters.items()
        }
        _, path = rule.build(values) or ("", "")
        for method in sorted(methods_of(rule)):
            yield rule.endpoint, method, path


def ask(app: Flask, method: str, path: str, *, host: str, shown: Pass) -> TestResponse:
    """One request, of a network that has not tried before: guesses at keys are counted by it."""
    return app.test_client(use_cookies=False).open(
        path,
        method=method,
        base_url=f"http://{host}.localhost:8000",
        headers=shown.headers,
        environ_overrides={"REMOTE_ADDR": f"2001:db8:{next(_networks):x}::1"},
        buffered=True,
    )


def seen(answer: TestResponse) -> object:
    """The outcome that an answer stands for; what it is otherwise, to be read in a failure."""
    kind = ""
    if answer.text == "admitted":
        kind = "admitted"
    elif answer.headers.get("Location", "").startswith("/login"):
        kind = "login"
    elif answer.mimetype == "application/problem+json":
        kind = "problem"
    return SEEN_AS.get((answer.status_code, kind), (answer.status_code, kind))


def test_the_table_knows_every_route(portal_app: Flask) -> None:
    """A new route is entered in `matrix.py`, with whom it is for, or it does not get in."""
    routes: dict[str, set[str]] = {}
    for rule in portal_app.url_map.iter_rules():
        routes.setdefault(rule.endpoint, set()).update(methods_of(rule))
    known = {endpoint: set(methods.split()) for endpoint, (_, methods, _) in ROUTES.items()}
    assert known == routes


def test_every_view_asks_for_what_the_table_says(portal_app: Flask) -> None:
    asked: dict[str, Right | Open | None] = {}
    for endpoint, view in portal_app.view_functions.items():
        access = access_of(view)
        assert access is not None, f"{endpoint} does not say whom it is for"
        asked[endpoint] = access.right or _open_to(access)
    assert asked == {endpoint: asks for endpoint, (_, _, asks) in ROUTES.items()}


def _open_to(access: Access) -> Open:
    if access.is_public:
        return Open.TO_ALL
    return Open.TO_THEMSELVES if access.is_personal else Open.TO_THE_AUDIENCE


def test_every_right_is_asked_for_somewhere() -> None:
    assert {asks for _, _, asks in ROUTES.values() if isinstance(asks, Right)} == set(Right)


@pytest.mark.parametrize("name", VISITORS)
def test_who_is_let_in(guarded: Flask, passes: dict[str, Pass], name: str) -> None:
    visitor = VISITORS[name]
    found = {}
    for endpoint, method, path in requests_of(guarded):
        answer = ask(guarded, method, path, host=visitor.host, shown=passes[name])
        found[endpoint, method] = seen(answer)
    assert found == {asked: outcome(asked[0], visitor, asked[1]) for asked in found}


@pytest.mark.parametrize("name", VISITORS)
def test_pages_answer_whom_they_let_in(
    portal_app: Flask, passes: dict[str, Pass], name: str
) -> None:
    """Where nothing has to be looked for, a page that is for somebody is there."""
    visitor = VISITORS[name]
    with_values = {rule.endpoint for rule in portal_app.url_map.iter_rules() if rule.arguments}
    for endpoint, method, path in requests_of(portal_app):
        if method != "GET" or endpoint in with_values:
            continue
        if outcome(endpoint, visitor) is Outcome.ADMITTED:
            answer = ask(portal_app, method, path, host=visitor.host, shown=passes[name])
            inside = REFUSED_INSIDE.get((endpoint, visitor.host)) or REFUSED_INSIDE.get(
                (endpoint, name)
            )
            assert answer.status_code in ({inside} if inside else {200, 303}), endpoint


@pytest.mark.parametrize("name", VISITORS)
def test_no_page_changes_anything_without_the_token_of_a_form(
    portal_app: Flask, passes: dict[str, Pass], name: str
) -> None:
    visitor = VISITORS[name]
    for endpoint, method, path in requests_of(portal_app):
        door = ROUTES[endpoint][0]
        if method != "POST" or door.for_programs or endpoint.startswith("hooks."):
            continue
        if outcome(endpoint, visitor, method) is Outcome.ADMITTED:
            answer = ask(portal_app, method, path, host=visitor.host, shown=passes[name])
            # A form that stands on other sites asks where it comes from instead.
            elsewhere = {404 if visitor.host == "console" else 403}
            expected = elsewhere if endpoint in FROM_OTHER_SITES else {400}
            assert answer.status_code in expected, endpoint


def test_two_badges_are_not_better_than_one(guarded: Flask, passes: dict[str, Pass]) -> None:
    """A cookie opens no interface, and a key opens no page, whichever else is shown."""
    owner = passes["the owner"].headers["Cookie"]
    both = Pass({"Cookie": owner} | passes["a key for the balance"].headers)
    sending = ask(guarded, "POST", "/api/v1/messages", host="sunny", shown=both)
    assert seen(sending) is Outcome.FORBIDDEN
    keys = ask(guarded, "GET", "/dashboard", host="sunny", shown=passes["a key for everything"])
    assert seen(keys) is Outcome.SIGN_IN
    twice = Pass({"Cookie": f"{owner}; {passes['staff'].headers['Cookie']}"})
    assert ask(guarded, "GET", "/dashboard", host="sunny", shown=twice).status_code == 400


def test_every_refusal_is_the_same_whatever_it_hides(
    portal_app: Flask, passes: dict[str, Pass]
) -> None:
    """A page of another audience looks like a page that is not."""
    nowhere = _said(ask(portal_app, "GET", "/nope", host="sunny", shown=passes["the owner"]))
    for path in ("/reseller/", f"/reseller/clients/{AN_ID}", "/operator/resellers"):
        there = _said(ask(portal_app, "GET", path, host="sunny", shown=passes["the owner"]))
        assert there == nowhere, path


def _said(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, OF_THIS_REQUEST.sub("", answer.text)
