"""The pages of a client."""

from portal.web.client import (
    account,
    dashboard,
    inbox,
    messages,
    prices,
    quotas,
    send,
    statement,
    usage,
    vouchers,
)
from portal.web.client.pages import blueprint

__all__ = [
    "account",
    "blueprint",
    "dashboard",
    "inbox",
    "messages",
    "prices",
    "quotas",
    "send",
    "statement",
    "usage",
    "vouchers",
]
