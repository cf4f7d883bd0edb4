"""What keeps other sites, other tabs and curious caches out: headers, cookies, forged requests."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import flask
from flask import Flask, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from portal.http.wiring import current
from portal.infra.config import Settings
from portal.tenancy import hostnames, login_sites

# Blueprints whose requests carry no cookie that would be believed: a bearer token or the secret in
# the path speaks for them. Everything else that changes something needs the token of a form.
WITHOUT_FORM_TOKEN: Final = frozenset({"api", "operator_api", "hooks"})

# The form that resellers put into websites of their own. No token can protect it: its view asks
# which site it comes from, and gives no session before its own page was seen.
FROM_OTHER_SITES: Final = frozenset({"public.direct_login"})

_CHANGES_NOTHING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_YEAR_SECONDS: Final = 365 * 24 * 3600
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Server": "web",  # which program it is, and of which version, is nobody's business
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_NEXT = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")

csrf = CSRFProtect()


class _FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, which holds the seed of form tokens and flashes, and nothing else."""

    def get_cookie_name(self, app: Flask) -> str:
        del app
        return cookie_name("form")

    def get_cookie_secure(self, app: Flask) -> bool:
        del app
        return is_private()


def protect(app: Flask, settings: Settings) -> None:
    """Set an application up for everything else here."""
    app.secret_key = hashlib.sha256(b"form cookie\0" + settings.secret.encode()).digest()
    app.session_interface = _FormCookie()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_DOMAIN=None,
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_CHECK_DEFAULT=False,  # `refuse_forged` checks, so that exemptions are listed here
        WTF_CSRF_TIME_LIMIT=None,  # a token is as good as the cookie that it belongs to
        WTF_CSRF_SSL_STRICT=False,  # `refuse_other_sites` looks at more than the referrer
    )
    csrf.init_app(app)
    if settings.trust_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]  # as Flask's documentation has it


def is_private() -> bool:
    """Whether browsers keep a cookie that is for secure connections only.

    They do so over HTTPS, and on this machine's own names over HTTP as well.
    """
    if current().settings.public_scheme == "https":
        return True
    host = hostnames.normalise(request.headers.get("Host", "")) or ""
    return host == "localhost" or host.endswith(".localhost")


def cookie_name(name: str) -> str:
    """What a cookie is called: with the prefix by which browsers refuse it for other hosts."""
    return f"__Host-{name}" if is_private() else name


def refuse_other_sites() -> None:
    """Refuse a change that another site's page asks for, whatever else it brings.

    Raises:
        Forbidden: the browser says that the request comes from elsewhere.
    """
    if _asks_for_no_token():
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in _OWN_SITE:
        raise Forbidden
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{current().settings.public_scheme}://{request.host}":
        raise Forbidden


def refuse_forged() -> None:
    """Refuse a change without the token of a form of ours.

    Raises:
        CSRFError: the token is missing, of another browser, or of a time before signing in.
    """
    if _asks_for_no_token():
        return
    if request.endpoint is not None:
        csrf.protect()


def _asks_for_no_token() -> bool:
    if request.method in _CHANGES_NOTHING or request.blueprint in WITHOUT_FORM_TOKEN:
        return True
    return request.endpoint in FROM_OTHER_SITES


def comes_from(sites: Collection[str]) -> bool:
    """Whether the browser says that the request comes from a page of one of these origins.

    Browsers name the origin with every form that is sent; the referrer stands in for older ones. A
    request that says neither is of none of them.
    """
    origin = request.headers.get("Origin")
    said = request.headers.get("Referer", "") if origin is None else origin
    return login_sites.is_listed(said, sites=sites)


def refuse_twice_signed_in() -> None:
    """Refuse a request with two session cookies: one of them was planted.

    Raises:
        BadRequest: there are two.
    """
    if len(request.cookies.getlist(cookie_name("sid"))) > 1:
        raise BadRequest


def set_cookie(response: Response, name: str, value: str, *, age_seconds: int) -> None:
    """Set a cookie that stays on this host and out of scripts."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=age_seconds,
        path="/",
        secure=is_private(),
        httponly=True,
        samesite="Lax",
    )


def keep_cookie(name: str, value: str, *, age: timedelta) -> None:
    """Set such a cookie with the answer to this request, if that is not a refusal."""
    g.setdefault("cookies_to_keep", {})[name] = (value, age)


def drop_cookie(name: str) -> None:
    """Have one forgotten with the answer to this request, if that is not a refusal."""
    keep_cookie(name, "", age=timedelta(0))


def bring_cookies(response: flask.Response) -> flask.Response:
    """Bring the cookies that were set and dropped on the way."""
    if response.status_code >= 400:
        return response  # what they are for was undone
    for name, (value, age) in g.get("cookies_to_keep", {}).items():
        if value:
            set_cookie(response, name, value, age_seconds=int(age.total_seconds()))
        else:
            delete_cookie(response, name)
    return response


def delete_cookie(response: Response, name: str) -> None:
    """Have a cookie forgotten."""
    response.delete_cookie(
        cookie_name(name), path="/", secure=is_private(), httponly=True, samesite="Lax"
    )


def harden(response: flask.Response) -> flask.Response:
    """Put the headers on an answer; one that a view has set itself stays."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    settings = current().settings
    # Browsers would keep it for a year, and for whatever else is tried out under the same names.
    if settings.public_scheme == "https" and not settings.demo:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR_SECONDS}")
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.update(("Host",) if g.get("is_file") else ("Host", "Cookie"))
    return response


def lead_forms_to(response: flask.Response, origins: Collection[str]) -> flask.Response:
    """Let the forms of one page lead to these sites too, as those of payments do."""
    allowed = " ".join(["form-action 'self'", *origins])
    response.headers["Content-Security-Policy"] = _POLICY.replace("form-action 'self'", allowed)
    return response


def form_that_was_sent() -> str | None:
    """The page of ours whose form this request is, as far as the browser says."""
    origin, _, path = (request.referrer or "").partition(request.host)
    if request.method != "POST" or origin not in {"http://", "https://"}:
        return None
    return safe_next(path)


def safe_next(wanted: str, *, method: str = "GET") -> str | None:
    """A path to go on to, if it is one of ours; anything that leads elsewhere is None."""
    if not _NEXT.fullmatch(wanted):
        return None
    adapter = current_app.url_map.bind(request.host)
    try:
        adapter.match(urlsplit(wanted).path, method=method)
    except HTTPException:
        return None
    return wanted
