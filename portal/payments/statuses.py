"""What a deposit is at a moment, found from facts that are only ever added.

What is known of a payment (paid, refunds, disputes) grows and never shrinks, so that the order in
which a provider tells it, and how often, makes no difference.
"""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class State(StrEnum):
    """What a deposit is."""

    PENDING = "pending"
    ABANDONED = "abandoned"
    """Nobody paid in time; should the money come all the same, it is credited."""
    DIFFERS = "differs"
    """Paid, but not in the amount and currency that were asked for, so that nothing is credited."""
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


@unique
class Outcome(StrEnum):
    """What a provider says of a payment."""

    OPEN = "open"
    """Whoever pays has not finished."""
    APPROVED = "approved"
    """They have agreed, and the money is ours to take."""
    PROCESSING = "processing"
    """They have, and the money is on its way."""
    GONE = "gone"
    """Nobody can pay any more."""
    PAID = "paid"


@unique
class Trouble(StrEnum):
    """Why money that came is not credited, or why no payment began or came about."""

    NONE = ""
    AMOUNT = "amount"
    CURRENCY = "currency"
    OTHER_PAYMENT = "other_payment"
    """The deposit was paid before, by another payment."""
    NOT_STARTED = "not_started"
    """The provider did not answer, or refused, when it was asked for its page."""
    DECLINED = "declined"
    """The bank behind a kept card has said no."""
    CONFIRM = "confirm"
    """That bank wants the card's owner to confirm the payment."""
    REFUSED = "refused"
    """The provider does not charge a kept card, whatever the bank would say."""
    UNANSWERED = "unanswered"
    """Nobody knows whether a kept card was charged: the provider has not answered for a day."""
    CALLED_OFF = "called_off"
    """A kept card was to be charged, and before that was begun somebody has decided otherwise."""


@unique
class TakenFor(StrEnum):
    """Why a deposit is taken back."""

    REFUND = "refund"
    DISPUTE = "dispute"


@unique
class Stage(StrEnum):
    """How far a refund or a dispute has come."""

    ASKED = "asked"
    """Our staff wants it, and the provider has not confirmed it."""
    REFUSED = "refused"
    """The provider has not done it."""
    PARKED = "parked"
    """Known before the payment itself; posted as soon as that is."""
    TAKEN = "taken"
    RETURNED = "returned"
    """It came to nothing: a refund that failed, a dispute that was won."""


@unique
class Handled(StrEnum):
    """What became of a notification."""

    WAITING = "waiting"
    """It is looked at by a job, again and again until the payment is known."""
    DONE = "done"
    NOTHING_NEW = "nothing_new"
    NOT_OURS = "not_ours"
    """It is about something that the portal has not asked for."""
    UNKNOWN_KIND = "unknown_kind"
    GIVEN_UP = "given_up"
    """The payment that it is about was not found in three days."""


CREDITED = frozenset({State.PAID, State.PARTLY_REFUNDED, State.REFUNDED, State.DISPUTED})
"""The states of a deposit whose money is, or was, in the wallet."""

UNPAID = frozenset({State.PENDING, State.ABANDONED, State.DIFFERS})


def of_paid(*, amount: int, refunded: int, disputed: int) -> State:
    """What a paid deposit is, by what of it was refunded and what is in dispute or lost to one."""
    if disputed > 0:
        return State.DISPUTED
    if refunded >= amount:
        return State.REFUNDED
    return State.PARTLY_REFUNDED if refunded > 0 else State.PAID


assert frozenset(State) == CREDITED | UNPAID
