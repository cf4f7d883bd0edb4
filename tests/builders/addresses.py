"""Addresses of routes, with something in each of their places."""

from __future__ import annotations

import re

WORDS = {
    "act": "remove",
    "country": "FR",
    "currency": "EUR",
    "hostname": "sms.example.org",
    "kind": "stripe",
    "label_part": "menu",
    "language": "en",
    "notice": "low_balance",
    "page": "terms",
    "place": "logo_light",
    "sample_page": "dashboard",
    "slug": "sunny",
}
"""What stands where not every word will do."""

_PLACE = re.compile(r"<(?:[^>:]+:)?(\w+)>")


def filled(rule: str, otherwise: str) -> str:
    """The address of a rule such as `/clients/<int:client_id>`, its places filled in."""
    return _PLACE.sub(lambda place: WORDS.get(place[1], otherwise), rule)
