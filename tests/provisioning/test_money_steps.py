"""What a folder says of deposits and invoices: applied once, the second time nothing is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.infra.db import Database, ResellerSession
from portal.provisioning import plan, reading
from portal.provisioning.faults import BadFolder
from portal.tenancy import settings
from portal.tenancy.deposit_rules import DepositRules
from portal.tenancy.invoice_rules import InvoiceRules
from tests.builders import portal_folder
from tests.builders.portal_folder import PORTAL
from tests.cast import UNIT

DEPOSITS = """
[deposits]
amounts = ["5", "12.50"]
other_amounts = true
least = "1"
most = "100"
currencies = ["EUR"]
refund_text = "Never."
ask_terms = false

[deposits.refund_texts]
de = "Nie."
"""
INVOICES = """
[invoices]
issuing = true
name = "Windy GmbH"
address = "Hauptstr. 1"
city = "Berlin"
country = "DE"
vat_id = "de 136695976"
charges_vat = true
rates = { DE = "19", FI = "25.5" }
reverse_charge = true
tax_currency = "EUR"
prefix = "W-"
"""


def folder(tmp_path: Path, tables: str) -> Path:
    said = PORTAL.replace("\n[[staff]]", f"{tables}\n[[staff]]", 1)
    return portal_folder.write(tmp_path, portal=said)


def compared(session: ResellerSession, path: Path) -> tuple[list[str], list[str]]:
    found = plan.compare(session, reading.read(path), number=2003, staff_password="up-and-away")
    return [step.says for step in found.steps], [each.says for each in found.remarks]


def apply(database: Database, path: Path) -> int:
    read = reading.read(path)
    with database.across_resellers() as across:
        place = plan.place_of(across, read.portal)
    with database.session(place.reseller_id) as session, session.begin():
        found = plan.compare(session, read, number=place.number, staff_password="up-and-away")
        plan.carry_out(session, found)
    return place.reseller_id


def test_all_of_it_is_kept_and_nothing_is_left_to_do(database: Database, tmp_path: Path) -> None:
    path = folder(tmp_path, DEPOSITS + INVOICES)
    number = apply(database, path)
    with database.session(number) as session:
        kept = settings.read(session)
        assert compared(session, path)[0] == []
    assert kept.deposits == DepositRules(
        amounts=(5 * UNIT, 12_500_000), other_amounts=True, least=UNIT, most=100 * UNIT,
        currencies=("EUR",), refund_text="Never.", refund_texts={"de": "Nie."}, ask_terms=False,
    )  # fmt: skip
    assert kept.invoices == InvoiceRules(
        issuing=True, name="Windy GmbH", address="Hauptstr. 1", city="Berlin", country="DE",
        vat_id="DE136695976", charges_vat=True, rates={"DE": 19_000, "FI": 25_500},
        reverse_charge=True, tax_currency="EUR", prefix="W-",
    )  # fmt: skip
    assert kept.invoices.is_open
    assert kept.deposits.refund_text_in("de") == "Nie."
    assert kept.deposits.refund_text_in("fr") == "Never."


def test_what_is_left_out_stays(database: Database, tmp_path: Path) -> None:
    number = apply(database, folder(tmp_path, DEPOSITS + INVOICES))
    path = folder(tmp_path, '\n[deposits]\nmost = "50"\n\n[invoices]\nprefix = "X-"\n')
    with database.session(number) as session:
        assert compared(session, path)[0] == ["set most of deposits", "set prefix of invoices"]
    apply(database, path)
    with database.session(number) as session:
        kept = settings.read(session)
    assert (kept.deposits.most, kept.deposits.refund_text) == (50 * UNIT, "Never.")
    assert (kept.invoices.prefix, kept.invoices.name) == ("X-", "Windy GmbH")


def test_what_is_missing_for_invoices_is_said(session: ResellerSession, tmp_path: Path) -> None:
    steps, remarks = compared(session, folder(tmp_path, "\n[invoices]\nissuing = true\n"))
    assert "set issuing of invoices" in steps
    assert "no invoices are made yet: [invoices] needs name, address, city, country" in remarks


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('[deposits]\nleast = "10"\nmost = "5"', "most is below least"),
        ('[deposits]\namounts = ["4"]\nleast = "5"', "below least or above most"),
        ('[deposits]\namounts = ["400"]\nmost = "50"', "below least or above most"),
        ("[deposits]\namounts = [10]", "quotes"),
        ('[deposits]\nrefund_texts = { xx = "x" }', "xx"),
        ('[deposits]\nsecret_key = "sk_live_x"', "secret_key"),
        ('[invoices]\nvat_id = "DE136695977"\ncountry = "DE"', "no VAT id of DE"),
        ('[invoices]\nvat_id = "DE136695976"', "needs country beside it"),
        ('[invoices]\nrates = { DE = "51" }', "a percentage in quotes"),
        ("[invoices]\nrates = { DE = 19 }", "a percentage in quotes"),
        ('[invoices]\nprefix = "R 1"', "prefix"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, table: str, says: str) -> None:
    with pytest.raises(BadFolder) as bad:
        reading.read(folder(tmp_path, f"\n{table}\n"))
    assert says in " ".join(str(each) for each in bad.value.faults)
