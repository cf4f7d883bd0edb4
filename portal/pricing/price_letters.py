"""Tell clients what a package costs from a day on: the old price, the new one, the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency
from sqlalchemy import select

from portal.accounts import letters
from portal.accounts.models import Client, SubAccount
from portal.infra import queue
from portal.infra.db import ResellerSession
from portal.ledger.units import MICROS
from portal.pricing import destinations, packages, rated, rating, showing
from portal.pricing.conditions import Conditions
from portal.pricing.errors import PricingError
from portal.pricing.models import Package
from portal.pricing.packages import Version
from portal.pricing.rating import Order
from portal.tenancy import branding, settings
from portal.tenancy.display import Service

JOB: Final = "prices.tell_clients"
NOTICE: Final = "price_change"


def ask(session: ResellerSession, *, before: Version, after: Version) -> None:
    """Have those written to who have a package, once this is committed."""
    queue.enqueue(
        session,
        JOB,
        reseller_id=session.reseller_id,
        package_id=after.package_id,
        before_id=before.id,
        after_id=after.id,
    )


def to_tell(session: ResellerSession, *, package_id: int) -> list[int]:
    """The clients that have the package and are shown prices, by id.

    Raises:
        NotFound: there is no such package.
    """
    package = packages.by_id(session, package_id)
    shown = showing.own(package) or settings.read(session).display
    if not shown.money or not shown.shows(Service.PRICES):
        return []
    has = SubAccount.package_id == package_id
    if package.is_default:
        has = SubAccount.package_id.is_(None)
    found = select(SubAccount.client_id).where(has, SubAccount.closed_at.is_(None))
    return list(
        session.scalars(
            select(Client.id)
            .where(
                Client.id.in_(found.scalar_subquery()),
                Client.activated_at.is_not(None),
                Client.closed_at.is_(None),
            )
            .order_by(Client.id)
        )
    )


def tell(
    session: ResellerSession, *, client_id: int, before_id: int, after_id: int, url: str
) -> bool:
    """Write to one of them, if anything changes for it; whether it was written to.

    It reads the price of a part to its own country, of a message received, and the monthly fee, in
    its currency.

    Raises:
        NotFound: there is no such version.
    """
    client = session.get_one(Client, (session.reseller_id, client_id))
    before = packages.version_by_id(session, before_id)
    after = packages.version_by_id(session, after_id)
    package = packages.by_id(session, after.package_id)
    # No client knows by what name the fees are kept that hold without a package.
    name = branding.own(session).title if package.is_default else package.name
    changed = _changed(session, client, before, after)
    if not changed:
        return False
    locale = Locale.parse(client.language.replace("-", "_"))
    country = locale.territories.get(client.country, client.country) if "new" in changed else ""
    amounts: dict[str, Any] = {
        key: format_currency(
            Decimal(micros) / MICROS, client.currency, locale=locale, decimal_quantization=False
        )
        for key, micros in changed.items()
    }
    letters.write(
        session,
        client,
        NOTICE,
        url=url,
        package=name,
        country=country,
        date=format_date(after.valid_from, format="long", locale=locale),
        **amounts,
    )
    return True


def _changed(
    session: ResellerSession, client: Client, before: Version, after: Version
) -> dict[str, int]:
    """The values of the mail, in millionths: only what is another one for this client."""
    on = after.valid_from
    package = packages.by_id(session, after.package_id)
    old, new = (
        _prices(session, client, each.conditions, package, on=on) for each in (before, after)
    )
    changed: dict[str, int] = {}
    for prefix in ("", "monthly_", "incoming_"):
        pair = old.get(prefix), new.get(prefix)
        if pair[0] is not None and pair[1] is not None and pair[0] != pair[1]:
            changed |= {f"{prefix}old": pair[0], f"{prefix}new": pair[1]}
    return changed


def _prices(
    session: ResellerSession, client: Client, said: Conditions, package: Package, *, on: date
) -> dict[str, int | None]:
    """What a client pays by these conditions, on one day, so that only they make a difference."""
    amounts, terms = said.amounts.get(client.currency), said.terms(client.currency)
    if amounts is None or terms is None:
        return {}
    tables = rated.tables(session, package_id=package.id, currency=client.currency)
    order = Order(
        digits=destinations.dial_code(client.country) or "", country=client.country, parts=1
    )
    try:
        price: int | None = rating.quote(
            order,
            terms,
            wholesale=tables.wholesale[said.route(client.country)],
            own=tables.own,
            on=on,
        ).price
    except PricingError:
        price = None
    incoming = amounts.incoming_fee
    if incoming is None and not package.is_default:
        incoming = packages.incoming_fee(session, None, currency=client.currency, on=on)
    return {"": price, "monthly_": amounts.monthly_fee, "incoming_": incoming or 0}
