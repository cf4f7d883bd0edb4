"""Clients as lines of a file: text is text, and amounts are numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from flask_babel import gettext, lazy_gettext

from portal.accounts.client_list import Listed
from portal.accounts.statuses import Standing
from portal.ledger.units import MICROS
from portal.web.parts.filters import STANDINGS

_HEADS: Final = (
    lazy_gettext("Number"), lazy_gettext("Name"), lazy_gettext("Company"),
    lazy_gettext("First name"), lazy_gettext("Last name"), lazy_gettext("E-mail"),
    lazy_gettext("Telephone"), lazy_gettext("Status"), lazy_gettext("Balance"),
    lazy_gettext("Currency"), lazy_gettext("Way of payment"), lazy_gettext("Country"),
    lazy_gettext("City"), lazy_gettext("Signed up"), lazy_gettext("Last sign-in"),
)  # fmt: skip


def rows(found: Iterable[Listed]) -> Iterator[list[str | Decimal]]:
    """The heads, then a line for each client; moments are UTC, telephone numbers without plus."""
    yield [str(head) for head in _HEADS]
    words = _words()
    for each in found:
        client = each.client
        yield [
            Decimal(client.number),
            client.name,
            client.company,
            client.firstname,
            client.lastname,
            client.email,
            client.phone.removeprefix("+"),
            words[client.standing],
            Decimal(each.balance) / MICROS,
            client.currency,
            client.balance_management.value,
            client.country,
            client.city,
            client.created_at.isoformat(timespec="seconds"),
            each.last_login_at.isoformat(timespec="seconds") if each.last_login_at else "",
        ]


def _words() -> dict[Standing, str]:
    said = {str(choice.value): gettext(str(choice.label)) for choice in STANDINGS if choice.value}
    return {standing: said.get(standing.value, standing.value) for standing in Standing}
