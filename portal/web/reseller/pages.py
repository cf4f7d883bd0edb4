"""What all pages of a reseller's staff share: their blueprint, and its own addresses."""

from __future__ import annotations

from flask import Blueprint, url_for

from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.tenancy import links

blueprint = Blueprint("reseller", __name__, url_prefix="/reseller")


def origin() -> str:
    """Where this portal is, for links in mails: from the stored host name."""
    return links.origin_of(session(), current().settings)


def address_of(client_id: int) -> str:
    """The page of a client."""
    return url_for("reseller.client", client_id=client_id)


def money_of(client_id: int) -> str:
    """What moved on its wallet, and what bounds it."""
    return url_for("reseller.client_wallet", client_id=client_id)
