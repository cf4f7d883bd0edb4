"""Tell a client what came in, and which numbers it has."""

from __future__ import annotations

from flask import Response, g

from portal.accounts.actor import Actor
from portal.accounts.roles import Right
from portal.api.v1.inbound_schemas import (
    InboundAsked,
    InboundMessageDetail,
    InboundMessagesPage,
    Number,
    Numbers,
)
from portal.api.v1.operations import Operation, Operations, answered
from portal.api.v1.schemas import money_shown
from portal.http import unit_of_work
from portal.messaging import inbox, incoming_prices
from portal.messaging.inbound_models import InboundMessage
from portal.numbers import finding
from portal.numbers.models import InboundNumber
from portal.tenancy.display import Service

operations = Operations()


@operations.add(
    Operation(
        method="GET",
        rule="/inbound-messages",
        right=Right.MESSAGES_READ,
        service=Service.INBOX,
        query=InboundAsked,
        answer=InboundMessagesPage,
    )
)
def list_inbound_messages(query: InboundAsked) -> Response:
    """List the messages that came in, newest first. What waits for credit is not among them."""
    found = inbox.page(
        unit_of_work.session(), actor=_actor(), below_id=query.after, limit=query.limit + 1
    )
    page = found[: query.limit]
    more = str(page[-1].id) if len(found) > len(page) else None
    return answered(
        InboundMessagesPage(inbound_messages=[_detail(each) for each in page], next=more)
    )


@operations.add(
    Operation(
        method="GET",
        rule="/numbers",
        right=Right.MESSAGES_READ,
        service=Service.NUMBERS,
        answer=Numbers,
    )
)
def list_numbers() -> Response:
    """List the client's numbers. They are what people write to."""
    found = finding.of_actor(unit_of_work.session(), _actor())
    fees = incoming_prices.fees(unit_of_work.session(), found)
    return answered(Numbers(numbers=[_number(each, fee=fees[each.id]) for each in found]))


def _actor() -> Actor:
    actor: Actor = g.actor
    return actor


def _detail(message: InboundMessage) -> InboundMessageDetail:
    return InboundMessageDetail(
        id=str(message.id),
        sender=None if message.redacted_at else message.sender,
        to=message.recipient,
        text=None if message.redacted_at else message.text,
        parts=message.parts,
        encoding=message.encoding,
        wish=message.wish or None,
        sub_account=None if message.sub_account_id is None else str(message.sub_account_id),
        sent_at=message.sent_at,
        received_at=message.received_at,
        price=money_shown(message.price, message.currency, to=_actor().display),
    )


def _number(number: InboundNumber, *, fee: int) -> Number:
    seen = _actor().display
    return Number(
        number=number.e164,
        country=number.country,
        sub_account=str(number.sub_account_id),
        assigned_on=number.assigned_on,
        monthly_fee=money_shown(number.monthly_fee, number.currency, to=seen),
        fee_per_message=money_shown(fee, number.currency, to=seen),
    )
