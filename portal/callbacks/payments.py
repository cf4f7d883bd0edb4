"""Take what providers of payments tell: the signature is looked at, and it is kept."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from flask import Response, g, request

from portal.accounts import attempts
from portal.callbacks.hooks import answered, blueprint
from portal.http import unit_of_work, wiring
from portal.http.actor import anonymous
from portal.http.recognising import address
from portal.infra.errors import NotFound
from portal.infra.throttle import Limit, TooOften
from portal.payments import accounts, events
from portal.payments.errors import Unanswered, UnknownSender
from portal.tenancy import resellers

BODY_BYTES_MAX = 256 * 1024
_ASKED: Final = Limit(count_max=600, window=timedelta(minutes=5), carried_max=599)

logger = logging.getLogger(__name__)


@blueprint.post("/stripe/<string(maxlength=40):slug>")
@anonymous
def stripe(slug: str) -> Response:
    """Keep one of Stripe's events; Stripe is told so only after the commit."""
    return _kept(accounts.STRIPE, slug)


@blueprint.post("/paypal/<string(maxlength=40):slug>")
@anonymous
def paypal(slug: str) -> Response:
    """Keep one of PayPal's events, once PayPal has said that it has sent it.

    Each costs a call outside, so that whoever sends too many is told to come again.
    """
    return _kept(accounts.PAYPAL, slug, limit=_ASKED)


def _kept(kind: str, slug: str, *, limit: Limit | None = None) -> Response:
    """Keep what was told; nothing is credited here: a job asks the provider whether it is true."""
    request.max_content_length = BODY_BYTES_MAX
    raw = request.get_data(cache=False)
    parts = wiring.current()
    try:
        reseller_id = _reseller(slug)
    except NotFound:
        return answered(404)
    try:
        with unit_of_work.own_transaction(reseller_id) as session:
            if limit is not None:
                attempts.count_for_network(session, kind, address=address(), limit=limit)
            known = events.listeners(session, kind, vault=parts.vault, installation=parts.settings)
    except TooOften:
        return answered(429)
    unit_of_work.close()  # some providers are asked, and no transaction may be open then
    try:
        heard = events.read(kind, known, raw=raw, headers=dict(request.headers))
    except UnknownSender as unknown:
        logger.warning("a notification that nobody we know has signed: %s", unknown)
        return answered(400)
    except Unanswered:
        return answered(503)  # it is sent again
    with unit_of_work.own_transaction(reseller_id) as session:
        events.keep(session, heard)
    return answered(200)


def _reseller(slug: str) -> int:
    """The reseller of this short name, or the operator, if it is the one whose host was asked.

    Programs on this machine ask without naming a host.

    Raises:
        NotFound: there is none, or it is another host's.
    """
    if g.tenant is not None:
        if g.tenant.reseller.slug != slug:
            raise NotFound("reseller", slug)
        return int(g.tenant.reseller_id)
    with wiring.current().database.across_resellers() as everywhere:
        return resellers.by_slug(everywhere, slug).id
