"""An invoice for programs: the XML of EN 16931, as Factur-X puts it into a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import facturx
from babel.numbers import get_currency_precision

from portal.invoicing import documents
from portal.invoicing.models import Invoice
from portal.invoicing.statuses import Kind, Treatment
from portal.ledger.units import MICROS
from portal.tenancy.invoice_rules import RATE_UNIT

LEVEL: Final = "en16931"
_DIGITS_MAX: Final = 2
"""How many decimals the standard's amounts may have."""
_INVOICE, _CREDIT_NOTE = "380", "381"
_PIECE: Final = "C62"
_BY_CARD, _OTHERWISE = "48", "ZZZ"


def can_be_written(invoice: Invoice) -> bool:
    """Whether the standard has room for it: not for currencies of three decimals."""
    return get_currency_precision(invoice.currency) <= _DIGITS_MAX


def written(invoice: Invoice, *, corrects: Invoice | None) -> bytes:
    """The XML, which is checked against its schema; `corrects` is what a credit note takes from."""
    facts = _facts(invoice)
    if corrects is not None:
        facts["BG-3"] = [{"BT-25": corrects.label, "BT-26": corrects.issued_on}]
    made: bytes = facturx.generate_cii_xml(
        facts, level=LEVEL, check_xsd=True, check_schematron=None
    )
    return made


def _facts(invoice: Invoice) -> dict[str, Any]:
    """By the terms of the standard, without what is empty."""
    category = _category(invoice)
    net, vat, gross = (_amount(each) for each in (invoice.net, invoice.vat, invoice.gross))
    # What is none of VAT's has no rate, not even zero.
    item_rate, sum_rate = (
        {} if category == "O" else {term: _rate(invoice)} for term in ("BT-152", "BT-119")
    )
    facts: dict[str, Any] = {
        "BT-1": invoice.label,
        "BT-2": invoice.issued_on,
        "BT-3": _INVOICE if invoice.kind is Kind.INVOICE else _CREDIT_NOTE,
        "BT-5": invoice.currency,
        "BT-9": invoice.due_on or invoice.issued_on,
        **_in_tax_currency(invoice),
        "BT-72": invoice.paid_on,
        "BT-81": _OTHERWISE if not invoice.method else _BY_CARD,
        "BT-82": invoice.method,
        "BT-20": invoice.payment_note,
        "BG-1": [{"BT-22": invoice.note}] if invoice.note else [],
        "BG-4": _seller(invoice, category),
        "BG-7": _buyer(invoice, category),
        "BG-25": [
            {
                "BT-126": "1",
                "BT-153": documents.item(invoice),
                "BT-154": invoice.reason,
                "BT-129": "1",
                "BT-130": _PIECE,
                "BT-146": net,
                "BT-131": net,
                "BT-151": category,
                **item_rate,
            }
        ],
        "BG-23": [
            {
                "BT-116": net,
                "BT-117": vat,
                "BT-118": category,
                **sum_rate,
                "BT-120": documents.exemption(invoice),
                "BT-121": "VATEX-EU-AE" if category == "AE" else "",
            }
        ],
        "BT-106": net,
        "BT-109": net,
        "BT-110": vat,
        "BT-112": gross,
        "BT-113": _amount(invoice.gross - invoice.due),
        "BT-115": _amount(invoice.due),
    }
    return {term: value for term, value in facts.items() if value not in ("", [])}


def _in_tax_currency(invoice: Invoice) -> dict[str, str]:
    """VAT in the currency that the tax office counts in; the standard wants both terms or none."""
    currency = invoice.tax_currency
    if not currency or get_currency_precision(currency) > _DIGITS_MAX:
        return {}
    return {"BT-6": currency, "BT-111": _amount(invoice.tax_vat)}


def _category(invoice: Invoice) -> str:
    """The standard's letter for how VAT applies.

    A seller that charges none and has a tax number is exempt; without one it is none of VAT's.
    """
    seller = invoice.seller
    if invoice.treatment is Treatment.NONE:
        return "E" if seller.get("vat_id") or seller.get("tax_number") else "O"
    if invoice.treatment is Treatment.STANDARD:
        return "S" if invoice.rate else "Z"
    return "AE" if invoice.treatment is Treatment.REVERSE_CHARGE else "O"


def _seller(invoice: Invoice, category: str) -> dict[str, Any]:
    seller = invoice.seller
    party = _party(seller) | {
        "legal_identifier": seller.get("register_number", ""),
        "tax_identifier": seller.get("tax_number", ""),
        "vat_identifier": "" if category == "O" else seller.get("vat_id", ""),
    }
    if not party["legal_identifier"] and not party["vat_identifier"]:
        party["identifiers"] = {"": seller.get("number", "")}
    return {name: value for name, value in party.items() if value}


def _buyer(invoice: Invoice, category: str) -> dict[str, Any]:
    buyer = invoice.buyer
    is_said = category != "O" and buyer.get("is_vat_id")
    party = _party(buyer) | {"vat_identifier": buyer.get("tax_id", "") if is_said else ""}
    return {name: value for name, value in party.items() if value}


def _party(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": facts.get("name", ""),
        "addr_l1": facts.get("address", ""),
        "city": facts.get("city", ""),
        "postcode": facts.get("postal_code", ""),
        "country_code": facts.get("country", ""),
        "country_subdivision": facts.get("state", ""),
    }


def _amount(micros: int) -> str:
    return f"{Decimal(micros) / MICROS:.2f}"


def _rate(invoice: Invoice) -> str:
    return f"{Decimal(invoice.rate) / RATE_UNIT:f}"
