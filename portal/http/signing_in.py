"""Sign in, sign out, take a client's place and leave it: what changes a browser's session."""

from __future__ import annotations

from flask import g, request
from flask import session as form_cookie

from portal.accounts import impersonation, login, passwords, sessions, tickets
from portal.accounts.login import Admitted, Attempt
from portal.accounts.models import Person
from portal.http.actor import address
from portal.http.unit_of_work import own_transaction, session
from portal.infra.db import ResellerSession


def sign_in(*, email: str, password: str) -> Admitted:
    """Check an address and a password; whoever may sign in has a session with the answer.

    Every path that takes a password goes through here. Its transactions are its own, so that
    refused tries count whatever the page answers.

    Raises:
        WrongCredentials: the two do not belong together.
        TooOften: the account, the network or the reseller has tried as often as it may.
        PasswordChecksBusy: too many passwords are being checked.
    """
    attempt, right = _tried(email, password)
    with own_transaction() as beside:
        admitted = login.finish(beside, attempt, right=right)
        if admitted.may_sign_in:
            _begin(beside, admitted.person)
    return admitted


def take_ticket(*, email: str, password: str, is_ours: bool) -> Admitted:
    """Check an address and a password that another site's form has sent, for clients alone.

    Whoever may sign in has a ticket for a session in `g.ticket`, and not the session itself: the
    browser does not show its cookies to such a request, so that somebody else's session would be
    lost. A form that is not ours gets the answer of a wrong password, as slowly and as often.

    Raises:
        WrongCredentials, TooOften, PasswordChecksBusy: as for `sign_in`.
    """
    attempt, right = _tried(email, password)
    with own_transaction() as beside:
        admitted = login.finish(beside, attempt, right=right and is_ours, clients_only=True)
        if admitted.may_sign_in:
            g.ticket = tickets.issue(beside, person=admitted.person)
    return admitted


def sign_in_by(ticket: str) -> Person:
    """Start a session for a ticket's owner, in place of the one that the browser had.

    Raises:
        LinkSpent: the ticket is not good any more.
    """
    person = tickets.redeem(session(), token=ticket)
    _begin(session(), person)
    return person


def sign_out() -> None:
    """End the browser's session, with the request's own transaction."""
    token = g.get("session_token")
    if token is not None:
        sessions.end(session(), token=token)
    form_cookie.clear()
    g.new_cookie = ""


def view_as(*, client_id: int, reason: str) -> None:
    """Take a client's place; the session has a fresh cookie with the answer.

    Raises:
        NotFound: the client is not one of the reseller's.
        NotAllowed: the actor may not do this, or acts without a browser's session.
        AlreadyViewing: they are in a client's place already.
        WrongStanding: the client is not let in itself.
    """
    g.new_cookie = impersonation.start(
        session(),
        by=g.actor,
        token=g.get("session_token", ""),
        client_id=client_id,
        reason=reason,
    )


def stop_viewing() -> int | None:
    """Leave the client's place, with a fresh cookie; the client's id, or None where it was none."""
    actor = g.actor
    if actor is None or actor.viewing is None:
        return None
    g.new_cookie = impersonation.stop(session(), by=actor, token=g.session_token)
    return int(actor.client_id)


def _tried(email: str, password: str) -> tuple[Attempt, bool]:
    """Count a try, and check its password."""
    with own_transaction() as beside:
        attempt = login.begin(beside, email=email, address=address())
    # It takes long, so that no transaction may be open over it.
    return attempt, passwords.verify(password, attempt.password_hash)


def _begin(beside: ResellerSession, person: Person) -> None:
    """Give the browser a session, and end the one that it had."""
    _end_session_before(beside)
    g.new_cookie = sessions.start(
        beside, person=person, host=g.tenant.host, address=address(), browser=_browser()
    )
    form_cookie.clear()  # form tokens of a time before signing in are worth nothing after


def _end_session_before(beside: ResellerSession) -> None:
    token = g.get("session_token")
    if token is not None:
        sessions.end(beside, token=token)


def _browser() -> str:
    named = request.headers.get("User-Agent", "")
    return "".join(each for each in named if each.isprintable())
