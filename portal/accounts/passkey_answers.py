"""What browsers are asked to have a passkey sign, and what they answer: each once, at one host."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from portal.accounts.errors import WrongPasskey
from portal.accounts.sign_in_models import Passkey, PasskeyChallenge
from portal.infra import clock, signing
from portal.infra.db import ResellerSession

GOOD_FOR: Final = timedelta(minutes=5)
ANSWER_LENGTH_MAX: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a passkey is made or shown: the host name, and the origin that browsers name."""

    host: str
    origin: str


def named(session: ResellerSession, given: dict[str, Any], place: Place) -> Passkey | None:
    """The passkey that an answer names, at this host."""
    try:
        credential_id = base64url_to_bytes(given["rawId"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return session.scalars(
        select(Passkey).where(Passkey.host == place.host, Passkey.credential_id == credential_id)
    ).one_or_none()


def keep(
    session: ResellerSession, challenge: bytes, *, place: Place, person_id: int | None = None
) -> None:
    """Note what a browser is asked to sign; `person_id` is who is to make a passkey by it."""
    session.add(
        PasskeyChallenge(
            hash=signing.digest(bytes_to_base64url(challenge)),
            host=place.host,
            person_id=person_id,
            expires_at=clock.now() + GOOD_FOR,
        )
    )


def taken(
    session: ResellerSession,
    given: dict[str, Any],
    *,
    place: Place,
    person_id: int | None = None,
) -> bytes:
    """What the browser says it has signed, if it was asked to here; it cannot be asked again.

    Raises:
        WrongPasskey: it was not, or too long ago, or has answered before.
    """
    try:
        client_data = json.loads(base64url_to_bytes(given["response"]["clientDataJSON"]))
        said = str(client_data["challenge"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise WrongPasskey("this is no answer of a passkey") from None
    kept = session.execute(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.hash == signing.digest(said),
            PasskeyChallenge.host == place.host,
            PasskeyChallenge.expires_at > clock.now(),
            PasskeyChallenge.person_id.is_not_distinct_from(person_id),
        )
        .returning(PasskeyChallenge.hash)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if kept is None:
        raise WrongPasskey("nobody has asked for this answer")
    return base64url_to_bytes(said)


def read(answer: str) -> dict[str, Any]:
    """What a browser has sent.

    Raises:
        WrongPasskey: it is no object of JSON, or larger than any passkey's.
    """
    if len(answer) > ANSWER_LENGTH_MAX:
        raise WrongPasskey("this is no answer of a passkey")
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError):
        raise WrongPasskey("this is no answer of a passkey") from None
    if not isinstance(given, dict):
        raise WrongPasskey("this is no answer of a passkey")
    return given
