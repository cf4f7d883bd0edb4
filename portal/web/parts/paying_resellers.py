"""The resellers that pay the operator, found on its console."""

from __future__ import annotations

from portal.accounts import cover
from portal.http.wiring import current
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.errors import NotFound
from portal.payments import cover_deposits
from portal.payments.cover_deposits import Payer
from portal.pricing import price_lists
from portal.tenancy import resellers
from portal.tenancy.models import Reseller
from portal.tenancy.resellers import OPERATOR_ID


def payer(session: ResellerSession) -> Payer:
    """The session's reseller as the operator's deposits know it, with all its currencies."""
    covers = {each.currency for each in cover.listed(session)}
    return cover_deposits.payer_of(
        resellers.own(session),
        currencies=covers | {*price_lists.wholesale_currencies(session)},
    )


def by_id(session: ResellerSession, reseller_id: int) -> Payer:
    """A reseller, in the operator's session.

    Raises:
        NotFound: there is none.
    """
    if reseller_id == OPERATOR_ID:
        raise NotFound("reseller", reseller_id)
    with in_scope_of(session, reseller_id) as beside:
        return payer(beside)


def like(text: str) -> list[Reseller]:
    """Those whose name has this in it, or whose number it is."""
    with current().database.across_resellers() as everywhere:
        everyone = resellers.listed(everywhere)
    wanted = text.strip().casefold()
    return [
        each for each in everyone if wanted in each.name.casefold() or wanted == str(each.number)
    ]
