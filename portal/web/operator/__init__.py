"""The console: the pages of the operator."""

from portal.web.operator import (
    covers,
    exposure,
    gateways,
    hostnames,
    leaks,
    ledger,
    numbers,
    price_lists,
    resellers,
)
from portal.web.operator.pages import blueprint

__all__ = [
    "blueprint",
    "covers",
    "exposure",
    "gateways",
    "hostnames",
    "leaks",
    "ledger",
    "numbers",
    "price_lists",
    "resellers",
]
