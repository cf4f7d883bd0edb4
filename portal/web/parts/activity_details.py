"""What was written beside an act, in words for people: no code and no name of a column is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_gettext

from portal.http.language import locale
from portal.web.parts import formats
from portal.web.parts.client_fields import LABELS

_SETTINGS: Final[Mapping[str, str]] = {
    "admission": lazy_gettext("rules for sign-ups"),
    "staff_take_second_step": lazy_gettext("the second step of everybody who works here"),
    "themes": lazy_gettext("themes that may be chosen"),
    "trial": lazy_gettext("the trial credit"),
    "ask_us": lazy_gettext("questions of clients"),
    "after_debt_reminders": lazy_gettext("what clients in debt may send"),
    "consent_pages": lazy_gettext("what has to be accepted at sign-up"),
    "countries": lazy_gettext("countries open to all clients"),
    "daily_limit": lazy_gettext("messages a day"),
    "default_balance_management": lazy_gettext("what new clients begin with"),
    "display": lazy_gettext("what clients see"),
    "languages": lazy_gettext("languages"),
    "login_sites": lazy_gettext("websites that sign clients in"),
    "low_balance_threshold": lazy_gettext("low-balance mail"),
    "low_cover_threshold": lazy_gettext("alert of the cover"),
    "negative_markup_allowed": lazy_gettext("markup below zero"),
    "password_reset": lazy_gettext("links for a new password"),
    "redact_after_days": lazy_gettext("how long messages are kept readable"),
    "refund_undelivered": lazy_gettext("refunds of undelivered messages"),
    "sign_up": lazy_gettext("the sign-up form"),
    "validity_hours": lazy_gettext("how long a message is tried"),
    "wholesale_rise": lazy_gettext("what a rise of costs does"),
}

_PAGES: Final[Mapping[str, str]] = {"client.send": lazy_gettext("sent a message")}
"""What was done in another's place by a page whose verb records nothing itself."""


def in_words(details: Mapping[str, Any]) -> str:
    """All of it that people can read, each in a phrase of its own."""
    phrases = (phrase(details) for phrase in _PHRASES)
    return " · ".join(dict.fromkeys(each for each in phrases if each))


def _amount(details: Mapping[str, Any]) -> str:
    amount, currency = details.get("amount"), details.get("currency")
    if isinstance(amount, int) and isinstance(currency, str):
        return formats.money(amount, currency)
    return ""


def _text(name: str) -> Callable[[Mapping[str, Any]], str]:
    def phrase(details: Mapping[str, Any]) -> str:
        value = details.get(name)
        return value if isinstance(value, str) else ""

    return phrase


def _country(details: Mapping[str, Any]) -> str:
    code = details.get("country")
    return str(locale().territories.get(code, code)) if isinstance(code, str) else ""


def _facts(details: Mapping[str, Any]) -> str:
    named = str(details.get("facts") or "")
    return ", ".join(str(LABELS[each]) for each in named.split(", ") if each in LABELS)  # type: ignore[index]  # its keys are words


def _page(details: Mapping[str, Any]) -> str:
    return str(_PAGES.get(str(details.get("page")), ""))


def _settings(details: Mapping[str, Any]) -> str:
    named = str(details.get("settings") or "")
    return ", ".join(str(_SETTINGS[each]) for each in named.split(", ") if each in _SETTINGS)


def _parts(details: Mapping[str, Any]) -> str:
    parts = details.get("parts")
    if not isinstance(parts, int):
        return ""
    return str(gettext("Parts: %(parts)s", parts=formats.number(parts)))


def _limit(details: Mapping[str, Any]) -> str:
    if "limit" not in details:
        return ""
    limit = details["limit"]
    if not isinstance(limit, int):
        return str(gettext("as many as any client may"))
    return str(gettext("Messages a day: %(limit)s", limit=formats.number(limit)))


def _management(details: Mapping[str, Any]) -> str:
    return {
        "SOFT": str(gettext("SOFT: may go below zero")),
        "HARD": str(gettext("HARD: suspended at zero")),
    }.get(str(details.get("management")), "")


def _version(details: Mapping[str, Any]) -> str:
    version = details.get("version")
    if not isinstance(version, int):
        return ""
    return str(gettext("Version %(number)s", number=formats.number(version)))


def _rates(details: Mapping[str, Any]) -> str:
    rates = details.get("rates")
    if not isinstance(rates, int):
        return ""
    return str(gettext("Rates: %(count)s", count=formats.number(rates)))


def _refusal(details: Mapping[str, Any]) -> str:
    """Why a key or a message was refused."""
    return {
        "revoked": str(gettext("it was revoked")),
        "expired": str(gettext("it was too old")),
        "elsewhere": str(gettext("it came from an address that it is not for")),
        "owner": str(gettext("whoever made it is not let in")),
        "insufficient_funds": str(gettext("the balance did not cover it")),
        "client_suspended": str(gettext("the client is suspended")),
        "country_not_open": str(gettext("the country is not open")),
        "debt_unpaid": str(gettext("a debt is not paid")),
        "limit_reached": str(gettext("the messages of the day were used up")),
        "no_rate": str(gettext("there is no price for the number")),
        "quota_used_up": str(gettext("the prepaid parts were used up")),
        "sender_not_allowed": str(gettext("the sender is not approved")),
    }.get(str(details.get("refusal")), "")


_PHRASES: Final[tuple[Callable[[Mapping[str, Any]], str], ...]] = (
    _text("package"),
    _text("name"),
    _amount,
    _parts,
    _country,
    _facts,
    _page,
    _settings,
    _management,
    _limit,
    _version,
    _rates,
    _refusal,
    _text("description"),
    _text("reason"),
    _text("email"),
)
"""What is said, in this order; a detail that none of these knows is for programs."""
