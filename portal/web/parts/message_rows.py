"""Messages as pages show them, to clients and to staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.messaging.encoding import Encoding
from portal.messaging.models import Message, MessageEvent
from portal.messaging.statuses import Status
from portal.web.parts.receipts import Receipt

ALPHABETS = {Encoding.GSM7: "GSM-7", Encoding.UCS2: "UCS-2"}
_NEVER_CARRIED = frozenset({Status.REJECTED, Status.EXPIRED, Status.CANCELLED})
"""Where the operator gave its part back too: what was carried and did not arrive has its cost."""


@dataclass(frozen=True, kw_only=True)
class MessageShown:
    """A message in a list or on its own page; amounts are millionths of the currency.

    Of its parts, `included_parts` were taken from a bundle or a quota and have no price of their
    own. Once it was refunded, its price is 0; the receipt, which its own page shows, still says
    what was charged. Since `removed_at`, its number and its text are empty.
    """

    id: int
    client_id: int
    client_name: str
    sub_account: str
    to: str
    sender: str
    text: str
    parts: int
    included_parts: int
    encoding: str
    status: Status
    reason: str
    at: datetime
    removed_at: datetime | None
    currency: str
    price_micros: int
    cost_micros: int
    receipt: Receipt | None

    @property
    def profit_micros(self) -> int:
        """What the reseller keeps of it."""
        return self.price_micros - self.cost_micros


@dataclass(frozen=True)
class Step:
    """One move of a message."""

    at: datetime
    status: Status
    detail: str


def shown(
    message: Message,
    *,
    client_name: str = "",
    sub_account: str = "",
    receipt: Receipt | None = None,
) -> MessageShown:
    """A message, with the names of whom it belongs to and its receipt where the page shows them."""
    refunded = message.refunded_at is not None
    return MessageShown(
        id=message.id,
        client_id=message.client_id,
        client_name=client_name,
        sub_account=sub_account,
        to=message.recipient,
        sender=message.sender,
        text=message.text,
        parts=message.parts,
        included_parts=0 if refunded else message.bundle_parts + message.quota_parts,
        encoding=ALPHABETS[Encoding(message.encoding)],
        status=message.status,
        reason=message.reason,
        at=message.accepted_at,
        removed_at=message.redacted_at,
        currency=message.currency,
        price_micros=0 if refunded else message.price,
        cost_micros=0 if refunded and message.status in _NEVER_CARRIED else message.cost,
        receipt=receipt,
    )


def steps(message: Message, events: list[MessageEvent]) -> list[Step]:
    """What became of a message, from its acceptance on."""
    return [
        Step(message.accepted_at, Status.ACCEPTED, ""),
        *(Step(event.at, event.status, event.reason) for event in events),
    ]
