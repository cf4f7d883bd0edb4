"""Who did what, as a list shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.accounts.erasure import NOBODY
from portal.accounts.models import Activity
from portal.web.parts import activity_details, activity_to_clients

WORDS: Final[Mapping[str, str]] = {
    "archive.asked": lazy_gettext("asked for a copy of the data"),
    "archive.fetched": lazy_gettext("fetched a copy of the data"),
    "brand.published": lazy_gettext("published a new look"),
    "brand.restored": lazy_gettext("brought an earlier look back"),
    "client.activated": lazy_gettext("let the client in"),
    "client.asked": lazy_gettext("asked a question"),
    "client.balance_management": lazy_gettext("changed the way of payment"),
    "client.changed": lazy_gettext("changed the client's data"),
    "client.charge": lazy_gettext("charged the client"),
    "client.erased": lazy_gettext("erased the client"),
    "client.messages_erased": lazy_gettext("erased the last of the client's messages"),
    "client.lifted": lazy_gettext("lifted the suspension"),
    "client.lifted_by_balance": lazy_gettext("lifted the suspension, as there is money again"),
    "client.low_balance": lazy_gettext("changed the low-balance mail"),
    "client.money_given": lazy_gettext("moved money to another client"),
    "client.money_received": lazy_gettext("moved money from another client"),
    "client.payment": lazy_gettext("credited a payment"),
    "client.refused": lazy_gettext("refused the request"),
    "client.refusal_taken_back": lazy_gettext("took the refusal of the request back"),
    "client.email_confirmed": lazy_gettext("confirmed the e-mail address"),
    "client.send_refused": lazy_gettext("wanted to send, and was refused"),
    "client.phone_code": lazy_gettext("had a code sent to a telephone"),
    "client.phone_proven": lazy_gettext("confirmed the telephone number"),
    "client.trial_credit": lazy_gettext("had the trial credit"),
    "client.approved_by_link": lazy_gettext("used the link in the mail about the request"),
    "client.decided_by_rule": lazy_gettext("was answered by a rule for sign-ups"),
    "client.never_confirmed": lazy_gettext(
        "removed a sign-up whose e-mail address was never confirmed"
    ),
    "client.signed_up_anew": lazy_gettext(
        "replaced a sign-up that was never confirmed, as the same address signed up again"
    ),
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
    "cover.deposited": lazy_gettext("credited the cover with a payment"),
    "cover.given_again": lazy_gettext("credited the cover again with a payment taken back"),
    "cover.limit": lazy_gettext("changed how much may be used before it is paid"),
    "cover.payment": lazy_gettext("credited the cover"),
    "cover.reversal": lazy_gettext("took a movement of the cover back"),
    "cover.taken_back": lazy_gettext("booked that a payment for the cover was taken back"),
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
    "invoice.credited": lazy_gettext("issued a credit note"),
    "invoice.issued": lazy_gettext("issued an invoice"),
    "client.statements_not_mailed": lazy_gettext("switched statements by e-mail off"),
    "client.statements_mailed": lazy_gettext("switched statements by e-mail on"),
    "key.created": lazy_gettext("made a key for programs"),
    "key.refused": lazy_gettext("used a key that was refused"),
    "key.revoked": lazy_gettext("revoked a key"),
    "login_link.made": lazy_gettext("made a link to sign in with"),
    "login_secret.made": lazy_gettext("made a secret for login links"),
    "login_secret.revoked": lazy_gettext("revoked a secret for login links"),
    "login.refused": lazy_gettext("was refused at sign-in"),
    "login.succeeded": lazy_gettext("signed in"),
    "login.unconfirmed": lazy_gettext("could not confirm who they are"),
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
    "bank_line.booked": lazy_gettext("credited a line of a bank statement"),
    "bank_line.ignored": lazy_gettext("ignored a line of a bank statement"),
    "bank_line.undone": lazy_gettext("opened a line of a bank statement again"),
    "bank_statement.imported": lazy_gettext("imported a bank statement"),
    "card.kept": lazy_gettext("kept a card for later payments"),
    "card.removed": lazy_gettext("removed the kept card"),
    "top_up.changed": lazy_gettext("changed the automatic top-up"),
    "top_up.off": lazy_gettext("switched automatic top-up off"),
    "top_up.on": lazy_gettext("switched automatic top-up on"),
    "top_up.paused": lazy_gettext("paused automatic top-up, as the card was not charged"),
    "deposit.called_off": lazy_gettext("waits no longer for a bank transfer"),
    "deposit.checked": lazy_gettext("asked the payment service about a deposit"),
    "deposit.confirmed": lazy_gettext("confirmed that a bank transfer has arrived"),
    "deposit.credited": lazy_gettext("credited a deposit"),
    "deposit.differs": lazy_gettext("did not credit a payment that differs from the deposit"),
    "deposit.disputed": lazy_gettext("booked that a bank took a deposit back"),
    "deposit.lapsed": lazy_gettext("waits no longer for a bank transfer that did not come"),
    "deposit.refunded": lazy_gettext("booked that a deposit was refunded"),
    "deposit.returned": lazy_gettext("credited a deposit again that had been taken back"),
    "deposit.started": lazy_gettext("began a deposit"),
    "payment_account.changed": lazy_gettext("changed an account for payments"),
    "payment_account.offered": lazy_gettext("let clients pay in again"),
    "payment_account.paused": lazy_gettext("kept clients from paying in"),
    "payment_account.revealed": lazy_gettext("looked at the keys of an account for payments"),
    "payment_account.removed": lazy_gettext("removed an account for payments"),
    "payment_account.tested": lazy_gettext("tested an account for payments"),
    "payment_event.replayed": lazy_gettext("had a payment looked into again"),
    "refund.asked": lazy_gettext("asked for a refund"),
    "refund.refused": lazy_gettext("was refused a refund by the payment service"),
    "email.asked": lazy_gettext("asked for another address to sign in with"),
    "email.changed": lazy_gettext("signs in with another address from now on"),
    "login.ended": lazy_gettext("signed out"),
    "passkey.added": lazy_gettext("added a passkey"),
    "passkey.removed": lazy_gettext("removed a passkey"),
    "recovery_codes.renewed": lazy_gettext("made new codes for emergencies"),
    "second_step.off": lazy_gettext("turned the second step at sign-in off"),
    "second_step.on": lazy_gettext("turned the second step at sign-in on"),
    "second_step.taken_off": lazy_gettext("took somebody's second step at sign-in off"),
    "session.ended": lazy_gettext("signed one of their browsers out"),
    "session.others_ended": lazy_gettext("signed all their other browsers out"),
    "password.changed": lazy_gettext("chose a new password"),
    "person.password_given": lazy_gettext("chose a password for somebody"),
    "person.password_link": lazy_gettext("had a link for a new password sent to"),
    "password.link_sent": lazy_gettext("was sent a link for a new password"),
    "person.changed": lazy_gettext("changed what somebody may do"),
    "person.disabled": lazy_gettext("kept somebody from signing in"),
    "person.enabled": lazy_gettext("let somebody sign in again"),
    "person.invited": lazy_gettext("invited somebody"),
    "person.invited_again": lazy_gettext("sent an invitation again"),
    "person.joined": lazy_gettext("accepted an invitation"),
    "person.removed": lazy_gettext("removed somebody"),
    "person.renamed": lazy_gettext("changed somebody's name"),
    "person.withdrawn": lazy_gettext("withdrew an invitation"),
    "portal.applied": lazy_gettext("set the portal up from its folder"),
    "rates.changed": lazy_gettext("changed a package's own rates"),
    "reseller.searched": lazy_gettext("searched the portal for names of others"),
    "reseller.resumed": lazy_gettext("let the portal send again"),
    "reseller.suspended": lazy_gettext("stopped the portal from sending"),
    "sender.approved": lazy_gettext("approved a sender"),
    "settings.changed": lazy_gettext("changed the settings"),
    "client.closed": lazy_gettext("closed the client"),
    "client.created": lazy_gettext("made the client"),
    "client.note_removed": lazy_gettext("removed a note on the client"),
    "sub_account.changed": lazy_gettext("changed a sub-account"),
    "sub_account.closed": lazy_gettext("closed a sub-account"),
    "sub_account.password_renewed": lazy_gettext("made a new API password"),
    "sub_account.reopened": lazy_gettext("opened a closed sub-account again"),
    "sub_account.created": lazy_gettext("opened a sub-account"),
    "sub_account.quota": lazy_gettext("changed a quota"),
    "sub_account.quota_mode": lazy_gettext("changed what a sub-account pays with"),
    "view_as.acted": lazy_gettext("did something in the client's place"),
    "view_as.lapsed": lazy_gettext("left the client's place, as the time was over"),
    "view_as.started": lazy_gettext("went into the client's place"),
    "view_as.stopped": lazy_gettext("left the client's place"),
    "visit.acted": lazy_gettext("did something on a visit"),
    "visit.lapsed": lazy_gettext("left these pages, as the time was over"),
    "visit.started": lazy_gettext("came to visit these pages"),
    "visit.stopped": lazy_gettext("left these pages"),
    "voucher.created": lazy_gettext("made a voucher"),
    "voucher.redeemed": lazy_gettext("used a voucher"),
    "voucher.withdrawn": lazy_gettext("withdrew a voucher"),
    "welcome.changed": lazy_gettext("changed the welcome text"),
    "words.changed": lazy_gettext("changed labels of the pages"),
}
"""What people read for an act; a test holds it against everything that is recorded."""


@dataclass(frozen=True, kw_only=True)
class ActivityRow:
    """One act; `about` is the client that it concerns, `reason` what was written beside it.

    `in_place` says that it was done in the client's place; `erased`, that its words are gone.
    """

    at: datetime
    by: str
    what: str
    about: str
    reason: str
    about_id: int | None
    address: str
    in_place: bool
    erased: bool
    portal: str = ""


def shown(
    rows: Iterable[Activity],
    *,
    names: Mapping[int, str],
    people: Mapping[int, str] | None = None,
    portals: Mapping[int, str] | None = None,
    for_operator: bool = False,
) -> list[ActivityRow]:
    """Acts with the names of the clients they concern; what has no person did itself.

    `people` names those whose names are not on the rows: the operator's, and who is left where
    words were erased. Only the operator reads who of its people did something, and from where.
    """
    known = people or {}
    return [
        ActivityRow(
            at=row.at,
            by=_by(row, known, for_operator=for_operator),
            what=str(WORDS.get(row.what, row.what)),
            about=names.get(row.client_id or 0, ""),
            reason=activity_details.in_words(row.details),
            about_id=row.client_id if row.client_id in names else None,
            address="" if row.by_operator and not for_operator else row.address,
            in_place=row.acting_as_client_id is not None,
            erased=row.erased_by_id is not None,
            portal=(portals or {}).get(row.reseller_id, ""),
        )
        for row in rows
    ]


def for_client(
    rows: Iterable[Activity], *, own: Mapping[int, str], told: Collection[str]
) -> list[ActivityRow]:
    """Acts as a client reads them: `own` are its people, by name.

    Of staff it is told the name, and what is written for the client (`told`), but neither from
    where they came nor what they noted for each other.
    """
    acts = list(rows)
    return [
        replace(
            line,
            what=str(activity_to_clients.WORDS.get(row.what, line.what)),
            address=line.address if row.person_id in own else "",
            reason=line.reason if row.person_id in own or line.in_place or row.what in told else "",
        )
        for row, line in zip(acts, shown(acts, names={}, people=own), strict=True)
    ]


def nameless(rows: Iterable[Activity]) -> set[int]:
    """The people to look up, since their rows do not name them."""
    return {row.person_id for row in rows if row.person_id is not None and not row.person_name}


def _by(row: Activity, people: Mapping[int, str], *, for_operator: bool) -> str:
    if row.person_id is None:
        # Who has an address and no name is somebody at a browser, and nobody knows who.
        return str(gettext("a visitor") if row.address else gettext("the portal"))
    if row.by_operator and not for_operator:
        return str(gettext("your provider"))
    known = people.get(row.person_id, "")
    # Of who was erased with a client, an address is left that stands for none.
    found = row.person_name or ("" if known.endswith(f"@{NOBODY}") else known)
    return found or str(gettext("somebody who was erased"))
