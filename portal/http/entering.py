"""A session for a browser, or the second step before it: what every way in ends with."""

from __future__ import annotations

from typing import Final

from flask import g, request
from flask import session as form_cookie

from portal.accounts import authenticators, devices, second_step, sessions, visits
from portal.accounts.models import Person
from portal.accounts.passkey_answers import Place
from portal.accounts.statuses import TWO_STEPS, Proof
from portal.http import security
from portal.http.recognising import address
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.db import ResellerSession
from portal.tenancy import links

_STEP: Final = "step"
_DEVICE: Final = "device"


def enter(beside: ResellerSession, person: Person, *, proof: Proof) -> None:
    """Give somebody who was let in a session, or, where they have one to take, the second step.

    `g.asks_second_step` says whether it is that; then the door goes on to its page.
    """
    g.asks_second_step = proof not in TWO_STEPS and authenticators.is_on(
        beside, person_id=person.id
    )
    if not g.asks_second_step:
        begin(beside, person, proof=proof)
        return
    _end_session_before(beside)
    g.new_cookie = ""
    token = second_step.issue(beside, person=person)
    security.keep_cookie(_STEP, token, age=second_step.GOOD_FOR)


def begin(beside: ResellerSession, person: Person, *, proof: Proof) -> None:
    """Give the browser a session, and end the one that it had."""
    _end_session_before(beside)
    g.new_cookie = sessions.start(
        beside,
        person=person,
        host=g.tenant.host,
        address=address(),
        browser=_browser(),
        proof=proof,
    )
    devices.arrived(
        beside,
        person,
        token=_known_by(),
        browser=_browser(),
        address=address(),
        origin=links.origin_of(beside, current().settings),
    )
    form_cookie.clear()  # form tokens of a time before signing in are worth nothing after
    g.pop("csrf_token", None)  # nor is the one that Flask-WTF has made for this answer


def know_browser(person: Person) -> None:
    """Remember the browser as one of this person's, so that no mail warns them of it."""
    devices.know(session(), person, token=_known_by(), browser=_browser(), address=address())


def device() -> str:
    """The cookie by which this browser is known; empty if it has none."""
    return str(request.cookies.get(security.cookie_name(_DEVICE), ""))


def step_token() -> str:
    """What says in this browser that somebody has taken the first step; empty if nobody has."""
    return str(request.cookies.get(security.cookie_name(_STEP), ""))


def forget_step() -> None:
    """Take that away from the browser."""
    security.drop_cookie(_STEP)


def place() -> Place:
    """Where passkeys are made and shown in this request: at this host name and no other."""
    settings = current().settings
    host = g.tenant.host
    return Place(host=host, origin=f"{settings.public_scheme}://{host}{settings.url_port}")


def _known_by() -> str:
    """The cookie by which this browser is known from now on."""
    token = devices.token_of(device())
    security.keep_cookie(_DEVICE, token, age=devices.KEPT_FOR)
    return token


def _end_session_before(beside: ResellerSession) -> None:
    if g.actor is not None and g.actor.is_on_visit:
        visits.end(beside, by=g.actor)
    token = g.get("session_token")
    if token is not None:
        sessions.end(beside, token=token)


def _browser() -> str:
    named = request.headers.get("User-Agent", "")
    return "".join(each for each in named if each.isprintable())[: sessions.BROWSER_LENGTH_MAX]
