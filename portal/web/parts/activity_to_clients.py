"""What a client reads for an act that was done to itself, where it is named in other words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

WORDS: Final[Mapping[str, str]] = {
    "client.activated": lazy_gettext("let you in"),
    "client.balance_management": lazy_gettext("changed your way of payment"),
    "client.changed": lazy_gettext("changed your data"),
    "client.charge": lazy_gettext("charged you"),
    "client.closed": lazy_gettext("closed your account"),
    "client.countries": lazy_gettext("opened countries for you"),
    "client.created": lazy_gettext("made your account"),
    "client.daily_limit": lazy_gettext("changed how much you may send a day"),
    "client.email_confirmed": lazy_gettext("confirmed the e-mail address"),
    "client.low_balance": lazy_gettext("changed your low-balance mail"),
    "client.money_given": lazy_gettext("moved money of yours to another client"),
    "client.money_received": lazy_gettext("moved money of another client to you"),
    "client.suspended": lazy_gettext("stopped you from sending"),
    "client.suspended_by_balance": lazy_gettext(
        "stopped you from sending, as your balance is used up"
    ),
    "country.opened": lazy_gettext("opened a country for you"),
    "view_as.acted": lazy_gettext("did something in your place"),
    "view_as.lapsed": lazy_gettext("left your pages, as the time was over"),
    "view_as.started": lazy_gettext("came to see your pages"),
    "view_as.stopped": lazy_gettext("left your pages"),
}
