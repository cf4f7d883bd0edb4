"""Headers, cookies, forged requests, and where people are sent on to."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask_wtf.csrf import CSRFError
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.http import security
from portal.http.wiring import current
from portal.infra.config import Settings
from portal.infra.db import Database
from tests.builders.addresses import filled
from tests.cast import PASSWORD, Cast
from tests.http.asking import CONSOLE, HARBOUR, SUNNY, ask
from tests.web.conftest import Visit

LOGIN = {"email": "alice@acme.test", "password": PASSWORD}


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.text)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path", ["/", "/login", "/nope", "/api/v1/nope", "/favicon.ico", "/healthz"]
)
def test_every_answer_is_hardened(reading: Flask, path: str) -> None:
    headers = ask(reading, path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Host" in headers["Vary"]
    assert len(headers["X-Request-Id"]) >= 8
    assert "Strict-Transport-Security" not in headers
    assert headers["Server"] == "web"


def test_pages_are_kept_by_nobody(reading: Flask) -> None:
    assert ask(reading, "/login").headers["Cache-Control"] == "no-store"
    assert ask(reading, "/login").headers["Vary"] == "Host, Cookie"


def test_over_https_browsers_are_told_to_stay_there(
    reading: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading.app_context():
        parts = current()
    secure = replace(parts.settings, public_scheme="https", public_port=443)
    monkeypatch.setitem(reading.extensions, "portal", replace(parts, settings=secure))
    answer = ask(reading, "/login", "https://sunny.localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_have_no_inline_script_or_style(app: Flask, visit: Visit, cast: Cast) -> None:
    pages = [ask(app, path).text for path in ("/", "/login", "/signup", "/reset", "/nope")]
    pages += [
        visit(cast.alice.owner).get("/dashboard").html,
        visit(cast.sam).get("/reseller/").html,
    ]
    for page in pages:
        assert not re.search(r"<script(?![^>]* src=)[^>]*>(?!\s*</script>)", page)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)


def test_cookies_stay_on_their_host_and_out_of_scripts(app: Flask) -> None:
    browser = app.test_client()
    page = browser.get("/login", base_url=SUNNY)
    form = {**LOGIN, "csrf_token": token_of(page)}
    answer = browser.post("/login", base_url=SUNNY, data=form)
    set_cookies = page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    names = {each.partition("=")[0] for each in set_cookies}
    assert names == {"__Host-form", "__Host-sid", "__Host-device"}
    for each in set_cookies:
        attributes = {part.strip().lower() for part in each.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
        assert not any(part.startswith("domain") for part in attributes)


def test_over_plain_http_elsewhere_cookies_have_no_prefix(reading: Flask) -> None:
    with reading.test_request_context("/", base_url="http://sms.sunny.test"):
        assert security.cookie_name("sid") == "sid"
    with reading.test_request_context("/", base_url="http://Sunny.localhost:8000"):
        assert security.cookie_name("sid") == "__Host-sid"
    with reading.test_request_context("/", base_url="http://sunny.localhost.evil.test"):
        assert security.cookie_name("sid") == "sid"


def test_two_session_cookies_are_one_too_many(reading: Flask) -> None:
    planted = {"Cookie": f"__Host-sid={'a' * 43}; __Host-sid={'b' * 43}"}
    assert ask(reading, "/login", headers=planted).status_code == 400


def test_a_cookie_that_does_not_hold_is_taken_away(reading: Flask) -> None:
    for value in ("a" * 43, "", "x", "é", "%00"):
        answer = ask(
            reading, "/login", headers={"Cookie": f"__Host-sid={value}".encode().decode("latin-1")}
        )
        assert answer.status_code == 200
        gone = [each for each in answer.headers.getlist("Set-Cookie") if "__Host-sid=;" in each]
        assert len(gone) == 1


def test_visitors_leave_no_rows(app: Flask, database: Database) -> None:
    for path in ("/", "/login", "/signup", "/reset"):
        ask(app, path)
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT set_config('app.reseller', '*', true), (SELECT count(*) FROM sessions)"
        ).one()
    assert found[1] == 0


def test_a_change_needs_the_token_of_ones_own_form(app: Flask) -> None:
    browser, other = app.test_client(), app.test_client()
    mine = token_of(browser.get("/login", base_url=SUNNY))
    theirs = token_of(other.get("/login", base_url=SUNNY))
    for token in (None, "", "x", theirs, "é", "\x7f", mine + "x", mine[::-1]):
        form = LOGIN if token is None else {**LOGIN, "csrf_token": token}
        assert browser.post("/login", base_url=SUNNY, data=form).status_code == 400, token
    form = {**LOGIN, "csrf_token": mine}
    assert browser.post("/login", base_url=SUNNY, data=form).status_code == 303


def test_a_token_of_before_signing_in_is_worth_nothing_after(app: Flask) -> None:
    browser = app.test_client()
    before = token_of(browser.get("/login", base_url=SUNNY))
    browser.post("/login", base_url=SUNNY, data={**LOGIN, "csrf_token": before})
    answer = browser.post("/logout", base_url=SUNNY, data={"csrf_token": before})
    assert answer.status_code == 400
    assert browser.get("/dashboard", base_url=SUNNY).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": HARBOUR},
        {"Origin": "https://sunny.localhost:8000"},
        {"Origin": "http://sunny.localhost"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_is_asked_for_from_ones_own_site(app: Flask, headers: dict[str, str]) -> None:
    browser = app.test_client()
    form = {**LOGIN, "csrf_token": token_of(browser.get("/login", base_url=SUNNY))}
    assert browser.post("/login", base_url=SUNNY, data=form, headers=headers).status_code == 403
    own = {"Origin": SUNNY, "Sec-Fetch-Site": "same-origin"}
    assert browser.post("/login", base_url=SUNNY, data=form, headers=own).status_code == 303


def test_every_route_that_changes_something_is_protected(reading: Flask) -> None:
    """Exempt are the three blueprints that believe no cookie, one form, and nothing else."""
    assert {"api", "operator_api", "hooks"} == security.WITHOUT_FORM_TOKEN
    assert {"public.direct_login"} == security.FROM_OTHER_SITES
    seen = set()
    for rule in reading.url_map.iter_rules():
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            path = filled(rule.rule, "1")
            with reading.test_request_context(path, method=method, base_url=SUNNY) as context:
                blueprint = context.request.blueprint
                exempt = rule.endpoint in security.FROM_OTHER_SITES
                if blueprint in security.WITHOUT_FORM_TOKEN or exempt:
                    security.refuse_forged()
                else:
                    with pytest.raises(CSRFError):
                        security.refuse_forged()
                seen.add(blueprint)
    assert seen == {"public", "account", "client", "reseller", "operator", "api", "hooks"}


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "//evil.test",
        "/\\evil.test",
        "///evil.test",
        "\\\\evil.test",
        "https:evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/dashboard\r\nSet-Cookie: a=b",
        "/dash board",
        "/dashboardé",
        "/nope",
        "/logout",
        "/reseller",
        "dashboard",
        "/[",
        "/%0d%0a",
    ],
)
def test_nobody_is_sent_elsewhere(reading: Flask, wanted: str) -> None:
    with reading.test_request_context("/", base_url=SUNNY):
        assert security.safe_next(wanted) is None
        assert security.safe_next("/messages?status=delivered&q=%2B1") is not None


def test_signing_in_goes_on_to_where_one_wanted(app: Flask) -> None:
    for wanted, found in [("/messages?q=1", "/messages?q=1"), ("//evil.test", "/dashboard")]:
        browser = app.test_client()
        form = {**LOGIN, "csrf_token": token_of(browser.get("/login", base_url=SUNNY))}
        answer = browser.post("/login", base_url=SUNNY, data=form, query_string={"next": wanted})
        assert answer.headers["Location"] == found


def test_proxies_are_believed_only_when_there_is_one(database: Database) -> None:
    settings = Settings(secret="a secret of the tests, long enough", public_scheme="http")
    headers = {
        "X-Forwarded-For": "198.51.100.7, 203.0.113.9",
        "X-Forwarded-Host": "harbour.localhost",
    }
    for trusted, seen in [(False, "127.0.0.1"), (True, "203.0.113.9")]:
        app = create_app(replace(settings, trust_proxy=trusted), database=database)
        browser = app.test_client()
        page = browser.get("/login", base_url=SUNNY, headers=headers)
        assert "SunnyText" in page.text
        form = {**LOGIN, "csrf_token": token_of(page)}
        assert browser.post("/login", base_url=SUNNY, data=form, headers=headers).status_code == 303
        with database.engine.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT set_config('app.reseller', '1', true),"
                " (SELECT address FROM sessions ORDER BY created_at DESC LIMIT 1)"
            ).one()
        assert found[1] == seen


def test_a_session_is_good_on_its_own_host_only(visit: Visit, cast: Cast, app: Flask) -> None:
    browser = app.test_client()
    form = {**LOGIN, "csrf_token": token_of(browser.get("/login", base_url=SUNNY))}
    answer = browser.post("/login", base_url=SUNNY, data=form)
    cookie = answer.headers.getlist("Set-Cookie")[-1]
    found = re.search(r"__Host-sid=([^;]+)", " ".join(answer.headers.getlist("Set-Cookie")))
    assert found, cookie
    stolen = {"Cookie": f"__Host-sid={found[1]}"}
    assert ask(app, "/dashboard", SUNNY, headers=stolen).status_code == 200
    for elsewhere in (HARBOUR, CONSOLE):
        assert "Acme" not in ask(app, "/login", elsewhere, headers=stolen).text
    assert ask(app, "/dashboard", HARBOUR, headers=stolen).status_code == 303
