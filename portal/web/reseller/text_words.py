"""What each mail is and when it goes out, in plain words, and what its variables stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.notifications.errors import (
    LineBreakInSubject,
    TextMissing,
    TextTooLong,
    UnknownVariable,
    VariableMissing,
    WordingError,
)
from portal.web.reseller import text_variables


@dataclass(frozen=True)
class About:
    """A mail's name, and when it is written."""

    title: str
    when: str


@dataclass(frozen=True)
class Group:
    """Mails that belong together."""

    title: str
    mails: Mapping[str, About]


MISSING: Final = lazy_gettext("Please write something: a mail needs a subject and a text.")

GROUPS: Final = (
    Group(
        lazy_gettext("Becoming a client"),
        {
            "signup_confirm": About(
                lazy_gettext("Confirm the e-mail address"),
                lazy_gettext("Right after somebody has signed up, with the link to confirm it."),
            ),
            "signup_received": About(
                lazy_gettext("Request received"),
                lazy_gettext("When they have confirmed their address, while they wait for you."),
            ),
            "account_exists": About(
                lazy_gettext("There is an account already"),
                lazy_gettext("When somebody signs up with an address that has an account."),
            ),
            "activated": About(
                lazy_gettext("Account activated"), lazy_gettext("When you let a client in.")
            ),
            "refused": About(
                lazy_gettext("Request refused"),
                lazy_gettext("When you refuse a request. It says your reason."),
            ),
        },
    ),
    Group(
        lazy_gettext("Money"),
        {
            "low_balance": About(
                lazy_gettext("Low balance"),
                lazy_gettext("When a balance falls to the amount that the client chose."),
            ),
            "deposit_received": About(
                lazy_gettext("Deposit received"),
                lazy_gettext("When you credit a client, or it has redeemed a voucher."),
            ),
            "deposit_pending": About(
                lazy_gettext("Deposit on its way"),
                lazy_gettext("When a payment has not arrived after two days."),
            ),
            "deposit_refunded": About(
                lazy_gettext("Deposit refunded"),
                lazy_gettext("When some of a deposit, or all of it, was given back."),
            ),
            "top_up_failed": About(
                lazy_gettext("Automatic top-up failed"),
                lazy_gettext("When a client's kept card could not be charged."),
            ),
            "top_up_confirm": About(
                lazy_gettext("Automatic top-up to be confirmed"),
                lazy_gettext("When the bank wants the card's owner to confirm a payment."),
            ),
            "card_expiring": About(
                lazy_gettext("Kept card expires"),
                lazy_gettext("Three weeks before, if the card is charged by itself."),
            ),
            "invoice": About(
                lazy_gettext("Invoice"),
                lazy_gettext("When an invoice is made, if you have switched invoices on."),
            ),
            "statement": About(
                lazy_gettext("Monthly statement"),
                lazy_gettext("When a month is over, to clients that want it by e-mail."),
            ),
            "debt_reminder": About(
                lazy_gettext("Reminder of a debt"),
                lazy_gettext("After 3, 10 and 20 days below zero."),
            ),
            "bundle_used": About(
                lazy_gettext("Free messages used"),
                lazy_gettext("When half, four fifths and all of a bundle are used."),
            ),
            "price_change": About(
                lazy_gettext("Prices change"),
                lazy_gettext("When you change a package, and have its clients told."),
            ),
            "suspended": About(
                lazy_gettext("Account suspended"),
                lazy_gettext("When a client can no longer send because its balance is used up."),
            ),
            "reactivated": About(
                lazy_gettext("Account open again"),
                lazy_gettext("When money has come and the client can send again."),
            ),
        },
    ),
    Group(
        lazy_gettext("Signing in"),
        {
            "invited": About(
                lazy_gettext("Invitation"),
                lazy_gettext("When somebody is invited, with the link to choose a password."),
            ),
            "password_reset": About(
                lazy_gettext("Link for a new password"),
                lazy_gettext("When somebody has forgotten their password and asks for a link."),
            ),
            "password_changed": About(
                lazy_gettext("Password changed"),
                lazy_gettext("After somebody has chosen a new password."),
            ),
            "new_sign_in": About(
                lazy_gettext("New sign-in"),
                lazy_gettext("When somebody signs in with a browser that they have not used yet."),
            ),
            "email_change": About(
                lazy_gettext("Confirm another address"),
                lazy_gettext("When somebody wants to sign in with another e-mail address."),
            ),
            "email_changed": About(
                lazy_gettext("Address changed"),
                lazy_gettext("After somebody has another address to sign in with; to the old one."),
            ),
            "sign_in_changed": About(
                lazy_gettext("Sign-in changed"),
                lazy_gettext("After somebody has added or removed a passkey or an app for codes."),
            ),
        },
    ),
    Group(
        lazy_gettext("Countries"),
        {
            "country_opened": About(
                lazy_gettext("Country opened"),
                lazy_gettext("When you open a country that a client has asked for."),
            ),
            "country_declined": About(
                lazy_gettext("Country declined"),
                lazy_gettext("When you decline a country. It says your reason."),
            ),
        },
    ),
    Group(
        lazy_gettext("To you and your staff"),
        {
            "signup_notice": About(
                lazy_gettext("Somebody has signed up"),
                lazy_gettext("When a new client waits to be activated."),
            ),
            "client_asked": About(
                lazy_gettext("A client asks something"),
                lazy_gettext("When a client writes to you from a page of the portal."),
            ),
            "country_asked": About(
                lazy_gettext("A country is asked for"),
                lazy_gettext("When a client wants to send to a country that is closed."),
            ),
            "low_cover": About(
                lazy_gettext("Cover is low"),
                lazy_gettext("When your cover falls to the amount in your settings."),
            ),
            "cover_used_up": About(
                lazy_gettext("Cover is used up"),
                lazy_gettext("When your clients can no longer send because your cover is empty."),
            ),
            "cover_credited": About(
                lazy_gettext("Cover topped up"),
                lazy_gettext("When a payment of yours to your provider is on the cover."),
            ),
            "cover_pending": About(
                lazy_gettext("Payment for the cover on its way"),
                lazy_gettext("When a payment of yours has not arrived after two days."),
            ),
            "cover_refunded": About(
                lazy_gettext("Payment for the cover given back"),
                lazy_gettext("When your provider has given back some of a payment, or all of it."),
            ),
            "cover_invoice": About(
                lazy_gettext("Invoice of your provider"),
                lazy_gettext("When your provider has made an invoice for a payment of yours."),
            ),
            "cover_invoice_due": About(
                lazy_gettext("Invoice of your provider for a month"),
                lazy_gettext("When some of what you have used in a month is still to be paid."),
            ),
            "cover_invoice_overdue": About(
                lazy_gettext("Invoice of your provider is overdue"),
                lazy_gettext("When it was not paid in time, and every week until it is."),
            ),
            "sold_below_cost": About(
                lazy_gettext("Sold below cost"),
                lazy_gettext("When a rate rises above the price that you sell at."),
            ),
            "deposit_disputed": About(
                lazy_gettext("A payment is disputed"),
                lazy_gettext("When a bank takes a deposit back (a chargeback)."),
            ),
            "payment_account_failing": About(
                lazy_gettext("A payment account fails"),
                lazy_gettext("When your account with Stripe or PayPal no longer works."),
            ),
            "mail_server_failing": About(
                lazy_gettext("Your mail server fails"),
                lazy_gettext("When your own mail server takes no mails, at most once a day."),
            ),
            "hostname_failing": About(
                lazy_gettext("A host name fails"),
                lazy_gettext("When a name of your own no longer leads to your portal."),
            ),
            "mail_test": About(
                lazy_gettext("Test mail"),
                lazy_gettext("When you try your own mail server."),
            ),
        },
    ),
)
"""Every mail that a reseller may word; a test holds it against the catalogue."""

ABOUT: Final = {key: about for group in GROUPS for key, about in group.mails.items()}


def variable(name: str) -> str:
    """What a variable stands for."""
    return str(text_variables.WORDS[name])


def message(wrong: WordingError) -> str:
    """What is wrong with a text, and how to mend it."""
    match wrong:
        case TextMissing():
            return str(MISSING)
        case TextTooLong(most=most):
            return str(gettext("At most %(most)s characters, please.", most=most))
        case LineBreakInSubject():
            return str(gettext("The subject is one line. Take the line break out."))
        case UnknownVariable(name=name, nearest=nearest):
            return unknown(name, nearest)
        case VariableMissing(name=name):
            return str(
                gettext("The text needs [%(name)s]. Without it the mail is of no use.", name=name)
            )
    raise wrong


def unknown(name: str, nearest: str) -> str:
    """What is said of a variable that a text does not have."""
    return str(
        gettext(
            "There is no [%(name)s] here. Did you mean [%(nearest)s]?", name=name, nearest=nearest
        )
    )
