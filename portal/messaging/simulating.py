"""What a message to a number would cost and why, before there is one; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass

from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.ledger import posting
from portal.messaging import deciding, facts, numbers, recipients
from portal.messaging.errors import CountryNotOpen, InvalidNumber, MessagingError, NoRate
from portal.messaging.facts import Facts
from portal.messaging.numbers import Number
from portal.pricing import errors as pricing
from portal.pricing import explaining, free_parts, rating
from portal.pricing.conditions import Route
from portal.pricing.explaining import Explanation
from portal.pricing.rating import Quote


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What so many parts to a number would cost, rule by rule; amounts in millionths.

    `free_left` of `free_size` parts are left in the bundles that are good for the number.
    `quota_left` is what is left of the prepaid parts: None where there are none, or no end to them.
    `explanation` is there for every number that is one, also in a country that is not open.
    """

    parts: int
    currency: str
    recipient: Number | None
    is_open: bool
    on_quota: bool
    quota_left: int | None
    free_left: int
    free_size: int
    explanation: Explanation | None
    refusal: MessagingError | None

    @property
    def country(self) -> str:
        """Where the number lies; empty for what is no number."""
        return "" if self.recipient is None else self.recipient.country

    @property
    def quote(self) -> Quote | None:
        """The price, if there is one."""
        return None if self.explanation is None else self.explanation.quote


def simulate(
    session: ResellerSession,
    *,
    actor: Actor,
    sub_account_id: int | None,
    to: str,
    parts: int = 1,
) -> Simulation:
    """Price so many parts to a number from this sub-account, or from the client's first.

    Whether the client may send at present, and whether it could pay, is not asked.

    Raises:
        NotFound: the actor has no such sub-account.
    """
    found = facts.read(session, actor=actor, sub_account_id=sub_account_id)
    try:
        recipient = numbers.parse(to, default_country=found.country)
    except InvalidNumber as refusal:
        return Simulation(
            parts=parts,
            currency=found.currency,
            recipient=None,
            is_open=False,
            on_quota=found.on_quota,
            quota_left=None,
            free_left=0,
            free_size=0,
            explanation=None,
            refusal=refusal,
        )
    quota_id = found.quota_account_id
    accounts = [bundle.account_id for bundle in found.bundles]
    held = posting.look(session, accounts if quota_id is None else [*accounts, quota_id])
    fitting = free_parts.in_order(found.bundles, digits=recipient.digits, country=recipient.country)
    free_left = sum(held[bundle.account_id].balance for bundle in fitting)
    known = recipients.read(session, [recipient.e164], facts=found)
    order = rating.Order(
        digits=recipient.digits,
        country=recipient.country,
        parts=parts,
        on_net=known.is_on_net(recipient.digits),
        own_number=known.is_own(recipient.digits),
        on_quota=found.on_quota,
        bundle_left=free_left,
    )
    explanation = _explained(found, order)
    is_open = is_open_to(found, recipient.country)
    return Simulation(
        parts=parts,
        currency=found.currency,
        recipient=recipient,
        is_open=is_open,
        on_quota=found.on_quota,
        quota_left=None if quota_id is None else held[quota_id].balance,
        free_left=free_left,
        free_size=sum(bundle.size for bundle in fitting),
        explanation=explanation,
        refusal=_refusal(explanation, recipient) if is_open else CountryNotOpen(recipient.country),
    )


def is_open_to(found: Facts, country: str) -> bool:
    """Whether messages from this sub-account may go to a country."""
    return not found.countries.isdisjoint({country, deciding.EVERY_COUNTRY})


def _explained(found: Facts, order: rating.Order) -> Explanation:
    terms = deciding.terms_of(found)
    if terms is None:
        missing = pricing.NoRate(order.digits, on=found.today)
        return Explanation(considered=(), wholesale_prefix="", quote=None, refusal=missing)
    route = Route.VALUE if found.conditions is None else found.conditions.route(order.country)
    return explaining.explain(
        order, terms, wholesale=found.wholesale[route], own=found.own, on=found.today
    )


def _refusal(explanation: Explanation, recipient: Number) -> MessagingError | None:
    if explanation.refusal is None:
        return None
    if isinstance(explanation.refusal, pricing.DestinationRefused):
        return CountryNotOpen(recipient.country)
    return NoRate(recipient.e164)
