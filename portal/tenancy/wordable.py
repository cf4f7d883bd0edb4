"""Which labels a reseller may put into its own words: those that its clients and visitors read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from portal.infra import translation

_PAGES: Final = "themes/default/templates/"
_CODE: Final = "portal/web/"
PARTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "menu": (f"{_CODE}parts/navigation.py",),
        "visitors": (
            f"{_PAGES}public/",
            f"{_CODE}public/",
            f"{_CODE}parts/client_fields.py",
            f"{_PAGES}partials/entry_",
        ),
        "home": (
            f"{_PAGES}client/dashboard.html",
            f"{_PAGES}partials/suspended.html",
            f"{_CODE}client/dashboard.py",
            f"{_CODE}client/meters.py",
        ),
        "send": (
            f"{_PAGES}client/send",
            f"{_PAGES}partials/estimate.html",
            f"{_CODE}client/send",
            f"{_CODE}client/refusals.py",
        ),
        "messages": (
            f"{_PAGES}client/message",
            f"{_PAGES}client/inbox.html",
            f"{_PAGES}partials/inbound.html",
            f"{_PAGES}partials/message_rows.html",
            f"{_PAGES}partials/receipt.html",
            f"{_PAGES}partials/status.html",
            f"{_CODE}client/messages.py",
            f"{_CODE}parts/inbound_rows.py",
            f"{_CODE}parts/receipts.py",
        ),
        "money": (
            f"{_PAGES}client/prices",
            f"{_PAGES}client/quotas",
            f"{_PAGES}client/statement",
            f"{_PAGES}client/usage",
            f"{_PAGES}client/voucher",
            f"{_PAGES}partials/booked_rows.html",
            f"{_PAGES}partials/chart.html",
            f"{_PAGES}partials/prices.html",
            f"{_PAGES}partials/quota.html",
            f"{_CODE}client/prices.py",
            f"{_CODE}client/quotas.py",
            f"{_CODE}client/statement.py",
            f"{_CODE}client/usage.py",
            f"{_CODE}client/vouchers.py",
            f"{_CODE}parts/transfer_rows.py",
            "portal/ledger/transfer_words.py",
        ),
        "account": (f"{_PAGES}client/", f"{_PAGES}account/", f"{_CODE}client/", f"{_CODE}account/"),
        "everywhere": (
            f"{_PAGES}skeleton.html",
            f"{_PAGES}base.html",
            f"{_PAGES}errors/",
            f"{_PAGES}partials/footer.html",
            f"{_PAGES}partials/forms.html",
            f"{_PAGES}partials/menu.html",
            f"{_PAGES}partials/numbered_pages.html",
            f"{_PAGES}partials/page_links.html",
            f"{_PAGES}partials/tables.html",
            f"{_PAGES}partials/tools.html",
            f"{_CODE}parts/amounts.py",
            f"{_CODE}parts/counts.py",
            f"{_CODE}parts/filters.py",
            f"{_CODE}parts/forms.py",
            f"{_CODE}parts/page_names.py",
            "portal/http/errors.py",
        ),
    }
)
"""The files that each part of the pages is written in, by how their paths begin.

A label belongs to the first part that has a file with it.
"""

_NAMED = re.compile(r"%\((\w+)\)[a-z]")
_MARKUP = re.compile(r"<[a-z/]|&[a-z]+;|%%")


@dataclass(frozen=True)
class Label:
    """A label that may be put into other words, as the code has it."""

    message: str
    names: frozenset[str]
    """The values that are filled into it."""

    @property
    def length_max(self) -> int:
        """How many characters other words may have, so that they find room."""
        return max(40, 2 * len(self.message))


def labels() -> Mapping[str, Label]:
    """Every label that may be put into other words, by its message."""
    return {each.message: each for part in by_part().values() for each in part}


@lru_cache(maxsize=1)
def by_part() -> Mapping[str, tuple[Label, ...]]:
    """The same by the part of the pages, in the order of the code.

    What has a form for each number, and what brings markup of its own, is not among them.
    """
    found: dict[str, list[Label]] = {part: [] for part in PARTS}
    for message, places in translation.messages():
        part = _part_of(places)
        if part is not None and not _MARKUP.search(message):
            found[part].append(Label(message, frozenset(_NAMED.findall(message))))
    return MappingProxyType({part: tuple(each) for part, each in found.items()})


def legible(message: str) -> str:
    """A message as people read and write it: `[name]` where a value is filled in."""
    return _NAMED.sub(r"[\1]", message)


def _part_of(places: tuple[str, ...]) -> str | None:
    return next((part for part, begins in PARTS.items() if _stands(places, begins)), None)


def _stands(places: tuple[str, ...], begins: tuple[str, ...]) -> bool:
    return any(place.startswith(begins) for place in places)
