"""Whether a reseller has handed out more quota than its own cover pays for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import phonenumbers

from portal.accounts import cover, quotas
from portal.infra.db import ResellerSession
from portal.pricing import price_lists
from portal.pricing.rating import RateTable
from portal.tenancy import resellers


@dataclass(frozen=True)
class Allocation:
    """The parts of all quotas, and what they may cost beside what there is, in millionths.

    `cost_estimate` is None where no rate says what a part costs.
    """

    parts: int
    cost_estimate: int | None
    cover: int
    currency: str

    @property
    def is_too_much(self) -> bool:
        """Whether the cover would not pay for all of it."""
        return self.parts > 0 and (self.cost_estimate is None or self.cost_estimate > self.cover)


def allocation(session: ResellerSession, *, on: date) -> Allocation:
    """What quotas hold, valued at the wholesale rate of a mobile number in the home country."""
    own = resellers.own(session)
    parts = quotas.handed_out(session)
    rates = price_lists.wholesale_rates(session, currency=own.currency)
    mobile = phonenumbers.example_number_for_type(own.country, phonenumbers.PhoneNumberType.MOBILE)
    digits = "" if mobile is None else f"{mobile.country_code}{mobile.national_number}"
    match = RateTable.compile(rates).match(digits, on)
    return Allocation(
        parts=parts,
        cost_estimate=None if match is None else parts * match.price,
        cover=cover.balance(session),
        currency=own.currency,
    )
