"""What every provider of payments can do, in our words; amounts are millionths.

Adapters know this and nothing of deposits. All their calls may take ten seconds at most, and are
made while no transaction is open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Protocol

from portal.payments.statuses import Outcome, TakenFor

CALL_SECONDS_MAX: Final = 10


@dataclass(frozen=True, kw_only=True)
class Access:
    """An account with a provider, its secrets unsealed: never stored, never logged."""

    secrets: Mapping[str, str] = field(repr=False)
    connected: str = ""
    """The account that an operator's key acts for, where the provider has such accounts."""
    is_live: bool = False
    """Whether to ask where real money moves, where a key does not say so itself."""
    origin: str = ""
    """Where the provider's interface is, if not where it always is."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A payment that a client is to be asked for on the provider's own page."""

    deposit_id: int
    amount: int
    currency: str
    title: str
    email: str
    language: str
    return_url: str
    cancel_url: str
    until: datetime
    """When nobody may pay any more."""
    keep: bool = False
    """Whether the card is to be kept for later, where the provider can (see `Keeper`)."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """The page on which the client pays, and what the provider calls the attempt."""

    reference: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Money that went back, or is held back, as the provider has it now."""

    taken_for: TakenFor
    reference: str
    amount: int
    returned: bool
    own_id: int | None = None
    """Our own number of it, where our staff asked for it."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the provider says of a payment at this moment.

    `amount` and `currency` are those of what was paid, or is to be. `deposit_id` is our own number,
    which the provider keeps beside it; None where the payment is none of ours.
    """

    outcome: Outcome
    amount: int
    currency: str
    reference: str = ""
    payment_id: str = ""
    deposit_id: int | None = None
    method: str = ""
    """How it was paid, as in `visa 4242`."""
    takings: tuple[Taking, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A card that the provider keeps for later, by its own names for it."""

    customer: str
    method: str
    brand: str
    last_four: str
    expires_on: date | None
    """The last day of its last month."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A payment with a kept card, while nobody sits before a page."""

    deposit_id: int
    amount: int
    currency: str
    customer: str
    method: str


@dataclass(frozen=True, kw_only=True)
class Clue:
    """Where to look for a payment; whatever is known of it, at least one."""

    reference: str = ""
    payment_id: str = ""
    deposit_id: int | None = None
    mark: str = ""
    """What of the payment may be news, as the number of a refund; the payment itself if empty."""

    def __bool__(self) -> bool:
        return bool(self.reference or self.payment_id)


@dataclass(frozen=True, kw_only=True)
class Notification:
    """What a provider has told, its signature found good: a hint, never the truth."""

    event_id: str
    kind: str
    clue: Clue
    is_known_kind: bool
    kept: dict[str, Any]
    """All of it but what is about a person."""


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What an account answered when it was tried."""

    merchant: str
    """What the provider calls the account: two keys of one account have the same."""
    name: str
    is_live: bool
    """Whether real money moves."""
    can_charge: bool


class Provider(Protocol):
    """One account with a provider, ready to be asked."""

    def __init__(self, access: Access) -> None: ...

    @staticmethod
    def check(access: Access) -> None:
        """See that what somebody wrote of an account can be one at all.

        Raises:
            AccountUnfit: naming the field.
        """
        ...

    @staticmethod
    def origins(api_origin: str) -> tuple[str, ...]:
        """Where the pages are on which clients pay: what a form of ours may lead to."""
        ...

    def start(self, wanted: Wanted) -> Started:
        """Have the provider make its page; asked again for the same deposit, it is the same page.

        Raises:
            Unanswered, Refused, WrongKey: there is no page.
        """
        ...

    def look(self, clue: Clue) -> Seen:
        """What has become of a payment.

        Raises:
            NoSuchPayment: this account has none like that.
            Unanswered, Refused, WrongKey: it is not known.
        """
        ...

    def capture(self, *, reference: str, deposit_id: int) -> Seen:
        """Take the money of an attempt that is `APPROVED`; asked again, nothing more is taken.

        Raises:
            Unanswered: nobody knows; to be asked again.
            NoSuchPayment, Refused, WrongKey: nothing was taken.
        """
        ...

    def refund(
        self, *, payment_id: str, own_id: int, amount: int, currency: str, reason: str
    ) -> Taking:
        """Give money back; asked again with the same `own_id`, nothing more is given.

        Raises:
            Unanswered: nobody knows; to be asked again.
            Refused, WrongKey: nothing was given back.
        """
        ...

    def recent(self, *, since: datetime) -> Iterator[Clue]:
        """Payments, refunds and disputes of ours since then, each of which may be news to us.

        Raises:
            Unanswered, Refused, WrongKey: not all of them are known.
        """
        ...

    def test(self) -> Tested:
        """Ask the provider who we are.

        Raises:
            Unanswered, Refused, WrongKey: the account cannot be used, for this reason.
        """
        ...

    def read(self, raw: bytes, headers: Mapping[str, str], *, now: datetime) -> Notification:
        """A notification, if it is signed for this account; some providers are asked whether it is.

        Raises:
            UnknownSender: it is not.
            Unanswered: that cannot be known at the moment.
        """
        ...


class Keeper(Protocol):
    """One account with a provider that keeps cards, which can be charged later."""

    def __init__(self, access: Access) -> None: ...

    def kept(self, *, payment_id: str) -> Kept | None:
        """The card that a payment was made with, if it is one that can be charged later.

        Raises:
            NoSuchPayment: this account has none like that.
            Unanswered, Refused, WrongKey: it is not known.
        """
        ...

    def charge(self, charge: Charge) -> Seen:
        """Charge a kept card; asked again for the same deposit, nothing more is charged.

        Whoever asks again must do so within a day, with the same charge in every word: later the
        provider may have forgotten it.

        Raises:
            Unanswered: nobody knows; to be asked again.
            Declined: the bank has said no, or wants the owner; nothing was charged.
            Refused, WrongKey: nothing was charged.
        """
        ...

    def forget(self, *, method: str) -> None:
        """Have the provider keep a card no longer; it may have forgotten it before.

        Raises:
            Unanswered, Refused, WrongKey: it may still have it.
        """
        ...
