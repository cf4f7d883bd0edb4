"""Passkeys: made in a browser for one host name, shown there instead of a password.

What a browser has to sign is kept here for five minutes and taken once, for the host that asked for
it. A passkey is asked to know its owner (by a finger, a face or a code), so that it stands for
both, something that they have and something that they are or know.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import webauthn
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.accounts import activity, attempts, own_letters, passkey_answers
from portal.accounts.actor import Actor
from portal.accounts.errors import PasskeyTaken, TooManyPasskeys, WrongPasskey
from portal.accounts.models import Person
from portal.accounts.passkey_answers import GOOD_FOR, Place
from portal.accounts.sign_in_models import Passkey, PasskeyChallenge
from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.infra.throttle import Limit

ASKED: Final = Limit(count_max=60, window=timedelta(minutes=5))
EACH_MAX: Final = 20
NAME_LENGTH_MAX: Final = 60


def listed(session: ResellerSession, *, person_id: int) -> list[Passkey]:
    """Somebody's, of every host name, oldest first."""
    return list(
        session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id))
    )


def begin(session: ResellerSession, *, person: Person, title: str, place: Place) -> str:
    """What a browser is told to make a passkey of; `title` is what the portal is called. JSON.

    Raises:
        TooManyPasskeys: they have as many as one may have.
    """
    own = listed(session, person_id=person.id)
    _refuse_too_many(len(own))
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=title,
        user_id=str(person.id).encode(),
        user_name=person.email,
        user_display_name=person.name,
        timeout=int(GOOD_FOR.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=each.credential_id)
            for each in own
            if each.host == place.host
        ],
    )
    passkey_answers.keep(session, options.challenge, place=place, person_id=person.id)
    return webauthn.options_to_json(options)


def add(
    session: ResellerSession, person: Person, *, answer: str, name: str, place: Place, by: Actor
) -> Passkey:
    """Keep the passkey that a browser has made for the actor, who is this person.

    Raises:
        WrongPasskey: the browser was not asked for it here, by them and a moment ago.
        PasskeyTaken: it is here already.
        TooManyPasskeys: they have as many as one may have.
    """
    given = passkey_answers.read(answer)
    challenge = passkey_answers.taken(session, given, place=place, person_id=person.id)
    try:
        made = webauthn.verify_registration_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise WrongPasskey("the passkey was not made for this page") from None
    _refuse_too_many(_count(session, person.id))
    row = Passkey(
        person_id=person.id,
        host=place.host,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        created_at=clock.now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise PasskeyTaken("this passkey is here already") from None
    activity.record(session, by=by, what="passkey.added", name=name)
    own_letters.sign_in_changed(session, person, origin=place.origin)
    return row


def ask(session: ResellerSession, *, place: Place, address: str) -> str:
    """What a browser is told to show a passkey for, whosever it is. JSON.

    Raises:
        TooOften: the network has asked as often as it may.
    """
    network = attempts.network_of(address)
    attempts.count_for_account(session, "passkey_ask", account=network, limit=ASKED)
    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        timeout=int(GOOD_FOR.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    passkey_answers.keep(session, options.challenge, place=place)
    return webauthn.options_to_json(options)


def owner_of(session: ResellerSession, *, answer: str, place: Place) -> Person | None:
    """Whose passkey an answer names, before it is known to be theirs; None for nobody's."""
    row = passkey_answers.named(session, passkey_answers.read(answer), place)
    return session.get(Person, (session.reseller_id, row.person_id)) if row else None


def check(session: ResellerSession, *, answer: str, place: Place) -> Person:
    """Whose passkey it is that a browser has shown.

    Raises:
        WrongPasskey: it is nobody's here, the browser was not asked for it here a moment ago, or
            its counter went back, as that of a copy does.
    """
    given = passkey_answers.read(answer)
    challenge = passkey_answers.taken(session, given, place=place)
    row = passkey_answers.named(session, given, place)
    if row is None:
        raise WrongPasskey("nobody here has this passkey")
    try:
        shown = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise WrongPasskey("the passkey was not shown to this page") from None
    count = shown.new_sign_count
    counted = session.scalar(
        update(Passkey)
        # Two answers at once: one of them is a copy, but where a passkey does not count at all.
        .where(Passkey.id == row.id, or_(Passkey.sign_count < count, Passkey.sign_count == 0))
        .values(sign_count=count, last_used_at=clock.now())
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    )
    if counted is None:
        raise WrongPasskey("the passkey has counted less than before")
    return session.get_one(Person, (session.reseller_id, row.person_id))


def rename(session: ResellerSession, *, passkey_id: int, name: str, by: Actor) -> None:
    """Call one of the actor's own by another name.

    Raises:
        NotFound: they have none such.
    """
    _own(session, passkey_id, by).name = name


def remove(
    session: ResellerSession, person: Person, *, passkey_id: int, by: Actor, origin: str
) -> None:
    """Let nobody in by one of the actor's own any more.

    Raises:
        NotFound: they have none such.
    """
    row = _own(session, passkey_id, by)
    session.delete(row)
    activity.record(session, by=by, what="passkey.removed", name=row.name)
    own_letters.sign_in_changed(session, person, origin=origin)


def forget_old(session: ResellerSession) -> None:
    """Delete what was to be signed and never was; in a session across resellers, of all."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= clock.now()))


def _own(session: ResellerSession, passkey_id: int, by: Actor) -> Passkey:
    row = session.get(Passkey, (session.reseller_id, passkey_id))
    if row is None or row.person_id != by.person_id:
        raise NotFound("passkey", passkey_id)
    return row


def _count(session: ResellerSession, person_id: int) -> int:
    found = select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)
    return session.scalar(found) or 0


def _refuse_too_many(count: int) -> None:
    if count >= EACH_MAX:
        raise TooManyPasskeys(most=EACH_MAX)
