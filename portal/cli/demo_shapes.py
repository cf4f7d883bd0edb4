"""What a reseller of the demonstration is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from portal.accounts.quotas import Mode
from portal.accounts.statuses import BalanceManagement
from portal.cli.demo_texts import Place, Trade

UNIT = 1_000_000
DAYS = 60
"""How long ago the demonstration began."""

SANDBOX_GATEWAY = "Sandbox"
WORKDAYS = frozenset(range(6))
"""Saturdays are short ones."""


@dataclass(frozen=True, kw_only=True)
class DemoNumber:
    """A number that messages come in on, with its fees."""

    e164: str
    setup_fee: int = 2 * UNIT
    monthly_fee: int = UNIT
    fee_per_message: int | None = None


@dataclass(frozen=True, kw_only=True)
class DemoClient:
    """A client and its sub-accounts: name, user, package; `money` is what it has at the end.

    A sub-account without a package has the reseller's default fees. Messages to the client's
    `number`, if it has one, go to its first sub-account.
    """

    company: str
    firstname: str
    lastname: str
    email: str
    phone: str
    management: BalanceManagement
    money: int
    sender: str
    trade: Trade
    sub_accounts: tuple[tuple[str, str, str], ...]
    number: str = ""
    weekdays: frozenset[int] = WORKDAYS
    """When it sends much; Monday is 0."""
    paid_until: int = 0
    """So many days ago it paid for the last time."""
    sent_until: int = 0
    billed_ago: int = 12
    """So many days ago was its billing day."""
    quotas: Mapping[str, Mode] = field(default_factory=lambda: MappingProxyType({}))
    """Which of its sub-accounts, by name, pay with parts."""


@dataclass(frozen=True, kw_only=True)
class DemoVoucher:
    """A code that is worth money, and who has used it."""

    code: str
    amount: int
    description: str
    used_by: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoDealings:
    """What happened once between a reseller and its clients, who are named by their addresses."""

    vouchers: tuple[DemoVoucher, ...]
    charged_twice: tuple[str, str, str]
    """By mistake: who, for what, and why it was taken back."""
    moved: tuple[str, str, str]
    """Money that one client's payment was meant to bring another: from, to, why."""
    asks_for: tuple[str, str] | None = None
    """Who waits for which country to be opened."""
    in_debt: tuple[str, str, str, str] | None = None
    """Whose direct debit came back, what it was charged before, its payment, and the reason."""
    topped_up: tuple[str, ...] = ()
    """The descriptions of what quotas were given."""


@dataclass(frozen=True, kw_only=True)
class DemoPortal:
    """A reseller of the demonstration; all else of it is in its folder in `examples`."""

    slug: str
    place: Place
    clients: tuple[DemoClient, ...]
    numbers: tuple[DemoNumber, ...]
    dealings: DemoDealings
