"""Which VAT is in what a client has paid, and how much that is; pure calculation.

| the seller | the client | VAT |
| --- | --- | --- |
| charges none | anywhere | none |
| charges VAT | in a country with a rate | that rate |
| in the EU, with reverse charge | a business with a VAT id in another country of it | owed by it |
| in the EU | in another country of the EU without a rate | the rate of the seller's country |
| charges VAT | anywhere else | none: the seller's VAT does not reach there |

The third line comes before the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from portal.invoicing.statuses import Treatment
from portal.ledger.units import MICROS, half_up

EU: Final = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
"""The countries of the EU by their ISO codes, of which Greece's is not the one in its VAT ids."""
HUNDRED_PERCENT: Final = 100_000


@dataclass(frozen=True, kw_only=True)
class Applied:
    """How VAT applies; `rate` is in thousandths of a percent, and 0 unless it is charged."""

    treatment: Treatment
    rate: int = 0


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What an amount is made of, in millionths: together they are the amount, always."""

    net: int
    vat: int


def applied(
    *,
    charges_vat: bool,
    reverse_charge: bool,
    country: str,
    rates: Mapping[str, int],
    client_country: str,
    is_business: bool,
) -> Applied:
    """How VAT applies to a client; `is_business` says that its VAT id is a good one."""
    if not charges_vat:
        return Applied(treatment=Treatment.NONE)
    both_in_eu = country in EU and client_country in EU
    if client_country != country and both_in_eu and reverse_charge and is_business:
        return Applied(treatment=Treatment.REVERSE_CHARGE)
    taxed_in = client_country if client_country in rates else country
    if taxed_in == client_country or both_in_eu:
        return Applied(treatment=Treatment.STANDARD, rate=rates.get(taxed_in, 0))
    return Applied(treatment=Treatment.ELSEWHERE)


def parts(gross: int, *, rate: int, digits: int) -> Parts:
    """What of a gross amount is net and what is VAT, for a currency with so many decimals.

    The net amount is rounded half up to the smallest coin; VAT is what is left, so that both
    together are what was paid. An amount finer than the smallest coin keeps its rest in the VAT.
    """
    coin = MICROS // 10 ** min(digits, 6)
    net = half_up(gross * HUNDRED_PERCENT, (HUNDRED_PERCENT + rate) * coin) * coin
    net = gross if rate == 0 else min(net, gross)
    return Parts(net=net, vat=gross - net)


def parts_taken_back(gross: int, *, before: int, rate: int, digits: int) -> Parts:
    """What of an amount taken back is net and what is VAT, after so much was taken back before.

    Counted so that all parts taken back of an invoice add up to its own, whatever their sizes.
    """
    already = parts(before, rate=rate, digits=digits)
    then = parts(before + gross, rate=rate, digits=digits)
    return Parts(net=then.net - already.net, vat=then.vat - already.vat)
