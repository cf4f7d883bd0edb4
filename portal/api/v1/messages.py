"""Send messages, and ask what became of them."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, g, request, url_for

from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.api import idempotency
from portal.api.v1 import problems, sub_accounts
from portal.api.v1.operations import Header, Operation, Operations, answered
from portal.api.v1.schemas import (
    ID_MAX,
    MessageDetail,
    MessagesAsked,
    MessagesPage,
    Money,
    NewMessage,
    Receipt,
    SentMessage,
    money,
    money_shown,
)
from portal.http import unit_of_work
from portal.infra import kept_answers
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.messaging import history, sending
from portal.messaging.models import Message
from portal.messaging.sending import Order
from portal.tenancy.display import Service

ENDPOINT = "v1.messages"
KEY = Header(
    name=idempotency.HEADER,
    about="The caller's name for this attempt. The same request with the same key is sent once,"
    f" for {kept_answers.KEPT_DAYS} days; the answer is repeated with"
    f" {idempotency.REPLAYED_HEADER}: true.",
    schema={"type": "string", "minLength": 1, "maxLength": kept_answers.KEY_LENGTH_MAX},
)


operations = Operations()


@operations.add(
    Operation(
        method="POST",
        rule="/messages",
        right=Right.MESSAGES_SEND,
        service=Service.SEND,
        body=NewMessage,
        answer=SentMessage,
        status=202,
        headers=[KEY],
        refusals=[
            "invalid_idempotency_key",
            "insufficient_funds",
            "quota_used_up",
            "debt_unpaid",
            "client_suspended",
            "idempotency_in_progress",
            "idempotency_key_reused",
            "invalid_number",
            "empty_text",
            "text_too_long",
            "sender_not_allowed",
            "no_rate",
            "country_not_open",
            "opted_out",
        ],
    )
)
def send_message(body: NewMessage) -> Response:
    """Send a message. It is charged once, when it is accepted; a refused one is free."""
    session, actor = unit_of_work.session(), _actor()
    key = idempotency.checked(request.headers.get(idempotency.HEADER))
    try:
        sub_account_id = sub_accounts.chosen(session, actor, body.sub_account, service=Service.SEND)
        answer, replayed = idempotency.once(
            session,
            owner_id=actor.client_id or 0,
            endpoint=ENDPOINT,
            key=key,
            asked=_canonical(body, actor),
            act=lambda: _send(session, actor, sub_account_id, body),
        )
    except NotFound:
        return problems.of_fields([("sub_account", "There is no such sub-account")])
    headers = {"Location": url_for(".get_message", message_id=answer["id"])}
    if replayed:
        headers[idempotency.REPLAYED_HEADER] = "true"
    if not actor.display.money:
        answer = answer | {"price": None}  # what is kept for a repetition is the whole answer
    return answered(SentMessage.model_validate(answer), status=202, headers=headers)


@operations.add(
    Operation(
        method="GET",
        rule="/messages",
        right=Right.MESSAGES_READ,
        query=MessagesAsked,
        answer=MessagesPage,
    )
)
def list_messages(query: MessagesAsked) -> Response:
    """List the client's messages, newest first."""
    found = history.page(
        unit_of_work.session(), actor=_actor(), below_id=query.after, limit=query.limit + 1
    )
    page = found[: query.limit]
    more = str(page[-1].id) if len(found) > len(page) else None
    return answered(MessagesPage(messages=[_detail(message) for message in page], next=more))


@operations.add(
    Operation(
        method="GET",
        rule="/messages/<message_id>",
        right=Right.MESSAGES_READ,
        answer=MessageDetail,
        refusals=["not_found"],
    )
)
def get_message(message_id: str) -> Response:
    """Look a message up: its status, its price and what became of it."""
    if not (message_id.isascii() and message_id.isdigit() and int(message_id[:20]) <= ID_MAX):
        raise NotFound("message", message_id[:20])
    message = history.message_by_id(
        unit_of_work.session(), actor=_actor(), message_id=int(message_id[:20])
    )
    return answered(_detail(message))


def _actor() -> Actor:
    actor: Actor = g.actor
    return actor


def _send(
    session: ResellerSession, actor: Actor, sub_account_id: int | None, body: NewMessage
) -> dict[str, Any]:
    order = Order(
        to=body.to, text=body.text, sender=body.sender or "", reference=body.reference or ""
    )
    accepted = sending.accept_one(session, actor=actor, sub_account_id=sub_account_id, order=order)
    return SentMessage(
        id=str(accepted.id),
        status=accepted.status,
        parts=accepted.counted.parts,
        encoding=accepted.counted.encoding,
        price=money(accepted.price, accepted.quote.currency),
    ).model_dump()


def _canonical(body: NewMessage, actor: Actor) -> bytes:
    """What makes two requests the same: their fields, and the sub-accounts that the key is for."""
    limit = actor.sub_account_ids
    fields = body.model_dump(exclude_none=True) | {
        "key_of": None if limit is None else sorted(limit)
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _detail(message: Message) -> MessageDetail:
    def price(amount: int) -> Money | None:
        return money_shown(amount, message.currency, to=_actor().display)

    return MessageDetail(
        id=str(message.id),
        status=message.status,
        parts=message.parts,
        encoding=message.encoding,
        price=price(0 if message.refunded_at else message.price),
        receipt=Receipt(
            price=price(message.price),
            parts=message.parts,
            bundle_parts=message.bundle_parts,
            quota_parts=message.quota_parts,
            pulse=message.pulse,
            unit_price=price(message.unit_price),
            addition=price(message.addition),
            prefix=message.prefix,
        ),
        sender=message.sender,
        to=None if message.redacted_at else message.recipient,
        text=None if message.redacted_at else message.text,
        reference=message.reference,
        reason=message.reason,
        accepted_at=message.accepted_at,
        status_at=message.status_at,
        valid_until=message.valid_until,
        refunded_at=message.refunded_at,
    )
