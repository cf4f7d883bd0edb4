"""The ways out, in the order in which they are tried."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response

from portal.accounts.roles import Right
from portal.gateways import configured, registry
from portal.gateways.models import Gateway
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.web.operator.pages import blueprint
from portal.web.parts.pages import page


@dataclass(frozen=True, kw_only=True)
class GatewayShown:
    """A gateway without its settings, some of which are secrets."""

    id: int
    name: str
    kind: str
    sender: str
    priority: int
    reseller_id: int | None
    enabled: bool


@blueprint.get("/gateways")
@requires(Right.GATEWAYS_READ)
def gateways() -> Response:
    """All gateways, those tried first at the top."""
    return page(
        "operator/gateways.html", rows=[_shown(each) for each in configured.listed(session())]
    )


def _shown(gateway: Gateway) -> GatewayShown:
    return GatewayShown(
        id=gateway.id,
        name=gateway.name,
        kind=registry.ADAPTERS[gateway.kind].label,
        sender=gateway.sender,
        priority=gateway.priority,
        reseller_id=gateway.reseller_id,
        enabled=gateway.enabled,
    )
