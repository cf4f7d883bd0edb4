"""The reseller's markup on a cost."""

from __future__ import annotations

from portal.ledger import units

WHOLE = 1_000_000
"""A percentage is in millionths of the whole: 20 % is 200_000, and 0.0001 % is 1."""

MAX = 100 * WHOLE
"""The highest percentage, 10,000: with it even the highest amounts make prices that can be kept."""


def unit_price(cost: int, *, fixed: int, percent_millionths: int) -> int:
    """The price of one part: (cost + fixed) × (1 + percent / 100), in millionths of the currency.

    The percentage applies to the fixed markup too (VoIP.ms: 0.009, 0.0025 and 20 % make 0.0138).
    Exact, and rounded once, half up, to the millionth. Both markups may be below zero, and then
    round the same way: 0.0000025 becomes 0.000003. However far below, no price is less than 0.
    """
    exact = (cost + fixed) * (WHOLE + percent_millionths)
    if cost + fixed < 0 or exact < 0:
        return 0
    return units.half_up(exact, WHOLE)
