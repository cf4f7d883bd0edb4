"""What a plain package says, in one line."""

from __future__ import annotations

from portal.pricing.conditions import Amounts, Conditions
from portal.pricing.free_parts import Offer
from portal.pricing.rating import Pulse


def in_one_currency(  # named one by one, so that a call reads as the package it makes
    currency: str,
    *,
    markup_fixed: int = 0,
    markup_percent_millionths: int = 0,
    addition_per_message: int = 0,
    flat_fee: int | None = None,
    monthly_fee: int = 0,
    setup_fee: int = 0,
    pulse: Pulse = Pulse.PART,
    bundle_parts: int = 0,
    refused_prefixes: tuple[str, ...] = (),
) -> Conditions:
    """The conditions of a plain package: one currency and one bundle good for everything."""
    return Conditions(
        amounts={
            currency: Amounts(
                markup_fixed=markup_fixed,
                addition_per_message=addition_per_message,
                flat_fee=flat_fee,
                monthly_fee=monthly_fee,
                setup_fee=setup_fee,
            )
        },
        pulse=pulse,
        markup_percent_millionths=markup_percent_millionths,
        refused_prefixes=refused_prefixes,
        bundles=(Offer(parts=bundle_parts),) if bundle_parts else (),
    )
