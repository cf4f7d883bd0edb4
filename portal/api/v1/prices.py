"""Tell a client the prices of messages."""

from __future__ import annotations

from flask import Response, g

from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.api.v1 import problems, sub_accounts
from portal.api.v1.operations import Operation, Operations, answered
from portal.api.v1.schemas import CountryPrice, Prices, PricesAsked, money
from portal.http import unit_of_work
from portal.infra.errors import NotFound
from portal.messaging import facts, price_table, simulating
from portal.tenancy.display import Service

operations = Operations()


@operations.add(
    Operation(
        method="GET",
        rule="/prices",
        right=Right.PRICES_READ,
        service=Service.PRICES,
        query=PricesAsked,
        answer=Prices,
    )
)
def list_prices(query: PricesAsked) -> Response:
    """List the price of one part to each country. Nothing free or prepaid is counted in.

    A country that is not in the list has no price, and nothing is sent to it.
    """
    session, actor = unit_of_work.session(), _actor()
    if actor.client_id is None:
        raise NotAllowed("only a client has prices")
    try:
        chosen = sub_accounts.chosen(session, actor, query.sub_account, service=Service.PRICES)
        found = facts.read(session, actor=actor, sub_account_id=chosen)
    except NotFound:
        return problems.of_fields([("sub_account", "There is no such sub-account")])
    listed = [
        CountryPrice(
            country=code,
            open=simulating.is_open_to(found, code),
            usual=None if price.usual is None else money(price.usual, found.currency),
            lowest=money(price.lowest, found.currency),
            highest=money(price.highest, found.currency),
        )
        for code, price in sorted(price_table.prices(found).items())
    ]
    return answered(Prices(countries=listed))


def _actor() -> Actor:
    actor: Actor = g.actor
    return actor
