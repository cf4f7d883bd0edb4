"""What the variables of mails stand for, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

from portal.notifications import catalogue

WORDS: Final[Mapping[str, str]] = {
    "address": lazy_gettext("the network address"),
    "amount": lazy_gettext("what was paid"),
    "answer": lazy_gettext("what was answered last"),
    "approve": lazy_gettext("the link that lets this client in, without signing in"),
    "balance": lazy_gettext("the balance now"),
    "browser": lazy_gettext("the browser and its system"),
    "card": lazy_gettext("the kept card"),
    "client": lazy_gettext("the client"),
    "company": lazy_gettext("the company"),
    "count": lazy_gettext("how many there are"),
    "country": lazy_gettext("the country"),
    "date": lazy_gettext("the day from which prices are others"),
    "debt": lazy_gettext("what is owed"),
    "due": lazy_gettext("what is still to be paid"),
    "expires": lazy_gettext("the last day on which the card is good"),
    "incoming_new": lazy_gettext("what a message received costs then"),
    "incoming_old": lazy_gettext("what a message received costs until then"),
    "monthly_new": lazy_gettext("the monthly fee then"),
    "monthly_old": lazy_gettext("the monthly fee until then"),
    "new": lazy_gettext("what a message to the country costs then"),
    "number": lazy_gettext("the number of the invoice"),
    "old": lazy_gettext("what a message to the country costs until then"),
    "email": lazy_gettext("the e-mail address"),
    "firstname": lazy_gettext("the first name"),
    "lastname": lazy_gettext("the last name"),
    "left": lazy_gettext("how many parts are left"),
    "month": lazy_gettext("the month"),
    "name": lazy_gettext("the host name"),
    "not_sent": lazy_gettext("how many are no longer sent to"),
    "package": lazy_gettext("the package"),
    "page": lazy_gettext("the page that was asked on"),
    "percent": lazy_gettext("how many percent are used"),
    "portal": lazy_gettext("the name of your portal"),
    "provider": lazy_gettext("the provider of payments"),
    "reason": lazy_gettext("the reason"),
    "renews_on": lazy_gettext("the day when it is full again"),
    "server": lazy_gettext("the name of your mail server"),
    "size": lazy_gettext("how many parts there are in all"),
    "text": lazy_gettext("what was asked"),
    "threshold": lazy_gettext("the amount at which this mail is sent"),
    "time": lazy_gettext("the day and the time"),
    "until": lazy_gettext("the last day to pay"),
    "url": lazy_gettext("the link of this mail"),
    **{name: lazy_gettext("one line of the list") for name in catalogue.WORST},
}
