"""Take messages that come in through gateways."""

from __future__ import annotations

import logging

from flask import Response, request

from portal.callbacks.hooks import BODY_BYTES_MAX, answered, blueprint
from portal.gateways import configured
from portal.gateways.errors import UnreadableInbound
from portal.gateways.models import Gateway
from portal.gateways.port import raw_of
from portal.http import unit_of_work, wiring
from portal.http.actor import anonymous
from portal.infra.errors import NotFound
from portal.messaging import inbound, unreadable_reports
from portal.numbers import finding
from portal.tenancy.resellers import OPERATOR_ID

logger = logging.getLogger(__name__)


@blueprint.route("/gateways/<token>/inbound", methods=["GET", "POST"])
@anonymous
def receive(token: str) -> Response:
    """Keep a message that came in; the gateway is told so only after the commit.

    The answer is empty, since a gateway may send it back to the phone.
    """
    request.max_content_length = BODY_BYTES_MAX
    query, body = request.args.to_dict(), request.get_data(cache=False)
    parts = wiring.current()
    with parts.database.across_resellers() as everywhere:
        try:
            gateway = configured.by_hook_token(everywhere, token)
        except NotFound:
            return answered(404)
    try:
        read = configured.read_inbound(gateway, vault=parts.vault, query=query, body=body)
        reseller_id = _owner(gateway, read.recipient_digits)
    except (UnreadableInbound, NotFound) as fault:
        logger.warning("gateway %s: a message for nobody: %s", gateway.name, fault)
        with unit_of_work.own_transaction(OPERATOR_ID) as session:
            unreadable_reports.keep(session, gateway_id=gateway.id, raw=raw_of(query, body))
        return answered(404 if isinstance(fault, NotFound) else 400)
    with unit_of_work.own_transaction(reseller_id) as session:
        inbound.receive(session, gateway_id=gateway.id, inbound=read)
    return answered(200)


def _owner(gateway: Gateway, digits: str) -> int:
    """The reseller whose number it is, if the gateway is one that serves it.

    Raises:
        NotFound: there is no such number for this gateway.
    """
    with wiring.current().database.across_resellers() as everywhere:
        reseller_id = finding.owner_of(everywhere, digits, gateway_id=gateway.id)
    if gateway.reseller_id not in {None, reseller_id}:
        raise NotFound("inbound number", digits)
    return reseller_id
