"""What transfers are called on a statement, in English: whoever shows them translates the words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from portal.ledger.codes import TransferCode


def N_(message: str) -> str:  # noqa: N802 - the name by which messages are found for translation
    """The message itself."""
    return message


ENGLISH: Final[Mapping[TransferCode, str]] = MappingProxyType(
    {
        TransferCode.MESSAGE_PRICE: N_("Message"),
        TransferCode.MESSAGE_COST: N_("Cost of messages"),
        TransferCode.INCOMING_PRICE: N_("Message received"),
        TransferCode.PRICE_REFUND: N_("Refund of a message that was not sent"),
        TransferCode.COST_REFUND: N_("Refund of the cost of a message"),
        TransferCode.PAYMENT: N_("Payment"),
        TransferCode.CHARGE: N_("Charge"),
        TransferCode.REVERSAL: N_("Reversal"),
        TransferCode.COVER_PAYMENT: N_("Payment"),
        TransferCode.DEBT_MOVED: N_("Debt set apart from the balance"),
        TransferCode.DEBT_PAID: N_("Debt paid"),
        TransferCode.BUNDLE_PARTS: N_("Free parts taken"),
        TransferCode.INCOMING_PARTS: N_("Free parts taken by a message received"),
        TransferCode.PARTS_REFUND: N_("Free parts given back"),
        TransferCode.BUNDLE_GRANT: N_("Free parts"),
        TransferCode.BUNDLE_LAPSE: N_("Free parts lapsed"),
        TransferCode.BUNDLE_ROLLOVER: N_("Free parts kept"),
        TransferCode.QUOTA_GRANT: N_("Messages added"),
        TransferCode.QUOTA_CORRECTION: N_("Messages taken away"),
        TransferCode.QUOTA_MOVED: N_("Messages moved"),
        TransferCode.QUOTA_PARTS: N_("Parts sent"),
        TransferCode.QUOTA_REFUND: N_("Parts given back"),
        TransferCode.FEE: N_("Fee"),
        TransferCode.FEE_OWED: N_("Fee that is owed"),
        TransferCode.VOUCHER: N_("Voucher"),
        TransferCode.TRIAL_CREDIT: N_("Trial credit"),
        TransferCode.MONEY_MOVED: N_("Moved"),
        TransferCode.HOSTNAME_FEE: N_("Host name"),
        TransferCode.DEPOSIT: N_("Deposit"),
        TransferCode.DEPOSIT_REFUND: N_("Deposit refunded"),
        TransferCode.DEPOSIT_REFUND_OWED: N_("Deposit refunded, owed"),
        TransferCode.DEPOSIT_DISPUTE: N_("Deposit taken back by the bank"),
        TransferCode.DEPOSIT_DISPUTE_OWED: N_("Deposit taken back by the bank, owed"),
        TransferCode.DEPOSIT_RETURNED: N_("Deposit given again"),
        TransferCode.COVER_DEPOSIT: N_("Payment"),
        TransferCode.COVER_REFUND: N_("Payment given back"),
        TransferCode.COVER_REFUND_OWED: N_("Payment given back, owed"),
        TransferCode.COVER_DISPUTE: N_("Payment taken back by the bank"),
        TransferCode.COVER_DISPUTE_OWED: N_("Payment taken back by the bank, owed"),
        TransferCode.COVER_RETURNED: N_("Payment credited again"),
        TransferCode.COVER_DEBT_PAID: N_("Debt paid"),
    }
)
