"""Keys that sign a reseller's mails: one for each domain that it writes from.

A key signs once its record was found in the DNS. While a newer one is not found yet, the older goes
on signing, so that a key can be changed without a gap.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import delete, select

from portal.infra import clock, dkim_signing, outgoing
from portal.infra.db import ResellerSession
from portal.infra.dkim_signing import Signer
from portal.infra.dns import LookUpFailed, Resolver
from portal.infra.errors import NotFound
from portal.infra.vault import Unsealable, Vault
from portal.notifications import mail_senders
from portal.notifications.errors import MailSettingUnfit, Wrong
from portal.notifications.models import MailKey

_PURPOSE: Final = "mail key"


@unique
class Found(StrEnum):
    """What stands in the DNS where a key's record should."""

    IT = "it"
    NOTHING = "nothing"
    ANOTHER = "another"
    """The key of somebody else, or part of this one."""
    TAKEN_BACK = "taken_back"
    """An empty key, by which a domain says that none is good any more."""
    SEVERAL = "several"
    """Records that contradict each other."""
    NO_ANSWER = "no_answer"
    """Nobody could say; what was known before still holds."""


def newest(session: ResellerSession, *, domain: str) -> MailKey | None:
    """The key whose record the page shows."""
    return session.scalars(
        select(MailKey).where(MailKey.domain == domain).order_by(MailKey.id.desc()).limit(1)
    ).one_or_none()


def by_id(session: ResellerSession, key_id: int) -> MailKey:
    """A key.

    Raises:
        NotFound: there is none of this id.
    """
    found = session.get(MailKey, (session.reseller_id, key_id))
    if found is None:
        raise NotFound("mail key", key_id)
    return found


def make(session: ResellerSession, *, vault: Vault) -> MailKey:
    """A new key for the domain of the From address; one that was never found makes room for it.

    Raises:
        MailSettingUnfit: there is no From address.
    """
    domain = mail_senders.own(session).domain
    if not domain:
        raise MailSettingUnfit("address", Wrong.NO_ADDRESS)
    session.execute(delete(MailKey).where(MailKey.domain == domain, MailKey.proven_at.is_(None)))
    made = dkim_signing.new_key()
    key = MailKey(
        domain=domain,
        selector=made.selector,
        private_key=vault.seal(made.private_key, purpose=_PURPOSE),
        public_key=made.public_key,
        created_at=clock.now(),
    )
    session.add(key)
    session.flush()
    return key


def record_name(key: MailKey) -> str:
    """Where the record of the key has to stand."""
    return dkim_signing.record_name(key.selector, key.domain)


def judged(key: MailKey, records: Collection[str]) -> Found:
    """What these text records say of the key."""
    told = {each for each in map(dkim_signing.key_in, records) if each is not None}
    if not told:
        return Found.NOTHING
    if len(told) > 1:
        return Found.SEVERAL
    (only,) = told
    if only == key.public_key:
        return Found.IT
    return Found.ANOTHER if only else Found.TAKEN_BACK


def look(key: MailKey, resolver: Resolver) -> Found:
    """What the DNS has for a key; no transaction may be open.

    Raises:
        CalledInsideTransaction: one is.
    """
    with outgoing.call("mail key"):
        try:
            return judged(key, resolver.texts(record_name(key)))
        except LookUpFailed:
            return Found.NO_ANSWER


def note(session: ResellerSession, key_id: int, found: Found) -> MailKey:
    """Write down what was found: from then on the key signs, or does not.

    One that signs takes the place of all before it.

    Raises:
        NotFound: somebody has replaced it meanwhile.
    """
    key = by_id(session, key_id)
    key.looked_at, key.found = clock.now(), found.value
    if found is Found.IT:
        key.proven_at = key.proven_at or clock.now()
        session.execute(delete(MailKey).where(MailKey.domain == key.domain, MailKey.id < key.id))
    elif found is not Found.NO_ANSWER:
        key.proven_at = None
    session.flush()
    return key


def proven(session: ResellerSession) -> list[MailKey]:
    """All keys that sign, to be looked after."""
    return list(
        session.scalars(select(MailKey).where(MailKey.proven_at.is_not(None)).order_by(MailKey.id))
    )


def signer(session: ResellerSession, *, domain: str, vault: Vault) -> Signer | None:
    """What signs mails from this domain, if a key of it has been found in the DNS."""
    key = session.scalars(
        select(MailKey)
        .where(MailKey.domain == domain, MailKey.proven_at.is_not(None))
        .order_by(MailKey.id.desc())
        .limit(1)
    ).one_or_none()
    if key is None:
        return None
    try:
        private = vault.open(key.private_key, purpose=_PURPOSE)
    except Unsealable:
        return None  # PORTAL_SECRET is another one now: unsigned is better than not at all
    return Signer(domain=domain, selector=key.selector, private_key=private)
