"""Decide on one message: is it allowed, what does it cost, can it be paid for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.accounts.debts import Allowed
from portal.accounts.statuses import BalanceManagement
from portal.ledger.posting import Held
from portal.messaging import encoding, numbers, parts, sender_names
from portal.messaging.errors import (
    CannotAfford,
    ClientSuspended,
    CountryNotOpen,
    InDebt,
    LimitReached,
    NoRate,
    OptedOut,
    QuotaUsedUp,
    SenderFault,
    SenderNotAllowed,
    TemporarilyUnavailable,
)
from portal.messaging.facts import EVERY_ROUTE, Facts
from portal.messaging.numbers import Number
from portal.messaging.parts import Parts
from portal.messaging.recipients import Recipients
from portal.pricing import errors as pricing
from portal.pricing import free_parts, rating
from portal.pricing.conditions import Conditions, Route
from portal.pricing.free_parts import Left
from portal.pricing.rating import Quote, Terms

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
    """A message that is allowed, with its receipt; nothing is written or charged yet.

    `taken` is how its free parts are split over bundles.
    """

    recipient: Number
    sender: str
    text: str
    reference: str
    counted: Parts
    route: Route
    quote: Quote
    taken: tuple[tuple[Left, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Funds:
    """What there is to pay with before the next message of a call, and what was sent today.

    `quota_left` is None where it is unlimited, or where nothing is paid from a quota.
    """

    wallet: Held
    bundles: tuple[Left, ...]
    quota_left: int | None
    sent_today: int

    def less(self, draft: Draft) -> Funds:
        """What is left after a message."""
        taken = {bundle.bundle_id: parts for bundle, parts in draft.taken}
        quota = self.quota_left
        return Funds(
            wallet=replace(self.wallet, balance=self.wallet.balance - draft.quote.price),
            bundles=tuple(
                replace(bundle, parts=bundle.parts - taken.get(bundle.bundle_id, 0))
                for bundle in self.bundles
            ),
            quota_left=None if quota is None else quota - draft.quote.quota_parts,
            sent_today=self.sent_today + 1,
        )


def draft(order: Order, facts: Facts, *, bundles: Sequence[Left], known: Recipients) -> Draft:
    """What the message would be and cost, whether or not it can be paid for.

    Raises:
        MessagingError: the first thing that keeps it from being sent, in this order: text, number,
            sender, country, the recipient's wish, a debt, rate.
    """
    text = encoding.normalised(order.text)
    counted = parts.within_limits(
        text, parts_max=facts.parts_max, characters_max=facts.characters_max
    )
    recipient = numbers.parse(order.to, default_country=facts.country)
    sender = _sender(order.sender, facts)
    if facts.countries.isdisjoint({recipient.country, EVERY_COUNTRY}):
        raise CountryNotOpen(recipient.country)
    if recipient.digits in known.opted_out:
        raise OptedOut(recipient.e164)
    if facts.allowed is Allowed.CODES_ONLY and not (
        sender in facts.code_senders or recipient.digits in known.wrote_lately
    ):
        raise InDebt(codes_pass=True)
    route = _route(recipient, facts)
    fitting = free_parts.in_order(bundles, digits=recipient.digits, country=recipient.country)
    left = sum(bundle.parts for bundle in fitting)
    asked = rating.Order(
        digits=recipient.digits,
        country=recipient.country,
        parts=counted.parts,
        on_net=known.is_on_net(recipient.digits),
        own_number=known.is_own(recipient.digits),
        on_quota=facts.on_quota,
        bundle_left=left,
    )
    quote = _quote(recipient, asked, facts, route=route)
    return Draft(
        recipient=recipient,
        sender=sender,
        text=text,
        reference=order.reference,
        counted=counted,
        route=route,
        quote=quote,
        taken=tuple(free_parts.split(quote.bundle_parts, fitting)),
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


def _route(recipient: Number, facts: Facts) -> Route:
    conditions = facts.conditions
    route = Route.VALUE if conditions is None else conditions.route(recipient.country)
    if facts.open_routes and facts.open_routes.isdisjoint({route.value, EVERY_ROUTE}):
        raise TemporarilyUnavailable(why=f"no gateway is open for the route {route.value}")
    return route


def terms_of(facts: Facts) -> Terms | None:
    """How messages are priced; what is paid in parts needs no amounts, but keeps to the package."""
    if facts.terms is not None or not facts.on_quota:
        return facts.terms
    said = facts.conditions or Conditions(amounts={})
    return said.terms_in_parts(facts.currency)


def _quote(recipient: Number, order: rating.Order, facts: Facts, *, route: Route) -> Quote:
    terms = terms_of(facts)
    if terms is None:
        raise NoRate(recipient.e164)
    try:
        found = rating.quote(
            order, terms, wholesale=facts.wholesale[route], own=facts.own, on=facts.today
        )
    except pricing.NoRate:
        raise NoRate(recipient.e164) from None
    except pricing.DestinationRefused as refused:
        raise CountryNotOpen(refused.country) from None
    if facts.blocks_losses and found.loses:
        raise NoRate(recipient.e164)
    return found


def check_may_send(facts: Facts) -> None:
    """Whether the client may send at all.

    Raises:
        ClientSuspended: by its balance, by staff, or it was never let in.
        InDebt: it owes since so long that nothing passes.
        TemporarilyUnavailable: for a reason above it, of which it learns nothing.
    """
    if not facts.may_send or facts.suspended_by_balance:
        raise ClientSuspended
    if facts.allowed is Allowed.NONE:
        raise InDebt(codes_pass=False)
    if facts.outage:
        raise TemporarilyUnavailable(why=facts.outage)


def check_funds(found: Draft, facts: Facts, funds: Funds) -> None:
    """Whether the message can be paid for and is within the day's limit.

    Raises:
        LimitReached: the client's messages of the day are used up.
        QuotaUsedUp: the sub-account has not so many prepaid parts.
        CannotAfford: the wallet does not cover the price; HARD with nothing left affords not even
            what is free, since it would be suspended by then.
    """
    if facts.daily_limit is not None and funds.sent_today >= facts.daily_limit:
        raise LimitReached("messages a day", maximum=facts.daily_limit)
    quota_parts = found.quote.quota_parts
    if quota_parts:
        if funds.quota_left is not None and funds.quota_left < quota_parts:
            raise QuotaUsedUp(needs=quota_parts, has=funds.quota_left)
        return
    price = found.quote.price
    hard = facts.management is BalanceManagement.HARD and not facts.wholly_on_quota
    if not funds.wallet.spares(price) or (hard and funds.wallet.balance <= 0):
        raise CannotAfford(needs=price, has=funds.wallet.balance, currency=facts.currency)
