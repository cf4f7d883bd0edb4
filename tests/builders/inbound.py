"""Numbers that clients have, and messages that come in on them."""

from __future__ import annotations

import itertools
from datetime import date

from portal.gateways.port import Inbound
from portal.infra.db import ResellerSession
from portal.messaging import inbound
from portal.messaging.inbound_models import InboundMessage
from portal.numbers import connecting, stock
from portal.numbers.models import InboundNumber
from tests.cast import Firm

NUMBER, OTHER_NUMBER = "+12025550181", "+12025550182"
PHONE = "+48600111222"
GATEWAY = 1
TODAY = date(2026, 11, 5)
_names = itertools.count(1)


def give(
    session: ResellerSession, firm: Firm, *, number: str = NUMBER, fee: int | None = None
) -> InboundNumber:
    """Put a number into the stock of the firm's reseller and connect it to the firm."""
    made = stock.add(session, number=number, fee_per_message=fee, by=firm.owner)
    return connecting.connect(
        session, number_id=made.id, sub_account_id=firm.sub_account_id, by=firm.owner, on=TODAY
    )


def written(
    text: str = "Hello", *, sender: str = PHONE, to: str = NUMBER, name: str = ""
) -> Inbound:
    """A message as an adapter reads it; each is another one unless it is named."""
    return Inbound(
        upstream_id=name or f"name-{next(_names)}",
        sender=sender,
        recipient_digits=to.removeprefix("+"),
        text=text,
        at=None,
        raw={"text": text},
    )


def receive(
    session: ResellerSession, text: str = "Hello", *, sender: str = PHONE, to: str = NUMBER
) -> InboundMessage:
    """Let a message come in."""
    return inbound.receive(session, gateway_id=GATEWAY, inbound=written(text, sender=sender, to=to))
