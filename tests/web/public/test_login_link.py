"""Signing in by a link of the reseller's own website, and by one of the interface."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts import activity, api_keys, clients, login_secrets
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.session_models import SignedIn
from portal.http.wiring import current
from portal.infra import clock
from portal.infra.db import Database
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit

DOCS = Path("docs/login-links.md")
SECRET = re.compile(r"<code>([\w-]{43})</code>")


@pytest.fixture
def secret(app: Flask, database: Database, cast: Cast) -> str:
    """A secret of Sunny's."""
    with app.app_context():
        vault = current().vault
    with database.session(SUNNY) as session, session.begin():
        return login_secrets.make(session, by=cast.sam, vault=vault)


def link(secret: str, *, name: str = "a name of its own", **changes: Any) -> str:
    exp = int(clock.now().timestamp()) + 50
    said = {"sub": "alice@acme.test", "jti": name, "exp": exp, **changes}
    return jwt.encode(said, secret, algorithm="HS256")


def follow(browser: Browser, token: str) -> Seen:
    """Open the link, and send the page that it leads to."""
    opened = browser.get(f"/login/link?token={token}")
    assert opened.status == 200, opened.text
    return browser.post("/login/link", token=opened.value_of("token"))


def sessions(database: Database) -> int:
    with database.session(SUNNY) as session:
        return session.scalar(select(func.count()).select_from(SignedIn)) or 0


def test_a_signed_link_leads_to_the_clients_pages_once(
    visit: Visit, database: Database, secret: str
) -> None:
    browser, token = visit(), link(secret)
    opened = browser.get(f"/login/link?token={token}")
    assert "You go on as Alice Tester" in opened.text
    assert "<submit-itself>" in opened.html
    assert sessions(database) == 0  # who only looks at the address uses nothing up
    done = browser.post("/login/link", token=token)
    assert (done.status, done.location) == (303, "/dashboard")
    assert "Acme" in browser.follow(done).text or browser.get("/dashboard").status == 200
    assert sessions(database) == 1
    for again in (visit(), browser):
        assert again.get(f"/login/link?token={token}").status == 410
        assert again.post("/login/link", token=token).status == 410
    assert sessions(database) == 1
    with database.session(SUNNY) as session:
        row = activity.latest(session, limit=1)[0]
    assert (row.what, row.details["proof"]) == ("login.succeeded", "link")


def test_what_is_no_link_says_so_and_begins_nothing(
    visit: Visit, database: Database, secret: str
) -> None:
    late = link(secret, exp=int(clock.now().timestamp()) - 1)
    for token in ("", "x", "a.b.c", late, link("another secret of some length, not ours")):
        seen = visit().get(f"/login/link?token={token}")
        assert seen.status == 410, token
        assert "This link does not work any more" in seen.text
    assert visit().get("/login/link").status == 410
    assert visit().post("/login/link").status == 410
    assert sessions(database) == 0


def test_tries_are_counted_with_all_others(visit: Visit, secret: str) -> None:
    browser = visit()
    said = [browser.get("/login/link?token=a.b.c").status for _ in range(12)]
    assert said[:10] == [410] * 10
    assert said[10:] == [429] * 2
    assert browser.post("/login", email="alice@acme.test", password="x").status == 429


def test_whoever_is_signed_in_is_asked_first(visit: Visit, cast: Cast, secret: str) -> None:
    henry, token = visit(cast.henry.owner), link(secret)
    opened = henry.get(f"/login/link?token={token}")
    assert "You are signed in as Henry Tester" in opened.text
    assert "<submit-itself>" not in opened.html
    assert "Henry" in henry.get("/dashboard").text
    assert henry.post("/login/link", token=token).location == "/dashboard"
    assert "Alice" in henry.get("/dashboard").text


def test_those_who_wait_see_what_they_wait_for(
    visit: Visit, cast: Cast, database: Database, secret: str
) -> None:
    waiting = follow(visit(), link(secret, sub="walter@waiting.test"))
    assert waiting.status == 200
    assert sessions(database) == 0
    with database.session(SUNNY) as session, session.begin():
        clients.suspend(session, client_id=cast.alice.client_id, by=cast.sam, reason="a test")
    assert follow(visit(), link(secret, name="another name")).location == "/dashboard"


def test_nobody_of_the_staff_comes_in_so_nor_anybody_at_the_console(
    visit: Visit, cast: Cast, secret: str
) -> None:
    token = link(secret, sub="sam@sunny.test")
    assert visit().get(f"/login/link?token={token}").status == 410
    console = visit(host=cast.console_host)
    assert console.get(f"/login/link?token={link(secret)}").status == 404
    assert visit(host=cast.harbour_host).get(f"/login/link?token={link(secret)}").status == 410


def test_a_secret_is_made_shown_once_and_revoked(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    assert "Login links from your server" in sam.get("/reseller/access").text
    made = sam.post("/reseller/access/secrets")
    found = SECRET.search(made.html)
    assert made.status == 200
    assert found
    assert found[1] not in sam.get("/reseller/access").html
    assert follow(visit(), link(found[1])).location == "/dashboard"
    assert SECRET.search(sam.post("/reseller/access/secrets").html)
    third = sam.follow(sam.post("/reseller/access/secrets"))
    assert "There are two secrets already" in third.text
    path = re.search(r"/reseller/access/secrets/\d+/revoke", third.html)
    assert path
    assert "The secret is revoked." in sam.follow(sam.post(path[0])).text
    token = link(found[1], name="another name")
    assert visit().get(f"/login/link?token={token}").status == 410
    assert sam.post("/reseller/access/secrets/1/revoke").status == 404


def test_making_a_secret_asks_who_it_is(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/access")
    with clock.pretending(clock.now() + timedelta(minutes=11)):
        assert sam.post("/reseller/access/secrets").location.startswith("/confirm")


def test_the_interface_makes_links_as_well(
    app: Flask, visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        _, key = api_keys.create(session, by=cast.sam, name="Site", scopes={Right.LOGIN_LINKS_MAKE})
        number = session.get_one(Client, (SUNNY, cast.alice.client_id)).number

    def ask(**body: Any) -> Any:
        return app.test_client().post(
            "/api/v1/login-links",
            base_url="http://sunny.localhost",
            headers={"Authorization": f"Bearer {key}"},
            json=body,
        )

    for body in ({"email": "alice@acme.test"}, {"client_number": number}):
        answer = ask(**body)
        assert answer.status_code == 201, answer.text
        url = answer.json["url"]
        token = url.removeprefix("http://sunny.localhost:8000/login/link?token=")
        assert follow(visit(), token).location == "/dashboard"
        assert visit().get(f"/login/link?token={token}").status == 410
    assert ask(email="sam@sunny.test").status_code == 404
    assert ask(email="berta@buch.test").status_code == 404
    assert ask(client_number=7).status_code == 404
    assert ask(email="walter@waiting.test").status_code == 422
    assert ask().status_code == 422
    assert ask(email="alice@acme.test", client_number=number).status_code == 422


def test_the_example_of_the_documentation_works(visit: Visit, secret: str) -> None:
    """It stands there as it is run here."""
    example = re.search(r"```python\n(.+?)```", DOCS.read_text(), re.DOTALL)
    assert example
    names: dict[str, Any] = {}
    exec(compile(example[1], str(DOCS), "exec"), names)  # noqa: S102 - our own documentation
    url = names["login_link"]("http://sunny.localhost:8000", secret, "alice@acme.test")
    token = url.removeprefix("http://sunny.localhost:8000/login/link?token=")
    assert follow(visit(), token).location == "/dashboard"
