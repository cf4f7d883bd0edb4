"""Why a message cannot be sent, in the words of the page, and beside which field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g
from flask_babel import gettext

from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.messaging import errors
from portal.messaging.errors import MessagingError, NumberFault, SenderFault
from portal.web.parts.formats import money, number

_FIELDS: dict[type[MessagingError], str] = {
    errors.InvalidNumber: "to",
    errors.NoRate: "to",
    errors.CountryNotOpen: "to",
    errors.OptedOut: "to",
    errors.EmptyText: "text",
    errors.TextTooLong: "text",
    errors.SenderNotAllowed: "sender",
}


def field_of(refusal: MessagingError) -> str | None:
    """The field of the form that is to be mended, or None if the form is not at fault."""
    return _FIELDS.get(type(refusal))


def words(refusal: MessagingError) -> str:
    """What is wrong and what to do, with the facts of the refusal; nothing of anyone above."""
    say = _WORDS.get(type(refusal), _unavailable)
    return str(say(refusal))


def _number(refusal: errors.InvalidNumber) -> object:
    if refusal.why is NumberFault.CHARACTERS:
        return gettext("A number has digits only, and may begin with a plus.")
    if refusal.why is NumberFault.COUNTRY_CODE:
        return gettext("No country has this code. Write the number as in +49 151 23456789.")
    if refusal.why is NumberFault.LENGTH:
        return gettext("This number is too short or too long.")
    if refusal.why is NumberFault.NOT_ASSIGNED:
        return gettext("There is no such number. Please check its digits.")
    return gettext("This is no number that messages can be sent to.")


def _sender(refusal: errors.SenderNotAllowed) -> object:
    if refusal.why in {SenderFault.NOT_APPROVED, SenderFault.NOT_OWNED}:
        return gettext("This sender is not approved for you. Ask us to approve it.")
    if refusal.why is SenderFault.RESERVED:
        return gettext("This sender may be taken for somebody else and is not allowed.")
    return gettext("A sender has up to 11 letters and digits, and at least one letter.")


def _too_long(refusal: errors.TextTooLong) -> object:
    if refusal.parts > refusal.parts_max:
        return gettext(
            "The text takes %(parts)s parts, and at most %(most)s are allowed.",
            parts=number(refusal.parts),
            most=number(refusal.parts_max),
        )
    return gettext(
        "The text has %(characters)s characters, and at most %(most)s are allowed.",
        characters=number(refusal.characters),
        most=number(refusal.characters_max),
    )


def _empty(_: errors.EmptyText) -> object:
    return gettext("There is nothing in the text.")


def _no_rate(_: errors.NoRate) -> object:
    return gettext("There is no price for this number, so nothing is sent to it.")


def _country(_: errors.CountryNotOpen) -> object:
    return gettext("This country is not open for you. Ask us to open it.")


def _opted_out(_: errors.OptedOut) -> object:
    return gettext("Whoever has this number wants no messages from you.")


def _funds(refusal: errors.CannotAfford) -> object:
    actor: Actor = g.actor
    if not actor.display.money:
        return gettext("Your balance does not cover this message.")
    if not actor.can(Right.WALLET_READ):
        return gettext(
            "The message costs %(needs)s, which your balance does not cover.",
            needs=money(refusal.needs, refusal.currency),
        )
    return gettext(
        "The message costs %(needs)s, and your balance is %(has)s.",
        needs=money(refusal.needs, refusal.currency),
        has=money(refusal.has, refusal.currency),
    )


def _quota(refusal: errors.QuotaUsedUp) -> object:
    return gettext(
        "The message takes %(needs)s parts, and %(has)s are left of those prepaid.",
        needs=number(refusal.needs),
        has=number(refusal.has),
    )


def _debt(refusal: errors.InDebt) -> object:
    if refusal.codes_pass:
        return gettext(
            "What you owe was not paid in time. Only sign-in codes and replies are sent for now."
        )
    return gettext("What you owe was not paid in time, so nothing is sent.")


def _suspended(_: errors.ClientSuspended) -> object:
    return gettext("Your account is suspended, so nothing is sent.")


def _limit(refusal: errors.LimitReached) -> object:
    return gettext(
        "You have sent as many messages as you may for now (%(most)s). Please try again later.",
        most=number(refusal.maximum),
    )


def _unavailable(_: MessagingError) -> object:
    return gettext("Sending does not work at present. Nothing was charged; please try again later.")


_WORDS: dict[type[MessagingError], Callable[[Any], object]] = {
    errors.InvalidNumber: _number,
    errors.EmptyText: _empty,
    errors.TextTooLong: _too_long,
    errors.SenderNotAllowed: _sender,
    errors.NoRate: _no_rate,
    errors.CountryNotOpen: _country,
    errors.OptedOut: _opted_out,
    errors.CannotAfford: _funds,
    errors.QuotaUsedUp: _quota,
    errors.InDebt: _debt,
    errors.ClientSuspended: _suspended,
    errors.LimitReached: _limit,
    errors.TemporarilyUnavailable: _unavailable,
}
