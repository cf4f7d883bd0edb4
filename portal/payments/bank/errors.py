"""What bank transfers refuse."""

from __future__ import annotations

from enum import StrEnum, unique

from portal.payments.errors import PaymentError


@unique
class Unfit(StrEnum):
    """What is wrong with what somebody wrote of a bank account."""

    HOLDER = "holder"
    IBAN = "iban"
    NUMBER = "number"
    BANK = "bank"
    BIC = "bic"


class BankUnfit(PaymentError):
    """A bank account cannot be as it was written; `field` is what to mend."""

    code = "bank_unfit"

    def __init__(self, field: Unfit) -> None:
        super().__init__(f"the {field.value} is none")
        self.field = field


class TooManyWaiting(PaymentError):
    """A client has as many transfers waiting as anybody may."""

    code = "too_many_waiting"


class NotExpected(PaymentError):
    """The deposit does not wait for a transfer, or not any more."""

    code = "not_expected"


class OtherCurrency(PaymentError):
    """The money came in a currency in which this cannot be credited."""

    code = "other_currency"


class NotOpen(PaymentError):
    """Of this line something else has become by now, or it is no money that came in."""

    code = "line_not_open"


class AmountDiffers(PaymentError):
    """Another amount arrived than was asked for, and nobody has said that this is right."""

    code = "amount_differs"
