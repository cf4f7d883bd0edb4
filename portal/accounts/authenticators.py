"""An app that makes codes (TOTP): set up, checked with its own first code, asked for, taken off.

A code is good in its own half minute and in the ones before and after it, for clocks differ, and
once: the half minute that a code was of is kept, and the database takes a later one only.
"""

from __future__ import annotations

import hmac
from typing import Final

import pyotp
from sqlalchemy import delete, select, update

from portal.accounts import activity, own_letters, recovery_codes
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongCode
from portal.accounts.models import Person
from portal.accounts.sign_in_models import SecondStep
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.vault import Vault

DIGITS: Final = 6
STEP_SECONDS: Final = 30
_STEPS_APART_MAX: Final = 1


def is_on(session: ResellerSession, *, person_id: int) -> bool:
    """Whether somebody's password alone does not let them in."""
    found = select(SecondStep.person_id).where(
        SecondStep.person_id == person_id, SecondStep.confirmed_at.is_not(None)
    )
    return session.scalar(found) is not None


def begin(session: ResellerSession, *, person_id: int, vault: Vault) -> None:
    """Make a secret for an app; nothing is asked for before `confirm`. One that is on stays."""
    sealed = vault.seal(pyotp.random_base32(), purpose=_purpose(session, person_id))
    found = session.get(SecondStep, (session.reseller_id, person_id), with_for_update=True)
    if found is None:
        found = SecondStep(person_id=person_id, sealed_secret=sealed, created_at=clock.now())
        session.add(found)
    elif found.confirmed_at is None:
        found.sealed_secret, found.created_at = sealed, clock.now()
    session.flush()


def secret_to_confirm(session: ResellerSession, *, person_id: int, vault: Vault) -> str | None:
    """The secret that is about to go into an app; None where none was made, or it is in one."""
    found = session.get(SecondStep, (session.reseller_id, person_id))
    if found is None or found.confirmed_at is not None:
        return None
    return vault.open(found.sealed_secret, purpose=_purpose(session, person_id))


def address_of(secret: str, *, name: str, issuer: str) -> str:
    """What a QR code tells an app; `issuer` is the portal, `name` the account in it."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    return totp.provisioning_uri(name=name, issuer_name=issuer.replace(":", " "))


def confirm(
    session: ResellerSession, person: Person, *, code: str, vault: Vault, by: Actor, origin: str
) -> list[str]:
    """Ask for codes from now on, once the app has shown a right one; the codes for paper.

    Raises:
        WrongCode: the code is not one that the secret makes at this time, or there is no secret.
    """
    if not check(session, person_id=person.id, code=code, vault=vault, confirmed=False):
        raise WrongCode("the app does not make this code now")
    session.execute(
        update(SecondStep)
        .where(SecondStep.person_id == person.id)
        .values(confirmed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    activity.record(session, by=by, what="second_step.on")
    own_letters.sign_in_changed(session, person, origin=origin)
    return recovery_codes.renew(session, person_id=person.id)


def check(
    session: ResellerSession, *, person_id: int, code: str, vault: Vault, confirmed: bool = True
) -> bool:
    """Whether this is a code of somebody's app that was not used before; then it is used."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return False
    found = session.get(SecondStep, (session.reseller_id, person_id), populate_existing=True)
    if found is None or (found.confirmed_at is not None) is not confirmed:
        return False
    secret = vault.open(found.sealed_secret, purpose=_purpose(session, person_id))
    step = _step_of(secret, typed)
    if step is None:
        return False
    taken = session.scalar(
        update(SecondStep)
        .where(SecondStep.person_id == person_id, SecondStep.step < step)
        .values(step=step)
        .returning(SecondStep.step)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def take_off(session: ResellerSession, person: Person, *, by: Actor, origin: str) -> None:
    """Ask this person for no codes any more; where it is not on, nothing happens."""
    was_on = is_on(session, person_id=person.id)
    session.execute(delete(SecondStep).where(SecondStep.person_id == person.id))
    recovery_codes.forget(session, person_id=person.id)
    if was_on:
        is_own = by.person_id == person.id
        activity.record(
            session,
            by=by,
            what="second_step.off" if is_own else "second_step.taken_off",
            client_id=person.client_id,
            about_id=person.id,
            reason="" if is_own else person.name,
        )
        own_letters.sign_in_changed(session, person, origin=origin)


def renew_codes(session: ResellerSession, person: Person, *, by: Actor) -> list[str]:
    """New codes for paper in place of those before; none where there is no second step."""
    if not is_on(session, person_id=person.id):
        return []
    activity.record(session, by=by, what="recovery_codes.renewed")
    return recovery_codes.renew(session, person_id=person.id)


def _step_of(secret: str, typed: str) -> int | None:
    """The half minute that a code is of, if it is of one that may be used now."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    now = int(clock.now().timestamp()) // STEP_SECONDS
    near = range(now - _STEPS_APART_MAX, now + _STEPS_APART_MAX + 1)
    # All are compared, so that the time tells nothing; the latest counts.
    right = [step for step in near if hmac.compare_digest(totp.generate_otp(step), typed)]
    return right[-1] if right else None


def _purpose(session: ResellerSession, person_id: int) -> str:
    return f"second step of {session.reseller_id}/{person_id}"
