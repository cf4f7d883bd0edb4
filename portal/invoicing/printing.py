"""Put invoices on paper: read one, make its PDF with no transaction open, and keep that."""

from __future__ import annotations

import base64
import ctypes.util
import importlib
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from jinja2 import StrictUndefined
from sqlalchemy import exists, select

from portal.infra import clock, installed_themes, queue
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.infra.templates import ChainLoader, ThemedEnvironment
from portal.invoicing import documents, invoice_lists
from portal.invoicing.invoices import MAKE
from portal.invoicing.models import Invoice, InvoiceFile
from portal.notifications.attaching import Paper
from portal.tenancy import branding, images
from portal.tenancy.brand_sheet import palettes
from portal.tenancy.models import Brand

KIND: Final = "invoice"
"""What mails call an invoice that is attached to them."""
PAPER: Final = "invoices/paper.html"
_PDF: Final = "portal.invoicing.pdf"
_LIBRARY: Final = "pango-1.0"
_A_WHILE: Final = timedelta(hours=1)
_AT_ONCE_MAX: Final = 1_000
_one_at_a_time: Final = threading.Lock()
"""The libraries that lay text out are not made for several threads."""


class NoPrinter(PortalError):
    """The system libraries that PDFs are made with are missing; pages can still be printed."""

    code = "no_printer"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that a PDF is made of."""

    page: str
    title: str
    author: str
    language: str
    invoice: Invoice
    corrects: Invoice | None


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A PDF, and whether the invoice's facts are in it for programs."""

    content: bytes
    with_data: bool


def prepare(session: ResellerSession, invoice_id: int) -> Sheet | None:
    """Read an invoice for printing; None if that was done.

    Raises:
        NotFound: there is no such invoice, or the reseller has no brand yet.
    """
    invoice = invoice_lists.by_id(session, invoice_id)
    if file_of(session, invoice_id) is not None:
        return None
    document = documents.of(session, invoice)
    corrects = None
    if invoice.corrects_id is not None:
        corrects = invoice_lists.by_id(session, invoice.corrects_id)
        session.expunge(corrects)
    page = page_of(session, PAPER, document=document)
    session.expunge(invoice)
    return Sheet(
        page=page,
        title=document.title,
        author=invoice.seller.get("name", ""),
        language=document.language,
        invoice=invoice,
        corrects=corrects,
    )


def page_of(session: ResellerSession, template: str, **content: Any) -> str:
    """A paper in the reseller's brand, as a page that loads nothing.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    brand = branding.own(session)
    light, _ = palettes(branding.look_of(brand))
    found = _environment(brand.theme).get_template(template)
    return found.render(light=light, logo=_logo(session, brand), **content)


def drawn(page: str) -> bytes:
    """The PDF of a paper.

    Raises:
        NoPrinter: this machine cannot make any.
    """
    with _one_at_a_time:
        content: bytes = _maker().plain(page)
    return content


def printed(sheet: Sheet) -> Printed:
    """The PDF of an invoice.

    Raises:
        NoPrinter: this machine cannot make any.
    """
    with _one_at_a_time:
        content, with_data = _maker().made(
            sheet.page,
            title=sheet.title,
            author=sheet.author,
            language=sheet.language,
            invoice=sheet.invoice,
            corrects=sheet.corrects,
        )
    return Printed(content=content, with_data=with_data)


def keep(session: ResellerSession, invoice_id: int, made: Printed) -> None:
    """Keep a PDF, unless another was faster: the first is what was sent."""
    if file_of(session, invoice_id) is None:
        session.add(
            InvoiceFile(
                invoice_id=invoice_id,
                made_at=clock.now(),
                with_data=made.with_data,
                content=made.content,
            )
        )


def file_of(session: ResellerSession, invoice_id: int) -> InvoiceFile | None:
    """The PDF of an invoice, once it is made."""
    return session.get(InvoiceFile, (session.reseller_id, invoice_id))


def file_name(invoice: Invoice) -> str:
    """What a browser or a mail calls the PDF: the number, without what file systems refuse."""
    plain = (each if each.isalnum() or each in "-_." else "-" for each in invoice.label)
    return f"{''.join(plain)}.pdf"


def reference(invoice: Invoice) -> Paper:
    """The PDF as a mail has it with it."""
    return Paper(kind=KIND, key=str(invoice.id), name=file_name(invoice))


def referred(session: ResellerSession, key: str) -> bytes | None:
    """The PDF that a mail refers to; None while there is none."""
    found = file_of(session, int(key))
    return None if found is None else found.content


def make_missing(session: ResellerSession) -> int:
    """Have the PDFs made that are not there after a while, and nobody written to; how many."""
    is_there = exists().where(InvoiceFile.invoice_id == Invoice.id)
    found = session.scalars(
        select(Invoice.id)
        .where(Invoice.issued_at < clock.now() - _A_WHILE, ~is_there)
        .order_by(Invoice.id)
        .limit(_AT_ONCE_MAX)
    ).all()
    for invoice_id in found:
        queue.enqueue(
            session, MAKE, reseller_id=session.reseller_id, invoice_id=invoice_id, tells=False
        )
    return len(found)


@lru_cache(maxsize=1)
def can_print() -> bool:
    """Whether this machine has what PDFs are made with, looked up without loading it."""
    return ctypes.util.find_library(_LIBRARY) is not None


def _maker() -> Any:
    try:
        return importlib.import_module(_PDF)
    except OSError as missing:
        raise NoPrinter(str(missing)) from missing


def _logo(session: ResellerSession, brand: Brand) -> str:
    """The logo in an address of its own; empty where there is none."""
    if not brand.logo_light:
        return ""
    picture = images.by_hash(session, brand.logo_light)
    content = base64.b64encode(picture.content).decode()
    return f"data:{picture.media_type};base64,{content}"


@lru_cache(maxsize=64)
def _environment(theme: str) -> ThemedEnvironment:
    return ThemedEnvironment(
        loader=ChainLoader(installed_themes.named(theme)),
        autoescape=True,
        undefined=StrictUndefined,
    )
