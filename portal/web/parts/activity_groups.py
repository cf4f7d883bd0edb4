"""Kinds of acts, for people who look for one, and which acts of staff a client is told of."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext
from wtforms import SelectChoice

from portal.web.parts.activity_rows import WORDS

_BEGINNINGS: Final[dict[str, tuple[str, ...]]] = {
    "sign_in": (
        "login.",
        "password.",
        "session.",
        "second_step.",
        "recovery_codes.",
        "passkey.",
        "email.",
    ),
    "visits": ("view_as.", "visit."),
    "people": ("person.",),
    "keys": ("key.", "api_password.", "login_link.", "login_secret."),
    "privacy": ("archive.", "client.erased", "client.messages_erased"),
    "money": (
        "bank_",
        "client.balance_management",
        "client.charge",
        "client.money_",
        "client.payment",
        "client.reversal",
        "card.",
        "client.trial_credit",
        "cover.",
        "deposit.",
        "payment_account.",
        "payment_event.",
        "refund.",
        "sub_account.quota",
        "top_up.",
        "voucher.",
    ),
    "prices": ("costs.", "package.", "rates."),
    "clients": ("client.", "country.", "sender.", "sub_account.", "number."),
    "mails": ("mail.",),
}
"""How the acts of each kind begin; the first kind that fits is an act's."""

OTHERS: Final = "portal"

CHOICES: Final = [
    SelectChoice("", lazy_gettext("Everything")),
    SelectChoice("sign_in", lazy_gettext("Signing in and passwords")),
    SelectChoice("visits", lazy_gettext("Visits in somebody's place")),
    SelectChoice("people", lazy_gettext("People and their rights")),
    SelectChoice("keys", lazy_gettext("Keys for programs")),
    SelectChoice("clients", lazy_gettext("Clients and what they may do")),
    SelectChoice("money", lazy_gettext("Money and quotas")),
    SelectChoice("prices", lazy_gettext("Packages and prices")),
    SelectChoice("mails", lazy_gettext("Mails")),
    SelectChoice("privacy", lazy_gettext("Copies and erasures of data")),
    SelectChoice(OTHERS, lazy_gettext("The portal and its settings")),
]

_FOR_CLIENTS: Final = ("sign_in", "visits", "people", "keys", "clients", "money", "privacy")
CLIENT_CHOICES: Final = [each for each in CHOICES if each.value in {"", *_FOR_CLIENTS}]
"""What a client's own people do, or have done to them."""


def group_of(act: str) -> str:
    """The kind of an act."""
    for group, beginnings in _BEGINNINGS.items():
        if act.startswith(beginnings):
            return group
    return OTHERS


def acts_of(group: str) -> frozenset[str]:
    """Every act of a kind that has words; all there are for no kind at all are none."""
    return frozenset(act for act in WORDS if group_of(act) == group) if group else frozenset()
