"""What payments refuse, and how a provider of payments fails."""

from __future__ import annotations

from enum import StrEnum, unique

from portal.infra.errors import PortalError


class PaymentError(PortalError):
    """The root of what payments refuse."""

    code = "payment_refused"


class AmountNotOffered(PaymentError):
    """The reseller does not take this amount; bounds are in millionths."""

    code = "amount_not_offered"

    def __init__(self, amount: int) -> None:
        super().__init__(f"{amount} millionths are none of the amounts offered")
        self.amount = amount


class CurrencyNotOffered(PaymentError):
    """Nothing can be paid in this currency."""

    code = "currency_not_offered"


class NoProvider(PaymentError):
    """The reseller takes no payments of this kind at the moment."""

    code = "no_provider"


class NotToppedUp(PaymentError):
    """The reseller does not offer that a kept card is charged by itself, or there is none."""

    code = "not_topped_up"


class LimitTooLow(PaymentError):
    """Not one top-up fits into what may be charged in a month; in millionths."""

    code = "limit_too_low"


class ThresholdNotOffered(PaymentError):
    """Nobody is topped up from such a balance on; in millionths."""

    code = "threshold_not_offered"


class NotRefundable(PaymentError):
    """More is to be given back than is left of a deposit, or it was never paid; in millionths."""

    code = "not_refundable"

    def __init__(self, *, left: int) -> None:
        super().__init__(f"{left} millionths are left to refund")
        self.left = left


@unique
class Unfit(StrEnum):
    """What is wrong with what somebody wrote of an account with a provider."""

    SECRET_KEY = "secret_key"  # noqa: S105 - the name of a field
    SIGNING_SECRET = "signing_secret"  # noqa: S105 - the name of a field
    CONNECTED = "connected"
    CLIENT_ID = "client_id"
    CLIENT_SECRET = "client_secret"  # noqa: S105 - the name of a field
    WEBHOOK_ID = "webhook_id"


class AccountUnfit(PaymentError):
    """An account cannot be as it was written; `field` is what to mend."""

    code = "account_unfit"

    def __init__(self, field: Unfit) -> None:
        super().__init__(f"the {field.value} is none")
        self.field = field


class ProviderError(Exception):
    """A call to a provider brought nothing; `reason` is its own word, without secrets."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unanswered(ProviderError):
    """It is down or slow: nobody knows whether it has done what it was asked for."""


class Refused(ProviderError):
    """It has answered that it does not do this."""


class WrongKey(Refused):
    """It does not know the key, or the key may not do this."""


class NoSuchPayment(Refused):
    """This account has no such payment."""


class Declined(Refused):
    """The bank has said no to a kept card; `needs_owner` if its owner could change that."""

    def __init__(self, reason: str, *, needs_owner: bool) -> None:
        super().__init__(reason)
        self.needs_owner = needs_owner


class UnknownSender(Exception):
    """A notification is not the provider's: not signed, wrongly signed, too old, or none at all."""
