"""What the native interface is sent and what it answers, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from portal.ledger import units
from portal.tenancy.display import Display

ID_MAX = 2**63 - 1


def _whole(given: object) -> object:
    """Digits of a query as a number; `int` alone would also read `1_0`, spaces and `１`."""
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 20:
        return int(given)
    return given


Whole = Annotated[int, BeforeValidator(_whole)]
IdAsked = Annotated[
    Whole,
    Field(ge=0, le=ID_MAX),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,19}$"}),
]


class Asked(BaseModel):
    """What a caller sends: nothing is guessed, and an unknown field is refused."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, validate_by_name=False, validate_by_alias=True
    )


class Answer(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


class Money(Answer):
    """An amount, as a decimal string so that no reader rounds it, and its currency."""

    amount: str = Field(examples=["0.045"])
    currency: str = Field(examples=["USD"])


def money(amount: int, currency: str) -> Money:
    """An amount in millionths, as it is answered."""
    return Money(amount=units.decimal_string(amount, currency), currency=currency)


def money_shown(amount: int, currency: str, *, to: Display) -> Money | None:
    """The same for a client; None where it is shown no amounts."""
    return money(amount, currency) if to.money else None


REMOVED = "null: it was removed, because the message is older than such are kept."
NO_AMOUNTS = "null: the client is shown no amounts."


class NewMessage(Asked):
    """A message to send."""

    to: str = Field(
        min_length=1,
        max_length=40,
        examples=["+48600111222"],
        description="The recipient, best in E.164; national digits are read in the client's"
        " country.",
    )
    text: str = Field(description="The text. Too long for the client's limit is refused, not cut.")
    sender: str | None = Field(
        default=None,
        alias="from",
        max_length=100,
        description="An approved sender name; without one, the sub-account's or the gateway's.",
    )
    reference: str | None = Field(
        default=None, max_length=100, description="The caller's own name for the message."
    )
    sub_account: str | None = Field(
        default=None,
        max_length=200,
        description="Id or name of the sub-account to send from; without one, the key's own, else"
        " the client's first.",
    )


class SentMessage(Answer):
    """A message that was accepted and charged."""

    id: str
    status: str
    parts: int
    encoding: str = Field(examples=["gsm7", "ucs2"])
    price: Money | None = Field(description=NO_AMOUNTS)


class Receipt(Answer):
    """How the price came about, frozen when the message was accepted."""

    price: Money | None = Field(
        description=f"What was charged, be it given back later or not; {NO_AMOUNTS}"
    )
    parts: int
    bundle_parts: int = Field(description="How many of the parts were free ones from a bundle.")
    quota_parts: int = Field(description="How many of the parts were prepaid.")
    pulse: str = Field(
        examples=["part", "message"],
        description="What `unit_price` was charged for: each part that is left, or all of them.",
    )
    unit_price: Money | None = Field(description=NO_AMOUNTS)
    addition: Money | None = Field(
        description=f"Charged once, if any part was charged; {NO_AMOUNTS}"
    )
    prefix: str = Field(description="The beginning of the number that the rate was found by.")


class MessageDetail(SentMessage):
    """A message and what became of it."""

    receipt: Receipt
    sender: str = Field(alias="from")
    to: str | None = Field(description=REMOVED)
    text: str | None = Field(description=REMOVED)
    reference: str
    reason: str = Field(description="Why it was not delivered; empty otherwise.")
    accepted_at: datetime
    status_at: datetime
    valid_until: datetime
    refunded_at: datetime | None


class MessagesAsked(Asked):
    """Which page of the list of messages."""

    after: IdAsked | None = Field(
        default=None, description="The `next` of the page before; without it, the newest messages."
    )
    limit: Whole = Field(default=50, ge=1, le=100, description="How many.")


class MessagesPage(Answer):
    """Messages, newest first."""

    messages: list[MessageDetail]
    next: str | None = Field(description="What to ask the next page with; null: there is none.")


class Balance(Answer):
    """What a client's wallet holds, and how it may be used."""

    amount: str = Field(examples=["12.34"])
    currency: str = Field(examples=["USD"])
    balance_management: str = Field(examples=["HARD", "SOFT"])
    credit_limit: str | None = Field(
        description="How far below zero a SOFT balance may go; null: HARD, or without limit."
    )
    owed: list[Money] = Field(
        description="What is owed beside the balance, by currency: the next payment in it pays"
        " this first. Empty: nothing."
    )
    standing: str = Field(examples=["ACTIVE", "SUSPENDED_BY_BALANCE", "SUSPENDED_BY_STAFF"])
    suspended: bool


class PricesAsked(Asked):
    """Whose prices."""

    sub_account: str | None = Field(
        default=None,
        max_length=200,
        description="Id or name of the sub-account; without one, the key's own, else the client's"
        " first.",
    )


class CountryPrice(Answer):
    """The price of one part to a country, which depends on the network of the number."""

    country: str = Field(examples=["PL"])
    open: bool = Field(description="Whether messages may be sent there.")
    usual: Money | None = Field(
        description="For networks without a price of their own; null: all have one."
    )
    lowest: Money
    highest: Money


class Prices(Answer):
    """Prices in order of country."""

    countries: list[CountryPrice]


class LedgerAsked(Asked):
    """From where on the ledger is wanted."""

    since: IdAsked | None = Field(default=None, description="Only rows with a larger id.")


class FieldProblem(Answer):
    """What is wrong with one field."""

    field: str
    problem: str


class Problem(BaseModel):
    """A refusal, after RFC 9457; some codes carry further facts."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    code: str = Field(examples=["insufficient_funds"])
    detail: str
    errors: list[FieldProblem] | None = Field(
        default=None, description="For `invalid_request`: what is wrong, field by field."
    )
