"""From where somebody has signed in before, and a mail when it is from somewhere else.

A browser is known by a cookie of its own, and, where it has lost that, by its kind and its network.
Only hashes of both are kept.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import delete, select, text

from portal.accounts import attempts, browsers, own_letters
from portal.accounts.models import Person
from portal.accounts.sign_in_models import KnownDevice
from portal.infra import clock, signing, throttle
from portal.infra.db import ResellerSession
from portal.tenancy import links, resellers

NOTICE: Final = "new_sign_in"
KEPT_FOR: Final = timedelta(days=365)
MAIL_EVERY: Final = timedelta(hours=1)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SEEN = text(
    """
    INSERT INTO known_devices AS k (reseller_id, person_id, hash, first_seen_at, last_seen_at)
    VALUES (:reseller_id, :person_id, :hash, :now, :now)
    ON CONFLICT (reseller_id, person_id, hash) DO UPDATE SET last_seen_at = :now
    """
)


def token_of(given: str) -> str:
    """A browser's cookie if it is one of ours, else a new one for it."""
    return given if _TOKEN.fullmatch(given) else signing.random_token()


def is_known(session: ResellerSession, *, person_id: int, token: str) -> bool:
    """Whether this person has signed in with the browser of this cookie before."""
    if not _TOKEN.fullmatch(token):
        return False
    return _known(session, person_id, [signing.digest(token)])


def know(
    session: ResellerSession, person: Person, *, token: str, browser: str, address: str
) -> None:
    """Remember a browser as one of this person's."""
    session.flush()
    for known_by in _hashes(token=token, browser=browser, address=address):
        session.execute(
            _SEEN,
            {
                "reseller_id": session.reseller_id,
                "person_id": person.id,
                "hash": known_by,
                "now": clock.now(),
            },
        )


def arrived(
    session: ResellerSession,
    person: Person,
    *,
    token: str,
    browser: str,
    address: str,
    origin: str,
) -> None:
    """Remember the browser that somebody signs in with; a mail tells them of one that is new.

    Nobody is told of their very first one, and nobody more than once in an hour.
    """
    hashes = _hashes(token=token, browser=browser, address=address)
    is_first = not _known(session, person.id)
    is_new = not is_first and not _known(session, person.id, hashes)
    know(session, person, token=token, browser=browser, address=address)
    key = f"{NOTICE}/{session.reseller_id}/{person.id}"
    if is_new and throttle.first_in(session, key, MAIL_EVERY):
        _tell(session, person, browser=browser, address=address, origin=origin)


def forget_old(session: ResellerSession) -> None:
    """Delete those not seen for a year; in a session across resellers, those of all."""
    session.execute(delete(KnownDevice).where(KnownDevice.last_seen_at < clock.now() - KEPT_FOR))


def _known(session: ResellerSession, person_id: int, hashes: list[str] | None = None) -> bool:
    query = select(KnownDevice.hash).where(KnownDevice.person_id == person_id).limit(1)
    if hashes is not None:
        query = query.where(KnownDevice.hash.in_(hashes))
    return session.scalar(query) is not None


def _hashes(*, token: str, browser: str, address: str) -> list[str]:
    kind = f"{browsers.described(browser)}/{attempts.network_of(address)}"
    return [signing.digest(token), signing.digest(kind)]


def _tell(
    session: ResellerSession, person: Person, *, browser: str, address: str, origin: str
) -> None:
    client = own_letters.client_of(session, person)
    zone = client.time_zone if client else resellers.own(session).time_zone
    values = {
        "browser": str(browsers.described(browser)),
        "address": address,
        "time": format_datetime(
            clock.now(), "long", tzinfo=ZoneInfo(zone), locale=person.language.replace("-", "_")
        ),
    }
    own_letters.write(session, person, NOTICE, url=links.own_sessions(origin), **values)
