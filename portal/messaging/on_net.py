"""Messages from one number of this installation to another: they reach no gateway."""

from __future__ import annotations

from sqlalchemy import select

from portal.gateways.port import Inbound
from portal.infra.db import ResellerSession
from portal.messaging import inbound, moving
from portal.messaging.models import Message
from portal.messaging.moving import Move
from portal.messaging.statuses import Status
from portal.numbers import finding
from portal.numbers.models import InboundNumber

DELIVER_ON_NET = "messages.deliver_on_net"
NO_GATEWAY = 0
"""Stands for a gateway on messages that come in without one."""

_NOBODY = "unknown"
_GONE = "the number is not in use any more"


def outgoing(session: ResellerSession, message_id: int) -> tuple[Message, int | None] | None:
    """A message that waits to be delivered, and the reseller that has the recipient's number.

    None: it does not wait any more. The number may have been given up since, and then it is None.
    """
    message = session.get(Message, (session.reseller_id, message_id))
    if message is None or message.status is not Status.ACCEPTED:
        return None
    digits = message.recipient.removeprefix("+")
    owner = finding.connected(session, [digits]).get(digits)
    return message, None if owner is None else owner[0]


def as_inbound(session: ResellerSession, message: Message) -> Inbound:
    """The message as its recipient gets it: from the sender it names, or the client's own number.

    Never from the portal's name, which is no business of another reseller's client.
    """
    own = session.scalar(
        select(InboundNumber.digits)
        .where(InboundNumber.client_id == message.client_id)
        .order_by(InboundNumber.id)
        .limit(1)
    )
    return Inbound(
        upstream_id=f"{message.reseller_id}-{message.id}",
        sender=message.sender or (f"+{own}" if own else _NOBODY),
        recipient_digits=message.recipient.removeprefix("+"),
        text=message.text,
        at=message.accepted_at,
        raw={},
    )


def bring(session: ResellerSession, message: Inbound) -> None:
    """Let it come in at the recipient's reseller; the same one twice is one.

    Raises:
        NotFound: the number is nobody's any more.
    """
    inbound.receive(session, gateway_id=NO_GATEWAY, inbound=message)


def record(session: ResellerSession, message_id: int, *, delivered: bool) -> None:
    """Write down what came of it: delivered, or rejected; nothing was charged."""
    last = Status.DELIVERED if delivered else Status.REJECTED
    steps = [Status.SUBMITTING, Status.SUBMITTED, last] if delivered else [last]
    for status in steps:
        moving.move(
            session,
            [
                Move(
                    reseller_id=session.reseller_id,
                    message_id=message_id,
                    attempt=1 if delivered else 0,
                    to=status,
                    reason="" if delivered else _GONE,
                )
            ],
        )
