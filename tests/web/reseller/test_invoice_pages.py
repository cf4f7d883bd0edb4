"""What a reseller settles about its invoices, and all of them month by month."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
import time_machine

from portal.accounts.models import Client
from portal.infra import clock
from portal.infra.db import Database
from portal.invoicing import invoices as verbs
from portal.invoicing import printing
from portal.invoicing.invoices import GivenBack
from portal.invoicing.printing import Printed
from portal.tenancy import settings
from portal.tenancy.invoice_rules import Exchange, InvoiceRules
from portal.web.parts import exchange_rates
from portal.web.reseller import invoice_forms
from tests.builders import invoicing
from tests.cast import SUNNY, UNIT, Cast
from tests.web.conftest import Visit

GOOD = {
    "issuing": "y", "name": "Sunny Text GmbH", "address": "Hauptstr. 1", "postal_code": "10115",
    "city": "Berlin", "country": "DE", "email": "office@sunny.test", "vat_id": "de 136695976",
    "charges_vat": "y", "own_rate": "19", "other_rates": "AT 20\nFinland: 25,5 %\n\nfr = 20",
    "reverse_charge": "y", "prefix": "R-", "note": "Danke", "payment_note": "",
}  # fmt: skip


def rules(database: Database) -> InvoiceRules:
    with database.session(SUNNY) as session:
        return settings.read(session).invoices


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("vat_id", "DE136695977", "This is no VAT id of your country."),
        ("own_rate", "51", "Write a percentage up to 50"),
        ("own_rate", "nineteen", "Write a percentage up to 50"),
        ("own_rate", "", "Invoices cannot be made without this."),
        ("name", "", "Invoices cannot be made without this."),
        ("city", " ", "Invoices cannot be made without this."),
        ("vat_id", "", "Invoices cannot be made without this."),
        ("other_rates", "AT", "AT is not a country and its rate."),
        ("other_rates", "Atlantis 20", "Atlantis 20 is not a country and its rate."),
        ("other_rates", "AT 200", "AT 200 is not a country and its rate."),
        ("other_rates", "AT 20\nAustria 20", "Austria 20 is there twice."),
        ("other_rates", "DE 7", "The rate of your own country has a field of its own."),
        ("prefix", "R 1", "no blanks"),
        ("prefix", "R<b>", "no blanks"),
        ("prefix", "R" * 13, "Please mend this first"),
        ("email", "office", "This is no e-mail address"),
        ("country", "XX", "Please mend this first"),
        ("note", "x" * 501, "Please mend this first"),
        ("tax_currency", "XXX", "Please mend this first"),
        ("exchanges", "USD 0.92", "USD 0.92 is no rate."),
        ("exchanges", "QQQ 0.92 2026-11-01", "QQQ 0.92 2026-11-01 is no rate."),
        ("exchanges", "USD 0 2026-11-01", "USD 0 2026-11-01 is no rate."),
        ("exchanges", "USD 0.92 2026-13-01", "USD 0.92 2026-13-01 is no rate."),
        ("exchanges", "USD 0.92 2999-01-01", "a day that is not in the future"),
        ("exchanges", "USD 1 2026-11-01\nUSD 2 2026-11-01", "USD 2 2026-11-01 is there twice."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    *, visit: Visit, cast: Cast, database: Database, field: str, typed: str, says: str
) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/invoice-settings")
    seen = sam.post("/reseller/invoice-settings", **{**GOOD, field: typed})
    assert (seen.status, says in seen.text) == (422, True)
    assert "Hauptstr. 1" in seen.html
    assert rules(database) == InvoiceRules()


def test_what_is_good_is_kept_and_shown_again(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    first = sam.get("/reseller/invoice-settings")
    assert "No invoices are made. This is missing:" in first.text
    seen = sam.follow(sam.post("/reseller/invoice-settings", **GOOD))
    assert "Each deposit gets an invoice from now on." in seen.text
    kept = rules(database)
    assert kept.rates == {"DE": 19_000, "AT": 20_000, "FI": 25_500, "FR": 20_000}
    assert (kept.vat_id, kept.is_open, kept.reverse_charge) == ("DE136695976", True, True)
    assert "AT 20\nFI 25.5\nFR 20" in seen.html.replace("\r\n", "\n")
    assert f"R-{clock.now().year}-00001" in seen.text


def test_half_of_it_can_be_kept_while_no_invoices_are_made(
    visit: Visit, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "can_print", lambda: False)
    sam = visit(cast.sam)
    sam.get("/reseller/invoice-settings")
    seen = sam.follow(
        sam.post("/reseller/invoice-settings", country="US", name="Sunny", charges_vat="y")
    )
    assert "Saved. No invoices are made." in seen.text
    assert "Street and number, City" in seen.text
    assert "No PDFs can be made here now." in seen.text
    assert rules(database).name == "Sunny"


def test_who_charges_no_vat_needs_no_rate(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/invoice-settings")
    given = {
        name: text
        for name, text in GOOD.items()
        if name not in {"charges_vat", "own_rate", "vat_id", "other_rates", "reverse_charge"}
    }
    assert sam.post("/reseller/invoice-settings", **given).status == 303
    assert rules(database).is_open


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("19", 19_000), ("5.5", 5_500), ("9,975 %", 9_975), ("0", 0), ("50", 50_000),
        ("50.001", None), ("-1", None), ("1e1", None), ("١٩", None), ("9.9755", None), ("", None),
    ],
)  # fmt: skip
def test_rates_are_read_exactly(typed: str, rate: int | None) -> None:
    assert invoice_forms.read_rate(typed) == rate
    if rate is not None:
        assert invoice_forms.read_rate(invoice_forms.written_rate(rate)) == rate


def test_before_the_first_the_list_leads_to_the_settings(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "No invoices are made" in sam.get("/reseller/invoices").text
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session)
    assert "Each deposit that is credited gets one." in sam.get("/reseller/invoices").text


@pytest.fixture
def two_months(database: Database, cast: Cast) -> list[str]:
    """An invoice of October, one of November with a credit note, by their numbers."""
    with database.session(SUNNY) as session:
        found = []
        for day in ("2026-10-31T12:00:00Z", "2026-11-02T12:00:00Z"):
            with time_machine.travel(day, tick=False), session.begin():
                if not found:
                    invoicing.make(session)
                made = invoicing.issue(session, cast.alice)
                found.append(made.label)
                given = GivenBack(
                    deposit_id=made.deposit_id, cause_id=1, amount=4 * UNIT, at=clock.now()
                )
        with time_machine.travel("2026-11-03T12:00:00Z", tick=False), session.begin():
            (note,) = verbs.for_refund(session, given)
            found.append(note.label)
        return found


def test_the_list_is_narrowed_to_a_month(visit: Visit, cast: Cast, two_months: list[str]) -> None:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        sam = visit(cast.sam)
        assert sam.get("/reseller/invoices").rows() == 3
        seen = sam.get("/reseller/invoices?month=2026-10")
        assert (seen.rows(), two_months[0] in seen.text) == (1, True)
        seen = sam.get("/reseller/invoices?month=2026-11")
        assert (seen.rows(), "-€4.00" in seen.text) == (2, True)
        for strange in ("2026-09", "2099-01", "x"):
            assert sam.get(f"/reseller/invoices?month={strange}").status == 422
            assert sam.get(f"/reseller/invoices.csv?month={strange}").status == 422


def test_the_month_as_a_file_for_the_tax_adviser(
    visit: Visit, cast: Cast, two_months: list[str]
) -> None:
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
        answer = visit(cast.sam).raw("/reseller/invoices.csv?month=2026-11")
    assert "invoices-2026-11.csv" in answer.headers["Content-Disposition"]
    invoice, note = csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
    assert (invoice["number"], note["number"]) == (two_months[1], two_months[2])
    assert (note["kind"], note["for_invoice"]) == ("credit_note", two_months[1])
    for row, gross in ((invoice, "10.00"), (note, "-4.00")):
        assert row["gross"] == gross
        assert float(row["net"]) + float(row["vat"]) == pytest.approx(float(gross))
    assert invoice["client"] == "Acme"


def test_one_is_read_and_its_pdf_is_fetched(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session, prefix="A/")
        number = invoicing.issue(session, cast.alice).id
    sam = visit(cast.sam)
    assert "Sunny Text GmbH" in sam.get(f"/reseller/invoices/{number}").text
    path = f"/reseller/invoices/{number}.pdf"
    assert "no PDF of it yet" in sam.follow(sam.get(path)).text
    with database.session(SUNNY) as session, session.begin():
        printing.keep(session, number, Printed(content=b"%PDF-1.7 it", with_data=True))
    answer = sam.raw(path)
    year = clock.now().year
    assert answer.headers["Content-Disposition"] == f'attachment; filename="A-{year}-00001.pdf"'


def test_too_many_rates_are_refused(
    visit: Visit, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_rates, "EXCHANGES_MAX", 1)
    sam = visit(cast.sam)
    sam.get("/reseller/invoice-settings")
    typed = "USD 1 2026-11-01\nGBP 2 2026-11-01"
    seen = sam.post("/reseller/invoice-settings", **{**GOOD, "exchanges": typed})
    assert (seen.status, "At most 1 rates" in seen.text) == (422, True)


def test_exchange_rates_are_kept_and_missed(visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        invoicing.make(session, tax_currency="EUR")
        session.get_one(Client, (SUNNY, cast.alice.client_id)).country = "DE"
        number = invoicing.issue(session, cast.alice, currency="USD").id
    sam = visit(cast.sam)
    assert "There is no exchange rate for USD." in sam.get("/reseller/invoice-settings").text
    assert "no exchange rate was entered" in sam.get(f"/reseller/invoices/{number}").text
    typed = "usd 0,92135 2026-11-01\n\nJPY = 0.0061 2026-10-01"
    given = {**GOOD, "tax_currency": "EUR", "exchanges": typed}
    seen = sam.follow(sam.post("/reseller/invoice-settings", **given))
    assert "There is no exchange rate" not in seen.text
    assert "USD 0.92135 2026-11-01\nJPY 0.0061 2026-10-01" in seen.html.replace("\r\n", "\n")
    assert [each.rate for each in rules(database).exchanges] == [921_350_000, 6_100_000]


def test_the_tax_adviser_reads_vat_in_both_currencies(
    visit: Visit, cast: Cast, database: Database
) -> None:
    with database.session(SUNNY) as session, session.begin():
        rate = Exchange(currency="USD", rate=500_000_000, on=date(2020, 1, 1))
        invoicing.make(session, tax_currency="EUR", exchanges=(rate,))
        session.get_one(Client, (SUNNY, cast.alice.client_id)).country = "DE"
        invoicing.issue(session, cast.alice, currency="USD")
    saved = visit(cast.sam).get("/reseller/invoices.csv").html.removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(saved))
    assert (row["vat"], row["tax_currency"]) == ("1.60", "EUR")
    assert (row["vat_in_tax_currency"], row["exchange_rate"]) == ("0.80", "0.5")
