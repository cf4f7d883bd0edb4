"""Prove once more who one is, with what it takes to sign in, so that a session may do more."""

from __future__ import annotations

from portal.accounts import authenticators, login, second_step, sessions
from portal.accounts.errors import WrongCode, WrongCredentials, WrongPasskey
from portal.accounts.login import Attempt
from portal.accounts.models import Person
from portal.accounts.passkey_answers import Place
from portal.accounts.statuses import Proof
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.vault import Vault


def by_password(
    session: ResellerSession, attempt: Attempt, *, right: bool, code: str, vault: Vault, token: str
) -> None:
    """Settle a try whose password was checked; `code` is asked of those who have an app for it.

    Raises:
        WrongCredentials: the password was wrong.
        WrongCode: it was right, and the code was not.
    """
    person = login.person_of(session, attempt)
    if person is None or not right:
        login.unconfirmed(session, attempt, person)
        raise WrongCredentials("this is not the password")
    proof = Proof.PASSWORD
    if authenticators.is_on(session, person_id=person.id):
        proof = Proof.SECOND_STEP
        if not second_step.is_right(session, person, code=code, vault=vault):
            login.unconfirmed(session, attempt, person)
            raise WrongCode("this code is not good, or not good any more")
    login.forgive(session, attempt)
    sessions.confirm(session, token=token, proof=proof)


def by_passkey(
    session: ResellerSession,
    *,
    person_id: int,
    answer: str,
    place: Place,
    address: str,
    device: str,
    token: str,
) -> None:
    """Confirm a session with a passkey of its person's.

    Raises:
        NotFound: there is no such person.
        TooOften: the account, the network or the reseller has tried as often as it may.
        WrongPasskey: it is another's, or not good here.
    """
    person = session.get(Person, (session.reseller_id, person_id))
    if person is None:
        raise NotFound("person", person_id)
    attempt = login.count(session, person, address=address, device=device)
    if not second_step.is_theirs(session, person, answer=answer, place=place):
        login.unconfirmed(session, attempt, person)
        raise WrongPasskey("this is nobody's passkey, or another's")
    login.forgive(session, attempt)
    sessions.confirm(session, token=token, proof=Proof.PASSKEY)
