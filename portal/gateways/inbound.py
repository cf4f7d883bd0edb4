"""Put a message that came in together from a gateway's words."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from portal.gateways.errors import UnreadableInbound
from portal.gateways.port import Inbound, storable, upstream_id_of

_TEXT_LENGTH_MAX = 10_000
_SENDER_LENGTH_MAX = 16

_DIALLED = re.compile(r"(\+|00)?([1-9][0-9]{6,14})", re.ASCII)


def inbound_of(
    *,
    sender: str,
    recipient: str,
    text: str,
    upstream_id: str,
    at: datetime | None,
    raw: Mapping[str, str],
) -> Inbound:
    """A message that came in, put together from a gateway's words; the text keeps its blanks.

    A gateway that has no name for a message is taken by its word on when it came: the same text
    from the same phone in the same second is the same message told of twice.

    Raises:
        UnreadableInbound: it does not say from whom, to whom or which one.
    """
    dialled = _DIALLED.fullmatch(recipient.strip())
    if dialled is None:
        raise UnreadableInbound(f"{recipient[:40]!r} is no number that messages come in on")
    whom = _sender_of(sender)
    if not whom:
        raise UnreadableInbound("it does not say from whom it is")
    named = upstream_id_of(upstream_id)
    if named is None and at is None:
        raise UnreadableInbound("it has neither a name nor a moment, so it may be a repetition")
    kept = storable(text, _TEXT_LENGTH_MAX)
    facts = "\n".join([whom, dialled[2], "" if at is None else at.isoformat(), kept])
    return Inbound(
        upstream_id=named or f"sha256:{hashlib.sha256(facts.encode()).hexdigest()}",
        sender=whom,
        recipient_digits=dialled[2],
        text=kept,
        at=at,
        raw=raw,
    )


def _sender_of(text: str) -> str:
    """A phone in E.164, however it was written; a short code or a name as it is."""
    bare = " ".join(storable(text).split())
    number = _DIALLED.fullmatch(bare)
    return f"+{number[2]}" if number else bare[:_SENDER_LENGTH_MAX]
