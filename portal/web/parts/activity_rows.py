"""Who did what, as a list shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.accounts.models import Activity

WORDS: Final[Mapping[str, str]] = {
    "brand.published": lazy_gettext("published a new look"),
    "brand.restored": lazy_gettext("brought an earlier look back"),
    "client.activated": lazy_gettext("let the client in"),
    "client.balance_management": lazy_gettext("changed the way of payment"),
    "client.changed": lazy_gettext("changed the client's data"),
    "client.charge": lazy_gettext("charged the client"),
    "client.lifted": lazy_gettext("lifted the suspension"),
    "client.lifted_by_balance": lazy_gettext("lifted the suspension, as there is money again"),
    "client.low_balance": lazy_gettext("changed the low-balance mail"),
    "client.money_given": lazy_gettext("moved money to another client"),
    "client.money_received": lazy_gettext("moved money from another client"),
    "client.payment": lazy_gettext("credited a payment"),
    "client.refused": lazy_gettext("refused the request"),
    "client.reversal": lazy_gettext("took a movement back"),
    "client.signed_up": lazy_gettext("signed up"),
    "client.suspended": lazy_gettext("suspended the client"),
    "client.suspended_by_balance": lazy_gettext("suspended the client, as its balance is used up"),
    "costs.changed": lazy_gettext("changed what messages cost"),
    "country.asked": lazy_gettext("asked for a country"),
    "country.declined": lazy_gettext("declined a country that was asked for"),
    "country.opened": lazy_gettext("opened a country for the client"),
    "country.opened_for_all": lazy_gettext("opened a country for all clients"),
    "client.countries": lazy_gettext("opened countries for the client"),
    "client.daily_limit": lazy_gettext("changed the client's daily limit"),
    "sender.withdrawn": lazy_gettext("withdrew a sender"),
    "cover.payment": lazy_gettext("credited the cover"),
    "cover.reversal": lazy_gettext("took a movement of the cover back"),
    "cover.threshold": lazy_gettext("changed the alert of the cover"),
    "hostname.asked": lazy_gettext("asked for a host name"),
    "hostname.failing": lazy_gettext("found that a host name no longer leads here"),
    "hostname.limits": lazy_gettext("changed what host names cost, or how many there can be"),
    "hostname.lost": lazy_gettext("gave up a host name whose proof is gone"),
    "hostname.primary": lazy_gettext("put another host name into links"),
    "hostname.proven": lazy_gettext("found the proof of a host name"),
    "hostname.ready": lazy_gettext("found that a host name leads here"),
    "hostname.released": lazy_gettext("released a host name"),
    "hostname.taken_back": lazy_gettext("took a released host name back"),
    "key.created": lazy_gettext("made a key for programs"),
    "key.revoked": lazy_gettext("revoked a key"),
    "login.refused": lazy_gettext("was refused at sign-in"),
    "login.succeeded": lazy_gettext("signed in"),
    "mail.restored": lazy_gettext("went back to the words that a mail came with"),
    "mail.reworded": lazy_gettext("changed the words of a mail"),
    "mail.hastened": lazy_gettext("had a mail tried again"),
    "mail.key_found": lazy_gettext("began to sign mails"),
    "mail.key_lost": lazy_gettext("stopped signing mails, as the record is missing"),
    "mail.key_made": lazy_gettext("made a key to sign mails with"),
    "mail.repeated": lazy_gettext("sent a mail again"),
    "mail.sender_changed": lazy_gettext("changed whom mails are from"),
    "mail.server_changed": lazy_gettext("changed the mail server"),
    "mail.server_removed": lazy_gettext("removed the mail server"),
    "mail.server_tested": lazy_gettext("sent a test mail"),
    "number.added": lazy_gettext("added a number"),
    "number.connected": lazy_gettext("connected a number"),
    "number.disconnected": lazy_gettext("disconnected a number"),
    "number.ended": lazy_gettext("took a number out of stock"),
    "package.assigned": lazy_gettext("assigned a package"),
    "package.changed": lazy_gettext("changed a package"),
    "package.closed": lazy_gettext("closed a package"),
    "package.display": lazy_gettext("changed what a package's clients see"),
    "package.created": lazy_gettext("made a package"),
    "package.renamed": lazy_gettext("renamed a package"),
    "package.ended": lazy_gettext("took a package away"),
    "page.changed": lazy_gettext("changed a page for visitors"),
    "password.changed": lazy_gettext("chose a new password"),
    "password.link_sent": lazy_gettext("was sent a link for a new password"),
    "portal.applied": lazy_gettext("set the portal up from its folder"),
    "rates.changed": lazy_gettext("changed a package's own rates"),
    "reseller.searched": lazy_gettext("searched the portal for names of others"),
    "reseller.resumed": lazy_gettext("let the portal send again"),
    "reseller.suspended": lazy_gettext("stopped the portal from sending"),
    "sender.approved": lazy_gettext("approved a sender"),
    "settings.changed": lazy_gettext("changed the settings"),
    "sub_account.created": lazy_gettext("opened a sub-account"),
    "sub_account.quota": lazy_gettext("changed a quota"),
    "sub_account.quota_mode": lazy_gettext("changed what a sub-account pays with"),
    "view_as.lapsed": lazy_gettext("left the client's place, as the time was over"),
    "view_as.started": lazy_gettext("went into the client's place"),
    "view_as.stopped": lazy_gettext("left the client's place"),
    "voucher.created": lazy_gettext("made a voucher"),
    "voucher.redeemed": lazy_gettext("used a voucher"),
    "voucher.withdrawn": lazy_gettext("withdrew a voucher"),
    "welcome.changed": lazy_gettext("changed the welcome text"),
}
"""What people read for an act; a test holds it against everything that is recorded."""


@dataclass(frozen=True)
class ActivityRow:
    """One act; `about` is the client that it concerns, `reason` what was written beside it."""

    at: datetime
    by: str
    what: str
    about: str
    reason: str


def shown(rows: Iterable[Activity], *, names: Mapping[int, str]) -> list[ActivityRow]:
    """Acts with the names of the clients they concern; what has no person did itself."""
    return [
        ActivityRow(
            at=row.at,
            by=row.person_name or gettext("the portal"),
            what=str(WORDS.get(row.what, row.what)),
            about=names.get(row.client_id or 0, ""),
            reason=str(row.details.get("reason") or row.details.get("description") or ""),
        )
        for row in rows
    ]
