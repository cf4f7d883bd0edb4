"""Show that a telephone is one's own: by a code that is sent there and typed in.

A code works for ten minutes. Each costs the reseller money, so that they are counted for the
telephone, the client, the network and the reseller, by the day.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import Final

from portal.accounts import access, activity, attempts
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongCode
from portal.accounts.trial_models import PhoneCheck
from portal.infra import clock, signing
from portal.infra.db import ResellerSession
from portal.infra.throttle import Limit

GOOD_FOR: Final = timedelta(minutes=10)
DIGITS: Final = 6
_DAY: Final = timedelta(days=1)
_MOMENT: Final = timedelta(seconds=30)
PER_PHONE: Final = Limit(count_max=3, window=_DAY)
PER_CLIENT: Final = Limit(count_max=5, window=_DAY)
PER_NETWORK: Final = Limit(count_max=5, window=_DAY)
GUESSES: Final = Limit(count_max=5, window=GOOD_FOR)


def count_code(
    session: ResellerSession, *, client_id: int, phone: str, address: str, a_day: int
) -> None:
    """Count one code that is about to be sent; the caller commits, also after a refusal.

    Raises:
        TooOften: the network, the client, the telephone or the reseller has had enough of them.
    """
    what = "phone_code"
    attempts.count_for_network(session, what, address=address, limit=PER_NETWORK)
    attempts.count_for_account(session, what, account=str(client_id), limit=PER_CLIENT)
    attempts.count_for_account(session, what, account=phone, limit=PER_PHONE)
    attempts.count_for_reseller(session, what, limit=Limit(count_max=a_day, window=_DAY))


def count_guess(session: ResellerSession, *, client_id: int) -> None:
    """Count one code that was typed in; the caller commits, also after a refusal.

    Raises:
        TooOften: so many were tried in ten minutes.
    """
    attempts.count_for_account(session, "phone_guess", account=str(client_id), limit=GUESSES)


def begin(session: ResellerSession, *, client_id: int, phone: str, by: Actor) -> str:
    """A new code for a client's telephone, to be sent there; the one before is worth nothing.

    Raises:
        NotFound: there is no such client.
    """
    access.locked_client(session, client_id)
    code = "".join(secrets.choice("0123456789") for _ in range(DIGITS))
    now = clock.now()
    session.merge(
        PhoneCheck(
            reseller_id=session.reseller_id,
            client_id=client_id,
            phone=phone,
            code_hash=_digest(client_id, phone, code),
            sent_at=now,
            expires_at=now + GOOD_FOR,
            proven_at=None,
        )
    )
    activity.record(session, by=by, what="client.phone_code", client_id=client_id)
    return code


def begun(session: ResellerSession, *, client_id: int) -> PhoneCheck | None:
    """The telephone that a client was sent a code to last, proven or not."""
    return session.get(PhoneCheck, (session.reseller_id, client_id))


def proven(session: ResellerSession, *, client_id: int) -> str:
    """The telephone that a client has shown to be its own last, or nothing."""
    check = begun(session, client_id=client_id)
    return check.phone if check is not None and check.proven_at is not None else ""


def just_sent(session: ResellerSession, *, client_id: int, phone: str) -> bool:
    """Whether a code for this telephone is on its way since a moment ago."""
    check = begun(session, client_id=client_id)
    if check is None or check.phone != phone or check.proven_at is not None:
        return False
    return check.sent_at > clock.now() - _MOMENT


def prove(session: ResellerSession, *, client_id: int, code: str, by: Actor) -> str:
    """The telephone that a client has shown to be its own with this code.

    Raises:
        WrongCode: it is another, is too old, or was used.
        NotFound: there is no such client.
    """
    client = access.locked_client(session, client_id)
    check = begun(session, client_id=client_id)
    if check is None or check.proven_at is not None or check.expires_at <= clock.now():
        raise WrongCode
    given = _digest(client_id, check.phone, code)
    if not hmac.compare_digest(given.encode(), check.code_hash.encode()):
        raise WrongCode
    check.proven_at = clock.now()
    check.code_hash = ""
    if not client.phone:
        client.phone = check.phone
    activity.record(session, by=by, what="client.phone_proven", client_id=client_id)
    return check.phone


def _digest(client_id: int, phone: str, code: str) -> str:
    return signing.digest(f"{client_id}/{phone}/{code}")
