"""What each reseller's money amounts to, beside what may still draw on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Response, request
from flask_babel import gettext, lazy_gettext

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.ledger.units import decimal_string
from portal.reports import positions
from portal.reports.positions import Position
from portal.web.operator.pages import across_resellers, blueprint
from portal.web.parts import downloads, numbered_pages
from portal.web.parts.pages import page

_NEVER: Final = 10**9
_COLUMNS: Final[dict[str, tuple[str, Callable[[Position], int]]]] = {
    "cover": (lazy_gettext("Cover"), lambda each: each.cover),
    "runway": (
        lazy_gettext("Lasts"),
        lambda each: _NEVER if each.runway_days is None else each.runway_days,
    ),
    "balances": (lazy_gettext("Balances of clients"), lambda each: each.balances),
    "debts": (lazy_gettext("Debts of clients"), lambda each: each.debts),
    "credit": (lazy_gettext("Credit still open"), lambda each: each.credit_open),
    "receivables": (lazy_gettext("Receivables"), lambda each: each.receivables),
    "quotas": (lazy_gettext("Quotas, estimated"), lambda each: each.quota_cost or 0),
    "in_flight": (lazy_gettext("On their way"), lambda each: each.in_flight_cost),
    "unknown": (lazy_gettext("Unknown"), lambda each: each.unknown),
}
"""The columns by their names in addresses; what is compared is compared within a currency."""


@blueprint.get("/exposure")
@requires(Right.RESELLERS_READ)
def exposure() -> Response:
    """Every reseller and currency, in the order that the address asks for."""
    found, sort, down = _sorted()
    shown = numbered_pages.cut(found)
    return page(
        "operator/exposure.html",
        shown=shown,
        rows=shown.rows,
        totals=positions.totals(found),
        columns={name: label for name, (label, _) in _COLUMNS.items()},
        sort=sort,
        down=down,
        sorted_urls={name: _sorted_url(name, sort, down=down) for name in ["name", *_COLUMNS]},
        spending_days=positions.SPENDING_DAYS,
    )


@blueprint.get("/exposure.csv")
@requires(Right.RESELLERS_READ)
def exposure_csv() -> Response:
    """The same as a file, amounts as decimal numbers."""
    found, _, _ = _sorted()
    return downloads.csv("exposure", [_heads(), *map(_cells, found)])


def _sorted() -> tuple[list[Position], str, bool]:
    with across_resellers() as everywhere:
        found = positions.positions(everywhere)
    sort = request.args.get("sort", "")
    down = request.args.get("down") == "1"
    if sort not in _COLUMNS:
        return (found[::-1] if down else found), "name", down
    # Amounts of two currencies cannot be compared: each currency has its own order.
    value = _COLUMNS[sort][1]
    found.sort(key=lambda each: (each.currency, -value(each) if down else value(each)))
    return found, sort, down


def _sorted_url(name: str, sort: str, *, down: bool) -> str:
    """Sorting by the column that it is sorted by turns the order round."""
    turned = not down if name == sort else name not in {"name", "cover", "runway"}
    return numbered_pages.address({"sort": name, "down": "1" if turned else "0", "page": "1"})


def _heads() -> list[str]:
    return [
        str(each)
        for each in (
            gettext("Number"),
            gettext("Name"),
            gettext("Currency"),
            gettext("Cover"),
            gettext("Days that it lasts"),
            gettext("Balances of clients"),
            gettext("Debts of clients"),
            gettext("Credit still open"),
            gettext("Clients with credit without limit"),
            gettext("Receivables"),
            gettext("Quotas in parts"),
            gettext("Quotas, estimated"),
            gettext("Sub-accounts without limit"),
            gettext("Messages on their way"),
            gettext("Their cost"),
            gettext("Unknown messages"),
            gettext("Their cost"),
        )
    ]


def _cells(each: Position) -> list[str]:
    def amount(micros: int | None) -> str:
        return "" if micros is None else decimal_string(micros, each.currency)

    return [
        str(each.number),
        each.name,
        each.currency,
        amount(each.cover),
        "" if each.runway_days is None else str(each.runway_days),
        amount(each.balances),
        amount(each.debts),
        amount(each.credit_open),
        str(each.unlimited),
        amount(each.receivables),
        str(each.quota_parts),
        amount(each.quota_cost),
        str(each.quota_unlimited),
        str(each.in_flight),
        amount(each.in_flight_cost),
        str(each.unknown),
        amount(each.unknown_cost),
    ]
