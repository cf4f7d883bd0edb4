"""Whom a reseller's mails say to be from."""

from __future__ import annotations

from dataclasses import dataclass

from portal.infra import mime
from portal.infra.db import ResellerSession
from portal.notifications.errors import MailSettingUnfit, Wrong
from portal.notifications.models import MailSender, MailServer
from portal.tenancy import hostname_rules


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A name, an address and where answers go; what is empty is the portal's own."""

    name: str = ""
    address: str = ""
    reply_to: str = ""

    @property
    def domain(self) -> str:
        """The part of the address that a signature is for."""
        return self.address.rpartition("@")[2]


def own(session: ResellerSession) -> Sender:
    """Whom the mails of the session's reseller shall be from."""
    row = session.get(MailSender, session.reseller_id)
    if row is None:
        return Sender()
    return Sender(name=row.name, address=row.address, reply_to=row.reply_to)


def fit(session: ResellerSession, *, name: str, address: str, reply_to: str) -> Sender:
    """The same as it would be kept; nothing is changed.

    Raises:
        MailSettingUnfit: `address` or `reply_to` is none, or cannot be done without.
    """
    chosen = Sender(
        name=mime.shown(name),
        address=_checked("address", address),
        reply_to=_checked("reply_to", reply_to),
    )
    if not chosen.address and session.get(MailServer, session.reseller_id) is not None:
        raise MailSettingUnfit("address", Wrong.NEEDED)
    return chosen


def change(session: ResellerSession, *, name: str, address: str, reply_to: str) -> Sender:
    """Have them be from somebody else from now on; mails that wait keep their name.

    Raises:
        MailSettingUnfit: `address` or `reply_to` is none, or cannot be done without.
    """
    chosen = fit(session, name=name, address=address, reply_to=reply_to)
    row = session.get(MailSender, session.reseller_id)
    if row is None:
        row = MailSender()
        session.add(row)
    row.name, row.address, row.reply_to = chosen.name, chosen.address, chosen.reply_to
    session.flush()
    return chosen


def _checked(field: str, text: str) -> str:
    if not text.strip():
        return ""
    try:
        found = mime.address(text)
    except mime.InvalidAddress:
        raise MailSettingUnfit(field, Wrong.ADDRESS) from None
    if hostname_rules.suffixes().is_public(found.rpartition("@")[2]):
        raise MailSettingUnfit(field, Wrong.SUFFIX)
    return found
