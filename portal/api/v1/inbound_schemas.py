"""What the native interface answers about messages that came in and numbers, field by field."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from portal.api.v1.schemas import NO_AMOUNTS, REMOVED, Answer, Asked, IdAsked, Money, Whole


class InboundAsked(Asked):
    """Which page of the list of messages that came in."""

    after: IdAsked | None = Field(
        default=None, description="The `next` of the page before; without it, the newest messages."
    )
    limit: Whole = Field(default=50, ge=1, le=100, description="How many.")


class InboundMessageDetail(Answer):
    """A message that came in."""

    id: str
    sender: str | None = Field(
        alias="from",
        examples=["+48600111222"],
        description=f"A phone, a short code or a name. {REMOVED}",
    )
    to: str = Field(examples=["+12025550181"], description="The client's number.")
    text: str | None = Field(description=REMOVED)
    parts: int
    encoding: str = Field(examples=["gsm7", "ucs2"])
    wish: str | None = Field(
        examples=["stop", "start"],
        description="What the whole text asks for: no more messages, or messages again.",
    )
    sub_account: str | None = Field(description="Id of the sub-account that the number is for.")
    sent_at: datetime | None = Field(description="When the network had it, if it said so.")
    received_at: datetime
    price: Money | None = Field(description=NO_AMOUNTS)


class InboundMessagesPage(Answer):
    """Messages that came in, newest first."""

    inbound_messages: list[InboundMessageDetail]
    next: str | None = Field(description="What to ask the next page with; null: there is none.")


class Number(Answer):
    """A number that messages come in on."""

    number: str = Field(examples=["+12025550181"])
    country: str = Field(examples=["US"])
    sub_account: str = Field(description="Id of the sub-account that it is for.")
    assigned_on: date | None
    monthly_fee: Money | None = Field(description=NO_AMOUNTS)
    fee_per_message: Money | None = Field(
        description=f"For each message received today, where no free parts pay for it; {NO_AMOUNTS}"
    )


class Numbers(Answer):
    """A client's numbers."""

    numbers: list[Number]
