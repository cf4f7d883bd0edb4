"""Take delivery reports from gateways."""

from __future__ import annotations

import logging

from flask import Response, request

from portal.callbacks.hooks import BODY_BYTES_MAX, answered, blueprint
from portal.gateways import configured
from portal.gateways.errors import UnreadableReport
from portal.gateways.port import raw_of
from portal.http import unit_of_work, wiring
from portal.http.actor import anonymous
from portal.infra.errors import NotFound
from portal.messaging import delivery_reports, unreadable_reports
from portal.tenancy.resellers import OPERATOR_ID

logger = logging.getLogger(__name__)


@blueprint.route("/gateways/<token>", methods=["GET", "POST"])
@anonymous
def report(token: str) -> Response:
    """Keep what a gateway reports; it is told so only after the commit."""
    request.max_content_length = BODY_BYTES_MAX
    query, body = request.args.to_dict(), request.get_data(cache=False)
    with unit_of_work.own_transaction(OPERATOR_ID) as session:
        try:
            gateway = configured.by_hook_token(session, token)
        except NotFound:
            return answered(404)
        vault = wiring.current().vault
        try:
            read = configured.read_report(gateway, vault=vault, query=query, body=body)
        except UnreadableReport as fault:
            logger.warning("gateway %s: a callback that cannot be read: %s", gateway.name, fault)
            unreadable_reports.keep(session, gateway_id=gateway.id, raw=raw_of(query, body))
            status = 400
        else:
            delivery_reports.receive(session, gateway_id=gateway.id, report=read)
            status = 200
    return answered(status)
