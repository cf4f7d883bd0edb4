"""Put the native interface together, and publish what it can do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from flask import Blueprint, Response, g

from portal.api.v1 import (
    balance,
    inbound,
    login_links,
    messages,
    money,
    operator_ledger,
    prices,
    specification,
)
from portal.api.v1.operations import JSON, Operations, register, translate_refusals
from portal.http.actor import anonymous

PREFIX = "/api/v1"
FOR_CLIENTS = (
    messages.operations,
    inbound.operations,
    balance.operations,
    prices.operations,
    money.operations,
    login_links.operations,
)
FOR_OPERATOR = (operator_ledger.operations,)


def _made(name: str, groups: Sequence[Operations]) -> Blueprint:
    blueprint = Blueprint(name, __name__, url_prefix=PREFIX)
    for operations in groups:
        register(operations, on=blueprint)
    translate_refusals(blueprint)
    return blueprint


def _openapi() -> Response:
    """What is offered on this host: nobody learns from a reseller's that there is an operator."""
    return Response(written(for_operator=g.tenant.is_operator), content_type=JSON)


@cache
def written(*, for_operator: bool) -> str:
    """The specification of what clients, or the operator, can do."""
    shown = FOR_OPERATOR if for_operator else FOR_CLIENTS
    declared = [operation for group in shown for operation, _ in group.declared]
    return json.dumps(specification.of(declared, prefix=PREFIX), indent=2) + "\n"


CLIENTS = _made("api", FOR_CLIENTS)
"""What clients' programs use, on their reseller's host; and what either can do, on both."""

CLIENTS.add_url_rule("/openapi.json", "openapi", anonymous(_openapi), methods=["GET"])

OPERATOR = _made("operator_api", FOR_OPERATOR)
"""What the operator's programs use, on the console's host alone."""
