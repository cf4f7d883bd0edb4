"""A message with its receipt, as its own page shows it."""

from __future__ import annotations

from portal.infra.db import ResellerSession
from portal.messaging.models import Message
from portal.pricing import bundle_names
from portal.web.parts import message_rows, receipts
from portal.web.parts.message_rows import MessageShown
from portal.web.parts.receipts import BundleUsed


def shown(
    session: ResellerSession, message: Message, *, client_name: str = "", sub_account: str = ""
) -> MessageShown:
    """The message, and which bundles gave how many of its parts."""
    names = bundle_names.names(session, message.bundle_ids)
    used = [
        BundleUsed(names[bundle_id], parts)
        for bundle_id, parts in zip(message.bundle_ids, message.bundle_taken, strict=True)
        if bundle_id in names
    ]
    return message_rows.shown(
        message,
        client_name=client_name,
        sub_account=sub_account,
        receipt=receipts.of(message, bundles=used),
    )
