"""Tell a client what its wallet holds."""

from __future__ import annotations

from flask import Response, g

from portal.accounts import access, receivables, wallet
from portal.accounts.access import NotAllowed
from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.accounts.statuses import Standing
from portal.api.v1 import schemas
from portal.api.v1.operations import Operation, Operations, answered
from portal.api.v1.schemas import Balance
from portal.http import unit_of_work
from portal.ledger import units
from portal.tenancy.display import Service

operations = Operations()


@operations.add(
    Operation(
        method="GET",
        rule="/balance",
        right=Right.WALLET_READ,
        service=Service.BALANCE,
        answer=Balance,
    )
)
def get_balance() -> Response:
    """Tell what the client's wallet holds, what is owed beside it, and whether it may send."""
    session, actor = unit_of_work.session(), _actor()
    if actor.client_id is None:
        raise NotAllowed("only a client has a wallet")
    client = access.client_by_id(session, actor=actor, client_id=actor.client_id)
    limit = client.credit_limit
    return answered(
        Balance(
            amount=units.decimal_string(wallet.balance(session, client), client.currency),
            currency=client.currency,
            balance_management=client.balance_management,
            credit_limit=None if limit is None else units.decimal_string(limit, client.currency),
            owed=[
                schemas.money(amount, currency)
                for currency, amount in sorted(receivables.owed(session, client.id).items())
            ],
            standing=client.standing,
            suspended=client.standing is not Standing.ACTIVE,
        )
    )


def _actor() -> Actor:
    actor: Actor = g.actor
    return actor
