"""Money that new clients are given to try the portal with, by a reseller's rules."""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

CODES_A_DAY_MAX: Final = 1_000
AMOUNT_MAX: Final = 1_000_000_000
"""In millionths: a slip of the hand shall not give away a fortune."""


class TrialRules(BaseModel):
    """The rules of one reseller. Without an amount, nobody is given anything."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    amount: int = Field(default=0, ge=0, le=AMOUNT_MAX)
    """In millionths of the reseller's currency."""
    sub_account_id: int | None = None
    """Of its own, without a limit of parts: what sends the codes, which its cover pays."""
    countries: list[str] = []
    """Where the telephones may be: a code costs money wherever it is sent."""
    codes_a_day: int = Field(default=50, ge=1, le=CODES_A_DAY_MAX)
    """How many codes are sent on a day at most, to all together."""

    @property
    def is_on(self) -> bool:
        """Whether anybody can be given anything."""
        return self.amount > 0 and self.sub_account_id is not None and bool(self.countries)
