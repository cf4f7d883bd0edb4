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


def login_link(origin: str, token: str) -> str:
    """Where a client signs in by a link that its reseller's programs have made, once."""
    return f"{origin}/login/link?token={token}"


def sign_up(origin: str) -> str:
    """The page on which visitors ask to become clients."""
    return f"{origin}/signup"


def sign_up_confirmation(origin: str, token: str) -> str:
    """The page on which somebody who signed up confirms their address, once."""
    return f"{origin}/signup/confirm/{token}"


def approval(origin: str, token: str) -> str:
    """The page on which a reseller lets one client in, once and without signing in."""
    return f"{origin}/approve/{token}"


def dashboard(origin: str) -> str:
    """A client's first page."""
    return f"{origin}/dashboard"


def statement(origin: str) -> str:
    """What moved on a client's wallet."""
    return f"{origin}/statement"


def statement_of(origin: str, month: str) -> str:
    """The same for one month, as in `2026-11`."""
    return f"{origin}/statement?month={month}"


def deposit(origin: str, deposit_id: int) -> str:
    """What has become of a client's deposit; where providers of payments lead back to."""
    return f"{origin}/deposits/{deposit_id}"


def top_up(origin: str) -> str:
    """A client's kept card, and when it is charged by itself."""
    return f"{origin}/top-up"


def invoice(origin: str, invoice_id: int) -> str:
    """An invoice as its client sees it."""
    return f"{origin}/invoices/{invoice_id}"


def stripe_hook(origin: str, slug: str) -> str:
    """Where Stripe tells of a reseller's payments."""
    return f"{origin}/hooks/stripe/{slug}"


def paypal_hook(origin: str, slug: str) -> str:
    """Where PayPal tells of a reseller's payments."""
    return f"{origin}/hooks/paypal/{slug}"


def prices(origin: str) -> str:
    """What a client pays for each country."""
    return f"{origin}/prices"


def reset_request(origin: str) -> str:
    """The page that mails a link for a new password."""
    return f"{origin}/reset"


def password_reset(origin: str, token: str) -> str:
    """The page to choose a new password on, once."""
    return f"{origin}/reset/{token}"


def invitation(origin: str, token: str) -> str:
    """The page on which somebody who is invited chooses a password, once."""
    return f"{origin}/join/{token}"


def own_sessions(origin: str) -> str:
    """Where somebody is signed in, as they see it themselves."""
    return f"{origin}/profile/sessions"


def email_change(origin: str, token: str) -> str:
    """The page on which somebody confirms another address of theirs, once."""
    return f"{origin}/profile/email/{token}"


def below_cost(origin: str) -> str:
    """What a reseller sells below its cost."""
    return f"{origin}/reseller/packages/below-cost"


def country_requests(origin: str) -> str:
    """The countries that clients have asked their reseller for."""
    return f"{origin}/reseller/country-requests"


def client_page(origin: str, client_id: int) -> str:
    """A client as its reseller sees it."""
    return f"{origin}/reseller/clients/{client_id}"


def hostname(origin: str, name: str) -> str:
    """How a host name is doing, for the reseller's staff."""
    return f"{origin}/reseller/hostnames/{name}"


def reseller_deposit(origin: str, deposit_id: int) -> str:
    """A deposit as staff sees it."""
    return f"{origin}/reseller/deposits/{deposit_id}"


def payments(origin: str) -> str:
    """A reseller's accounts with providers of payments."""
    return f"{origin}/reseller/payments"


def cover(origin: str) -> str:
    """A reseller's cover as its staff sees it."""
    return f"{origin}/reseller/cover"


def cover_payment(origin: str, deposit_id: int) -> str:
    """What has become of a reseller's payment to the operator, as its staff sees it."""
    return f"{origin}/reseller/cover/payments/{deposit_id}"


def cover_invoice(origin: str, invoice_id: int) -> str:
    """An invoice of the operator's as the staff of the reseller that it is for sees it."""
    return f"{origin}/reseller/cover/invoices/{invoice_id}"


def mail(origin: str) -> str:
    """How a reseller's mails go out, as its staff sees it."""
    return f"{origin}/reseller/mail"


def books(origin: str) -> str:
    """What the last proof of all books has found, as the operator sees it."""
    return f"{origin}/operator/ledger"


def visit(origin: str, ticket: str) -> str:
    """Where somebody of the operator's begins a visit, once."""
    return f"{origin}/visit/{ticket}"


def reseller_page(origin: str, reseller_id: int) -> str:
    """A reseller as the operator sees it."""
    return f"{origin}/operator/resellers/{reseller_id}"
