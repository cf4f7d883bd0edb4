"""The step after the password: a code of an app, one from paper, or a passkey.

Between the two steps a browser holds a token of ten minutes, which is no session: it says whose
password was right, and nothing can be done with it but to take the step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.accounts import authenticators, login, one_time_links, passkeys, people, recovery_codes
from portal.accounts.actor import Actor
from portal.accounts.errors import LinkSpent, OwnAccess, WrongCode, WrongPasskey
from portal.accounts.login import Admitted, Attempt
from portal.accounts.models import Person
from portal.accounts.passkey_answers import Place
from portal.accounts.roles import Role
from portal.accounts.statuses import Proof
from portal.infra.db import ResellerSession
from portal.infra.vault import Vault

PURPOSE: Final = "second_step"
GOOD_FOR: Final = timedelta(minutes=10)
CODE_LENGTH_MAX: Final = 40


def issue(session: ResellerSession, *, person: Person) -> str:
    """A token for somebody who has taken the first step; only its hash is kept."""
    return one_time_links.issue(session, person_id=person.id, purpose=PURPOSE, good_for=GOOD_FOR)


def owner_of(session: ResellerSession, *, token: str) -> Person:
    """Who has taken the first step.

    Raises:
        LinkSpent: the token was used, is too old, or never was one.
    """
    person = one_time_links.owner_of(session, token=token, purpose=PURPOSE)
    if person is None:
        raise LinkSpent("the first step was too long ago")
    return person


def take_by_code(
    session: ResellerSession, *, token: str, code: str, vault: Vault, address: str, device: str
) -> Admitted:
    """Take the step with a code of the app, or with one from paper.

    Raises:
        LinkSpent: as for `owner_of`.
        TooOften: the account, the network or the reseller has tried as often as it may.
        WrongCode: it is none of theirs, or was used before.
        WrongCredentials: they are not let in any more.
    """
    person = owner_of(session, token=token)
    attempt = login.count(session, person, address=address, device=device)
    if not is_right(session, person, code=code, vault=vault):
        login.refuse(session, attempt, person)
        raise WrongCode("this code is not good, or not good any more")
    return _taken(session, attempt, person, token=token, proof=Proof.SECOND_STEP)


def take_by_passkey(
    session: ResellerSession, *, token: str, answer: str, place: Place, address: str, device: str
) -> Admitted:
    """Take the step with a passkey of the same person's.

    Raises:
        WrongPasskey: it is not theirs, or not good here.
        LinkSpent, TooOften, WrongCredentials: as for `take_by_code`.
    """
    person = owner_of(session, token=token)
    attempt = login.count(session, person, address=address, device=device)
    if not is_theirs(session, person, answer=answer, place=place):
        login.refuse(session, attempt, person)
        raise WrongPasskey("this is nobody's passkey, or another's")
    return _taken(session, attempt, person, token=token, proof=Proof.PASSKEY)


def is_right(session: ResellerSession, person: Person, *, code: str, vault: Vault) -> bool:
    """Whether this is a code of the person's app or paper that was not used; then it is used."""
    if authenticators.check(session, person_id=person.id, code=code, vault=vault):
        return True
    return recovery_codes.use(session, person_id=person.id, code=code)


def is_theirs(session: ResellerSession, person: Person, *, answer: str, place: Place) -> bool:
    """Whether a browser has shown a passkey of this person's."""
    try:
        return passkeys.check(session, answer=answer, place=place).id == person.id
    except WrongPasskey:
        return False


def take_off(session: ResellerSession, person: Person, *, by: Actor, origin: str) -> None:
    """Ask for no codes of somebody who has lost their app; by whoever manages these people.

    The app and the codes on paper are good for nothing any more, passkeys stay, and the person is
    told by mail. Where there is no second step nothing happens.

    Raises:
        NotAllowed: it is an owner, and the actor is none of the same firm.
        OwnAccess: it is the actor themselves, who does so in their profile.
    """
    if by.person_id == person.id:
        raise OwnAccess("one's own second step is turned off in the profile")
    people.refuse_owner(session, by, person.client_id, Role(person.role))
    authenticators.take_off(session, person, by=by, origin=origin)


def _taken(
    session: ResellerSession, attempt: Attempt, person: Person, *, token: str, proof: Proof
) -> Admitted:
    if one_time_links.spend(session, token=token, purpose=PURPOSE) is None:
        raise LinkSpent("somebody else has taken the step with this token")
    login.forgive(session, attempt)  # the try of the first step, which has waited for this one
    return login.settle(session, attempt, person, proof=proof)
