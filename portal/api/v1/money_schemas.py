"""What a reseller's own programs send and get about its clients' money and quotas."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from portal.api.v1.schemas import Answer, Asked, Money

IDS_MAX = 1_000
PARTS_MAX = 999_999_999
Id = Annotated[str, Field(pattern="^[0-9]{1,19}$", max_length=19)]


class NewPayment(Asked):
    """Money that came in by other ways."""

    amount: str = Field(max_length=20, examples=["25.00"], description="Above zero, with a point.")
    currency: str | None = Field(
        default=None,
        min_length=3,
        max_length=3,
        examples=["USD"],
        description="The client's own without one. Another becomes the one that it pays in.",
    )
    description: str = Field(min_length=1, max_length=200)


class NewCharge(Asked):
    """Money that is taken by hand, in the currency that the client pays in."""

    amount: str = Field(max_length=20, examples=["4.90"], description="Above zero, with a point.")
    description: str = Field(min_length=1, max_length=200)


class Booked(Answer):
    """A payment or a charge, and the balance after it."""

    id: str
    amount: Money
    balance: Money


class QuotaChange(Asked):
    """Messages for prepaid sub-accounts, or fewer of them: all or none."""

    sub_accounts: list[Id] = Field(min_length=1, max_length=IDS_MAX, description="Their ids.")
    parts: int = Field(
        ge=-PARTS_MAX,
        le=PARTS_MAX,
        description="For each one; below zero they are taken away. A quota never goes below zero.",
    )
    description: str = Field(default="", max_length=200)


class NewQuota(Answer):
    """The quota of a sub-account, before and after."""

    sub_account: str = Field(description="Its id.")
    name: str
    before: int
    parts: int


class NewQuotas(Answer):
    """The quotas that were changed."""

    quotas: list[NewQuota]
