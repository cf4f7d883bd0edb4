"""Mails about countries that clients ask for: to the reseller, and back to the client."""

from __future__ import annotations

from babel import Locale

from portal.accounts import letters
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.notifications import outbox
from portal.tenancy import links, resellers


def tell_staff(session: ResellerSession, client: Client, country: str, *, origin: str) -> None:
    """Tell the reseller what a client wishes."""
    reseller = resellers.own(session)
    outbox.write(
        session,
        "country_asked",
        to=reseller.email,
        language=reseller.language,
        values={
            "firstname": client.firstname,
            "lastname": client.lastname,
            "company": client.name,
            "country": _name(country, language=reseller.language),
            "url": links.country_requests(origin),
        },
    )


def opened(session: ResellerSession, client: Client, country: str, *, origin: str) -> None:
    """Tell a client that it can send there now."""
    named = _name(country, language=client.language)
    letters.write(session, client, "country_opened", url=links.dashboard(origin), country=named)


def declined(
    session: ResellerSession, client: Client, country: str, *, reason: str, origin: str
) -> None:
    """Tell a client why the country stays closed."""
    letters.write(
        session,
        client,
        "country_declined",
        url=links.prices(origin),
        country=_name(country, language=client.language),
        reason=reason,
    )


def _name(country: str, *, language: str) -> str:
    known = Locale.parse(language.replace("-", "_")).territories
    return str(known.get(country, country))
