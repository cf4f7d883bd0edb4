"""Addresses of pages, for mails: from the stored host name, never from a request.

A test holds every path here against the routes of the application.
"""

from __future__ import annotations

from portal.infra.config import Settings
from portal.infra.db import ResellerSession
from portal.tenancy import hostnames


def origin_of(session: ResellerSession, settings: Settings) -> str:
    """Where the portal of the session's reseller is, as in `https://sms.example.com`."""
    host = hostnames.primary_of(session)
    return f"{settings.public_scheme}://{host}{settings.url_port}"


def home(origin: str) -> str:
    """The front page."""
    return f"{origin}/"


def login(origin: str) -> str:
    """The page to sign in on."""
    return f"{origin}/login"


def sign_up(origin: str) -> str:
    """The page on which visitors ask to become clients."""
    return f"{origin}/signup"


def dashboard(origin: str) -> str:
    """A client's first page."""
    return f"{origin}/dashboard"


def prices(origin: str) -> str:
    """What a client pays for each country."""
    return f"{origin}/prices"


def reset_request(origin: str) -> str:
    """The page that mails a link for a new password."""
    return f"{origin}/reset"


def password_reset(origin: str, token: str) -> str:
    """The page to choose a new password on, once."""
    return f"{origin}/reset/{token}"


def below_cost(origin: str) -> str:
    """What a reseller sells below its cost."""
    return f"{origin}/reseller/packages/below-cost"


def country_requests(origin: str) -> str:
    """The countries that clients have asked their reseller for."""
    return f"{origin}/reseller/country-requests"


def client_page(origin: str, client_id: int) -> str:
    """A client as its reseller sees it."""
    return f"{origin}/reseller/clients/{client_id}"


def cover(origin: str) -> str:
    """A reseller's cover as its staff sees it."""
    return f"{origin}/reseller/cover"


def mail(origin: str) -> str:
    """How a reseller's mails go out, as its staff sees it."""
    return f"{origin}/reseller/mail"


def books(origin: str) -> str:
    """What the last proof of all books has found, as the operator sees it."""
    return f"{origin}/operator/ledger"


def reseller_page(origin: str, reseller_id: int) -> str:
    """A reseller as the operator sees it."""
    return f"{origin}/operator/resellers/{reseller_id}"
