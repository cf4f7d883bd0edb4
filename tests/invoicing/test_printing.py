"""Invoices on paper: made once, in the brand, with their facts inside, and nothing from outside."""

from __future__ import annotations

import importlib
import io
import subprocess
import sys

import facturx
import pytest
from defusedxml import ElementTree
from PIL import ImageFile
from pypdf import PdfReader
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import Client
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.invoicing import documents, invoices, printing
from portal.invoicing.invoices import GivenBack
from portal.invoicing.models import Invoice, InvoiceFile
from portal.invoicing.printing import NoPrinter, Printed
from tests.builders import invoicing
from tests.cast import SUNNY, UNIT, Cast

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def invoice(session: ResellerSession, cast: Cast) -> Invoice:
    invoicing.make(session)
    client = session.get_one(Client, (SUNNY, cast.alice.client_id))
    client.country, client.company = "DE", "Müller <b>& Söhne"
    return invoicing.issue(session, cast.alice)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def made(session: ResellerSession, invoice_id: int) -> Printed:
    session.flush()
    sheet = printing.prepare(session, invoice_id)
    assert sheet is not None
    return printing.printed(sheet)


def test_what_is_not_there_is_not_printed(session: ResellerSession) -> None:
    with pytest.raises(NotFound):
        printing.prepare(session, 7)


def test_the_paper_says_all_of_it(session: ResellerSession, invoice: Invoice) -> None:
    label = invoice.label
    content = made(session, invoice.id).content
    said = text_of(content)
    for words in (
        f"Invoice {label}", "Sunny Text GmbH", "DE136695976", "Müller <b>& Söhne", "€8.40",
        "VAT 19 %", "€1.60", "€10.00", "Visa 4242", "Thank you.", "Paid in full.",
    ):  # fmt: skip
        assert words in said, words


def test_its_facts_are_inside_for_programs(session: ResellerSession, invoice: Invoice) -> None:
    number, label = invoice.id, invoice.label
    printed = made(session, number)
    name, xml = facturx.get_facturx_xml_from_pdf(printed.content, check_xsd=True)
    assert (name, printed.with_data) == ("factur-x.xml", True)
    assert label in [each.text for each in ElementTree.fromstring(xml).iter()]
    metadata = PdfReader(io.BytesIO(printed.content)).xmp_metadata
    assert metadata is not None
    (about,) = metadata.rdf_root.getElementsByTagNameNS(
        "http://www.aiim.org/pdfa/ns/id/", "part"
    ) or [None]
    assert about is None or about.firstChild.data == "3"


def test_a_currency_of_three_decimals_is_for_people_only(
    session: ResellerSession, cast: Cast
) -> None:
    invoicing.make(session)
    number = invoicing.issue(session, cast.alice, amount=1_234_000, currency="KWD").id
    printed = made(session, number)
    assert printed.with_data is False
    assert "1.234" in text_of(printed.content)


@pytest.mark.parametrize("language", ["de", "pt", "pl", "ar", "fr-CA"])
def test_it_is_in_the_clients_language(session: ResellerSession, cast: Cast, language: str) -> None:
    invoicing.make(session)
    session.get_one(Client, (SUNNY, cast.alice.client_id)).language = language
    number = invoicing.issue(session, cast.alice).id
    assert made(session, number).content.startswith(b"%PDF")


def test_a_credit_note_names_its_invoice(session: ResellerSession, invoice: Invoice) -> None:
    given = GivenBack(
        deposit_id=invoice.deposit_id, cause_id=9, amount=UNIT, at=invoice.issued_at,
        reason="Too much",
    )  # fmt: skip
    (note,) = invoices.for_refund(session, given)
    label, of, number = note.label, invoice.label, note.id
    said = text_of(made(session, number).content)
    for words in (f"Credit note {label}", of, "Too much", "taken back", "€1.00"):
        assert words in said, words


def test_a_paper_loads_nothing() -> None:
    """Neither files nor addresses, whatever somebody has got into it."""
    fetcher = importlib.import_module("portal.invoicing.pdf")._Nothing()
    for url in ("file:///etc/passwd", "http://127.0.0.1/", "ftp://x/"):
        with pytest.raises(ValueError, match="loads nothing"):
            fetcher.fetch(url)


def test_a_pdf_is_made_once_and_stays(session: ResellerSession, invoice: Invoice) -> None:
    number = invoice.id
    printed = made(session, number)
    printing.keep(session, number, printed)
    session.flush()
    printing.keep(session, number, Printed(content=b"other", with_data=False))
    session.flush()
    kept = printing.file_of(session, number)
    assert kept is not None
    assert (kept.content, kept.with_data) == (printed.content, True)
    assert printing.prepare(session, number) is None
    for statement in (update(InvoiceFile).values(content=b""), delete(InvoiceFile)):
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(statement)
    assert len(session.scalars(select(InvoiceFile)).all()) == 1


def test_a_machine_without_the_libraries_says_so(
    session: ResellerSession, invoice: Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.flush()
    sheet = printing.prepare(session, invoice.id)
    assert sheet is not None

    def missing(name: str) -> object:
        raise OSError(f"cannot load library for {name}")

    monkeypatch.setattr(printing.importlib, "import_module", missing)
    with pytest.raises(NoPrinter):
        printing.printed(sheet)


@pytest.mark.parametrize("module", ["portal.app", "portal.tasks.worker", "portal.tasks.invoices"])
def test_nobody_waits_for_it_at_the_start(module: str) -> None:
    """It takes a second and a hundred megabytes to load."""
    asked = (
        f"import sys, {module};"
        "print([name for name in ('weasyprint', 'facturx', 'pypdf') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_document_in_words(session: ResellerSession, invoice: Invoice) -> None:
    found = documents.of(session, invoice)
    assert [each.name for each in found.facts] == ["Date", "Paid on", "Customer number"]
    assert [each.text for each in found.sums] == ["€8.40", "€1.60"]
    assert (found.total.name, found.total.text) == ("Total", "€10.00")
    assert found.remarks[0] == "This is paid already (Visa 4242)."


def test_what_draws_papers_lets_no_broken_picture_be_uploaded() -> None:
    importlib.import_module("portal.invoicing.pdf")
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
