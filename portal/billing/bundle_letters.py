"""The mail that says how much of a bundle is used."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal

from portal.accounts import letters
from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.ledger import statements
from portal.pricing import packages
from portal.pricing.models import Bundle


def used(session: ResellerSession, *, bundle_id: int, percent: int, today: date, url: str) -> bool:
    """Tell a client that so many percent of its free parts are used; whether it was told.

    Of a period that is over there is nothing to say, nor to a client that was closed.
    """
    bundle = session.get_one(Bundle, (session.reseller_id, bundle_id))
    client = session.get_one(Client, (session.reseller_id, bundle.client_id))
    if bundle.ends_on <= today or client.closed_at is not None:
        return False
    locale = client.language.replace("-", "_")
    letters.write(
        session,
        client,
        "bundle_used",
        url=url,
        package=packages.by_id(session, bundle.package_id).name,
        percent=str(percent),
        left=format_decimal(statements.balance(session, bundle.account_id), locale=locale),
        size=format_decimal(bundle.size, locale=locale),
        renews_on=format_date(bundle.ends_on, format="long", locale=locale),
    )
    return True
