"""The console: the pages of the operator."""

from portal.web.operator import (
    activity,
    covers,
    exposure,
    gateways,
    hostnames,
    keys,
    leaks,
    ledger,
    numbers,
    price_lists,
    resellers,
    staff,
    themes,
    visiting,
)
from portal.web.operator.pages import blueprint

__all__ = [
    "activity",
    "blueprint",
    "covers",
    "exposure",
    "gateways",
    "hostnames",
    "keys",
    "leaks",
    "ledger",
    "numbers",
    "price_lists",
    "resellers",
    "staff",
    "themes",
    "visiting",
]
