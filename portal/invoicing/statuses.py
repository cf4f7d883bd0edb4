"""What invoices are, and why there is VAT in them or none."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """An invoice, or what takes some of one back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@unique
class Treatment(StrEnum):
    """How VAT applies."""

    STANDARD = "standard"
    """VAT at a rate, which may be zero."""
    REVERSE_CHARGE = "reverse_charge"
    """A business in another country of the EU owes it itself."""
    ELSEWHERE = "elsewhere"
    """The client is where the seller's VAT does not reach."""
    NONE = "none"
    """The seller charges none."""
