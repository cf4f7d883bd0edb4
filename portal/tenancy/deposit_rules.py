"""What a reseller lets its clients pay in: the amounts, the currencies, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

_UNIT: Final = 1_000_000
AMOUNTS_MAX: Final = 20
"""How many amounts a list may have: more buttons than that nobody reads."""
LEAST_MIN: Final = _UNIT
"""Nobody pays in less than one unit of a currency."""
MOST_MAX: Final = 100_000 * _UNIT
TEXT_LENGTH_MAX: Final = 1_000


class DepositRules(BaseModel):
    """What clients may pay in; amounts are millionths of whichever currency they pay in."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    amounts: tuple[int, ...] = (10 * _UNIT, 20 * _UNIT, 50 * _UNIT, 100 * _UNIT)
    """What they choose from, in this order."""
    other_amounts: bool = False
    """Whether they may write another amount."""
    least: int = Field(default=5 * _UNIT, ge=LEAST_MIN)
    most: int = Field(default=1_000 * _UNIT, le=MOST_MAX)
    currencies: tuple[str, ...] = ()
    """What they may pay in, as far as their packages have prices; none named: all of those."""
    refund_text: str = Field(default="", max_length=TEXT_LENGTH_MAX)
    """What the reseller says of giving deposits back, in its own language."""
    refund_texts: Mapping[str, Annotated[str, Field(max_length=TEXT_LENGTH_MAX)]] = {}
    """The same in other languages, by their codes; where there is none, the own one is shown."""
    ask_terms: bool = True
    """Whether they accept the terms with each deposit, where the reseller has written any."""
    automatic: bool = False
    """Whether they may keep a card and have it charged when their balance runs low."""

    def refund_text_in(self, language: str) -> str:
        """What is said of giving deposits back, in a language as far as it was written."""
        return self.refund_texts.get(language) or self.refund_text

    def takes(self, amount: int) -> bool:
        """Whether this may be paid in."""
        if not self.least <= amount <= self.most:
            return False
        return self.other_amounts or amount in self.amounts
