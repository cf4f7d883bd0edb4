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


def dashboard(origin: str) -> str:
    """A client's first page."""
    return f"{origin}/dashboard"


def reset_request(origin: str) -> str:
    """The page that mails a link for a new password."""
    return f"{origin}/reset"


def password_reset(origin: str, token: str) -> str:
    """The page to choose a new password on, once."""
    return f"{origin}/reset/{token}"


def client_page(origin: str, client_id: int) -> str:
    """A client as its reseller sees it."""
    return f"{origin}/reseller/clients/{client_id}"
