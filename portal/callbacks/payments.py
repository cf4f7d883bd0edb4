"""Take what providers of payments tell: the signature is looked at, and it is kept."""

from __future__ import annotations

import logging

from flask import Response, g, request

from portal.callbacks.hooks import answered, blueprint
from portal.http import unit_of_work, wiring
from portal.http.actor import anonymous
from portal.infra.errors import NotFound
from portal.payments import accounts, events
from portal.payments.errors import UnknownSender
from portal.tenancy import resellers

BODY_BYTES_MAX = 256 * 1024

logger = logging.getLogger(__name__)


@blueprint.post("/stripe/<string(maxlength=40):slug>")
@anonymous
def stripe(slug: str) -> Response:
    """Keep one of Stripe's events; Stripe is told so only after the commit.

    Nothing is credited here: a job asks Stripe whether it is true.
    """
    request.max_content_length = BODY_BYTES_MAX
    raw = request.get_data(cache=False)
    parts = wiring.current()
    try:
        reseller_id = _reseller(slug)
    except NotFound:
        return answered(404)
    with unit_of_work.own_transaction(reseller_id) as session:
        try:
            heard = events.read(
                session,
                accounts.STRIPE,
                raw=raw,
                headers=dict(request.headers),
                vault=parts.vault,
                installation=parts.settings,
            )
        except UnknownSender as unknown:
            logger.warning("a notification that nobody we know has signed: %s", unknown)
            return answered(400)
        events.keep(session, heard)
    return answered(200)


def _reseller(slug: str) -> int:
    """The reseller of this short name, if it is the one whose host was asked.

    Programs on this machine ask without naming a host.

    Raises:
        NotFound: there is none, or it is another host's.
    """
    if g.tenant is not None:
        if g.tenant.reseller.slug != slug or g.tenant.is_operator:
            raise NotFound("reseller", slug)
        return int(g.tenant.reseller_id)
    with wiring.current().database.across_resellers() as everywhere:
        return resellers.by_slug(everywhere, slug).id
