"""Decide on one message: is it allowed, what does it cost, can it be paid for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.accounts.statuses import BalanceManagement
from portal.ledger.posting import Held
from portal.messaging import encoding, numbers, parts, sender_names
from portal.messaging.errors import (
    CannotAfford,
    ClientSuspended,
    CountryNotOpen,
    LimitReached,
    NoRate,
    SenderFault,
    SenderNotAllowed,
    TemporarilyUnavailable,
)
from portal.messaging.facts import Facts
from portal.messaging.numbers import Number
from portal.messaging.parts import Parts
from portal.pricing import errors as pricing
from portal.pricing import rating
from portal.pricing.rating import Quote

EVERY_COUNTRY = "*"


@dataclass(frozen=True, kw_only=True)
class Order:
    """One message as somebody asks for it."""

    to: str
    text: str
    sender: str = ""
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A message that is allowed, with its receipt; nothing is written or charged yet."""

    recipient: Number
    sender: str
    text: str
    reference: str
    counted: Parts
    quote: Quote


@dataclass(frozen=True)
class Funds:
    """What there is to pay with before the next message of a call, and what was sent today."""

    wallet: Held
    bundle_left: int
    sent_today: int

    def less(self, draft: Draft) -> Funds:
        """What is left after a message."""
        return Funds(
            replace(self.wallet, balance=self.wallet.balance - draft.quote.price),
            self.bundle_left - draft.quote.bundle_parts,
            self.sent_today + 1,
        )


def draft(order: Order, facts: Facts, *, bundle_left: int) -> Draft:
    """What the message would be and cost, whether or not it can be paid for.

    Raises:
        MessagingError: the first thing that keeps it from being sent, in this order: text, number,
            sender, country, rate.
    """
    text = encoding.normalised(order.text)
    counted = parts.within_limits(
        text, parts_max=facts.parts_max, characters_max=facts.characters_max
    )
    recipient = numbers.parse(order.to, default_country=facts.country)
    sender = _sender(order.sender, facts)
    if facts.countries.isdisjoint({recipient.country, EVERY_COUNTRY}):
        raise CountryNotOpen(recipient.country)
    return Draft(
        recipient=recipient,
        sender=sender,
        text=text,
        reference=order.reference,
        counted=counted,
        quote=_quote(recipient, counted, facts, bundle_left=bundle_left),
    )


def _sender(given: str, facts: Facts) -> str:
    """What was asked for if it is approved, else the sub-account's; empty is the gateway's own."""
    if not given:
        return facts.default_sender
    sender = sender_names.check(given)
    if sender not in facts.senders and sender != facts.default_sender:
        number = sender_names.is_number(sender)
        raise SenderNotAllowed(
            sender, why=SenderFault.NOT_OWNED if number else SenderFault.NOT_APPROVED
        )
    return sender


def _quote(recipient: Number, counted: Parts, facts: Facts, *, bundle_left: int) -> Quote:
    if facts.terms is None:
        raise NoRate(recipient.e164)
    order = rating.Order(
        digits=recipient.digits,
        country=recipient.country,
        parts=counted.parts,
        bundle_left=bundle_left,
    )
    try:
        return rating.quote(
            order, facts.terms, wholesale=facts.wholesale, own=facts.own, on=facts.today
        )
    except pricing.NoRate:
        raise NoRate(recipient.e164) from None
    except pricing.DestinationRefused as refused:
        raise CountryNotOpen(refused.country) from None


def check_may_send(facts: Facts) -> None:
    """Whether the client may send at all.

    Raises:
        ClientSuspended: by its balance, by staff, or it was never let in.
        TemporarilyUnavailable: for a reason above it, of which it learns nothing.
    """
    if not facts.may_send or facts.suspended_by_balance:
        raise ClientSuspended
    if facts.outage:
        raise TemporarilyUnavailable(why=facts.outage)


def check_funds(found: Draft, facts: Facts, funds: Funds) -> None:
    """Whether the message can be paid for and is within the day's limit.

    Raises:
        LimitReached: the client's messages of the day are used up.
        CannotAfford: the wallet does not cover the price; HARD with nothing left affords not even
            what is free, since it would be suspended by then.
    """
    if facts.daily_limit is not None and funds.sent_today >= facts.daily_limit:
        raise LimitReached("messages a day", maximum=facts.daily_limit)
    price = found.quote.price
    hard = facts.management is BalanceManagement.HARD
    if not funds.wallet.spares(price) or (hard and funds.wallet.balance <= 0):
        raise CannotAfford(needs=price, has=funds.wallet.balance, currency=facts.currency)
