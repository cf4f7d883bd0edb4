"""The pages of a reseller's staff."""

from portal.web.reseller import (
    activity,
    client,
    clients,
    dashboard,
    messages,
    money,
    packages,
    standing,
    viewing,
)
from portal.web.reseller.pages import blueprint

__all__ = [
    "activity",
    "blueprint",
    "client",
    "clients",
    "dashboard",
    "messages",
    "money",
    "packages",
    "standing",
    "viewing",
]
