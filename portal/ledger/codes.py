"""What an account is, and why a transfer was made: the vocabulary of the books."""

from __future__ import annotations

from enum import StrEnum


class AccountCode(StrEnum):
    """What an account is.

    Each reseller has one of each of the summed ones per unit; the limited ones belong to somebody.
    """

    # Limited: these keep a running balance and may not fall below their overdraft.
    WALLET = "wallet"  # a client's money
    RECEIVABLE = "receivable"  # what a client owes apart from the wallet; counts upward from zero
    BUNDLE = "bundle"  # free parts left in a billing period
    QUOTA = "quota"  # parts that a sub-account is prepaid in
    COVER = "cover"  # the reseller's money with the operator
    COVER_OWED = "cover_owed"  # what it owes the operator apart from that; as a receivable

    # Summed: the other side of every movement, added up when asked.
    SALES = "sales"  # what clients paid for messages and fees
    RECEIVED = "received"  # money that came in from clients
    OPERATOR_SALES = "operator_sales"  # what the reseller paid the operator
    OPERATOR_RECEIVED = "operator_received"  # money that came in from the reseller
    PARTS_GRANTED = "parts_granted"  # free parts given out
    PARTS_USED = "parts_used"  # free parts taken
    OWED = "owed"  # the other side of receivables
    GIVEN = "given"  # money that the reseller gave its clients: vouchers, trial credit


LIMITED = frozenset(
    {
        AccountCode.WALLET,
        AccountCode.RECEIVABLE,
        AccountCode.BUNDLE,
        AccountCode.QUOTA,
        AccountCode.COVER,
        AccountCode.COVER_OWED,
    }
)


class TransferCode(StrEnum):
    """Why an amount moved."""

    MESSAGE_PRICE = "message_price"
    MESSAGE_COST = "message_cost"
    INCOMING_PRICE = "incoming_price"
    INCOMING_PARTS = "incoming_parts"
    BUNDLE_PARTS = "bundle_parts"
    PRICE_REFUND = "price_refund"
    COST_REFUND = "cost_refund"
    PARTS_REFUND = "parts_refund"
    PAYMENT = "payment"
    CHARGE = "charge"
    REVERSAL = "reversal"
    COVER_PAYMENT = "cover_payment"
    BUNDLE_GRANT = "bundle_grant"
    BUNDLE_LAPSE = "bundle_lapse"
    QUOTA_GRANT = "quota_grant"
    QUOTA_CORRECTION = "quota_correction"
    QUOTA_MOVED = "quota_moved"
    QUOTA_PARTS = "quota_parts"
    QUOTA_REFUND = "quota_refund"
    BUNDLE_ROLLOVER = "bundle_rollover"
    FEE = "fee"
    FEE_OWED = "fee_owed"
    VOUCHER = "voucher"
    TRIAL_CREDIT = "trial_credit"
    MONEY_MOVED = "money_moved"
    DEBT_MOVED = "debt_moved"
    DEBT_PAID = "debt_paid"
    HOSTNAME_FEE = "hostname_fee"
    DEPOSIT = "deposit"
    DEPOSIT_REFUND = "deposit_refund"
    DEPOSIT_REFUND_OWED = "deposit_refund_owed"
    DEPOSIT_DISPUTE = "deposit_dispute"
    DEPOSIT_DISPUTE_OWED = "deposit_dispute_owed"
    DEPOSIT_RETURNED = "deposit_returned"
    COVER_DEPOSIT = "cover_deposit"
    COVER_REFUND = "cover_refund"
    COVER_REFUND_OWED = "cover_refund_owed"
    COVER_DISPUTE = "cover_dispute"
    COVER_DISPUTE_OWED = "cover_dispute_owed"
    COVER_RETURNED = "cover_returned"
    COVER_DEBT_PAID = "cover_debt_paid"
