"""Tax ids that cannot be are refused; those that nobody can check are believed."""

from __future__ import annotations

import pytest

from portal.invoicing import tax_ids
from portal.invoicing.tax_ids import TaxIdUnfit


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("DE", "DE136695977"),  # its last digit is another
        ("DE", "136695977"),
        ("DE", "ATU13585627"),  # another country's
        ("FR", "DE136695976"),
        ("GR", "EL094259217"),
        ("AT", "U1"),
        ("DE", ""),
        ("DE", "١٣٦٦٩٥٩٧٦"),
        ("CH", "CHE-107.787.578 IVA"),
    ],
)
def test_what_cannot_be_one_is_refused(country: str, number: str) -> None:
    with pytest.raises(TaxIdUnfit):
        tax_ids.vat_id(number, country=country)
    assert not tax_ids.is_vat_id(number, country=country)


@pytest.mark.parametrize(
    ("country", "number", "written"),
    [
        ("DE", "DE136695976", "DE136695976"),
        ("DE", " de 136 695-976 ", "DE136695976"),
        ("DE", "136695976", "DE136695976"),
        ("AT", "U13585627", "ATU13585627"),
        ("GR", "094259216", "EL094259216"),
        ("GR", "GR094259216", "EL094259216"),
        ("GR", "EL094259216", "EL094259216"),
        ("CH", "CHE-107.787.577 IVA", "CHE-107.787.577 IVA"),
        ("US", " 12-3456789 ", "12-3456789"),
    ],
)
def test_what_can_be_one_is_written_alike(country: str, number: str, written: str) -> None:
    assert tax_ids.vat_id(number, country=country) == written
    assert tax_ids.is_vat_id(number, country=country) is (country in {"DE", "AT", "GR"})


def test_letters_are_the_countrys_but_for_one() -> None:
    assert [tax_ids.letters_of(each) for each in ("DE", "GR")] == ["DE", "EL"]
