"""Sign in, sign out, take a client's place and leave it: what changes a browser's session."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from flask import session as form_cookie

from portal.accounts import (
    impersonation,
    login,
    passkey_login,
    passwords,
    reproving,
    second_step,
    sessions,
    tickets,
)
from portal.accounts.login import Admitted, Attempt
from portal.accounts.models import Person
from portal.accounts.statuses import Proof
from portal.http import entering
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current


def sign_in(*, email: str, password: str) -> Admitted:
    """Check an address and a password; whoever may sign in has a session with the answer.

    Where they have a second step to take, `asks_second_step` says so, and there is none yet.

    Every path that takes a password goes through here. Its transactions are its own, so that
    refused tries count whatever the page answers.

    Raises:
        WrongCredentials: the two do not belong together.
        TooOften: the account, the network or the reseller has tried as often as it may.
        PasswordChecksBusy: too many passwords are being checked.
    """
    tried = _tried(email, password)
    with own_transaction() as beside:
        admitted = login.finish(beside, tried.attempt, right=tried.right, rehashed=tried.rehashed)
        if admitted.may_sign_in:
            entering.enter(beside, admitted.person, proof=Proof.PASSWORD)
    return admitted


def sign_in_by_passkey(answer: str) -> Admitted:
    """Check what a browser has signed; whoever may sign in has a session with the answer.

    Raises:
        WrongPasskey: it is nobody's here, or was not asked for.
        WrongCredentials: its owner is not let in any more.
        TooOften: as for `sign_in`.
    """
    with own_transaction() as beside:
        admitted = passkey_login.sign_in(
            beside,
            answer=answer,
            place=entering.place(),
            address=address(),
            device=entering.device(),
        )
        if admitted.may_sign_in:
            entering.begin(beside, admitted.person, proof=Proof.PASSKEY)
    return admitted


def second_step_of() -> Person:
    """Who has taken the first step in this browser.

    Raises:
        LinkSpent: nobody, or too long ago.
    """
    return second_step.owner_of(session(), token=entering.step_token())


def take_second_step(*, code: str = "", answer: str = "") -> Admitted:
    """Take the second step, by a code or by what a passkey has signed, and have a session.

    Raises:
        LinkSpent: as for `second_step_of`.
        WrongCode, WrongPasskey: it is not good, or not good any more.
        WrongCredentials: they are not let in any more.
        TooOften: as for `sign_in`.
    """
    token, asking = entering.step_token(), {"address": address(), "device": entering.device()}
    with own_transaction() as beside:
        if answer:
            admitted = second_step.take_by_passkey(
                beside, token=token, answer=answer, place=entering.place(), **asking
            )
        else:
            admitted = second_step.take_by_code(
                beside, token=token, code=code, vault=current().vault, **asking
            )
        if admitted.may_sign_in:
            proof = Proof.PASSKEY if answer else Proof.SECOND_STEP
            entering.begin(beside, admitted.person, proof=proof)
            entering.forget_step()
    return admitted


def take_ticket(*, email: str, password: str, is_ours: bool) -> Admitted:
    """Check an address and a password that another site's form has sent, for clients alone.

    Whoever may sign in has a ticket for a session in `g.ticket`, and not the session itself: the
    browser does not show its cookies to such a request, so that somebody else's session would be
    lost. A form that is not ours gets the answer of a wrong password, as slowly and as often.

    Raises:
        WrongCredentials, TooOften, PasswordChecksBusy: as for `sign_in`.
    """
    tried = _tried(email, password)
    with own_transaction() as beside:
        admitted = login.finish(
            beside,
            tried.attempt,
            right=tried.right and is_ours,
            clients_only=True,
            rehashed=tried.rehashed,
        )
        if admitted.may_sign_in:
            g.ticket = tickets.issue(beside, person=admitted.person)
    return admitted


def sign_in_by(ticket: str) -> Person:
    """Start a session for a ticket's owner, in place of the one that the browser had.

    Where they have a second step to take, `g.asks_second_step` says so, and there is no session.

    Raises:
        LinkSpent: the ticket is not good any more.
    """
    person = tickets.redeem(session(), token=ticket)
    entering.enter(session(), person, proof=Proof.PASSWORD)
    return person


def confirm(*, password: str, code: str) -> None:
    """Check the password of whoever is signed in, who may then do what is sensitive for a while.

    `code` is of the app of those who have one.

    Raises:
        WrongCredentials: it is another.
        WrongCode: the code is not good, or not good any more.
        TooOften, PasswordChecksBusy: as for `sign_in`.
    """
    tried = _tried(g.actor.email, password)
    with own_transaction() as beside:
        reproving.by_password(
            beside,
            tried.attempt,
            right=tried.right,
            code=code,
            vault=current().vault,
            token=g.session_token,
        )


def confirm_by_passkey(answer: str) -> None:
    """The same with a passkey of theirs.

    Raises:
        WrongPasskey: it is another's, or not good here.
        TooOften: as for `sign_in`.
    """
    with own_transaction() as beside:
        reproving.by_passkey(
            beside,
            person_id=g.actor.person_id,
            answer=answer,
            place=entering.place(),
            address=address(),
            device=entering.device(),
            token=g.session_token,
        )


def sign_out() -> None:
    """End the browser's session, with the request's own transaction."""
    token = g.get("session_token")
    if token is not None:
        if g.actor.viewing is not None:
            token = impersonation.stop(session(), by=g.actor, token=token)
        sessions.sign_out(session(), token=token, by=g.actor)
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


@dataclass(frozen=True)
class _Tried:
    """A try whose password was checked; `rehashed` is what is to be kept of a right one."""

    attempt: Attempt
    right: bool
    rehashed: str | None


def _tried(email: str, password: str) -> _Tried:
    """Count a try, and check its password."""
    with own_transaction() as beside:
        attempt = login.begin(beside, email=email, address=address(), device=entering.device())
    # It takes long, so that no transaction may be open over it.
    right = passwords.verify(password, attempt.password_hash)
    rehashed = passwords.rehashed(password, attempt.password_hash or "") if right else None
    return _Tried(attempt, right, rehashed)
