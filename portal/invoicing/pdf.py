"""Make a PDF of a page: PDF/A-3, with the facts of the invoice inside it for programs.

What this needs takes a second to load and system libraries that may be missing, so that nothing
imports it but `printing`, by name, when there is something to print.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

import facturx
from PIL import ImageFile
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from portal.invoicing import invoice_data
from portal.invoicing.models import Invoice

# WeasyPrint lets the whole process take broken pictures; what is uploaded here may not be broken.
ImageFile.LOAD_TRUNCATED_IMAGES = False

_VARIANT: Final = "pdf/a-3b"
_FONTS: Final = FontConfiguration()
"""One for all papers: each of its own would leave a quarter of a megabyte behind."""


class _Nothing(URLFetcher):
    """Fetches what stands in an address itself, and nothing from the disk or the net."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",))

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The content of a `data:` address."""
        if not url.startswith("data:"):
            _refuse(url)
        return super().fetch(url, headers)


def _refuse(url: str) -> NoReturn:
    raise ValueError(f"a paper loads nothing, but this names {url[:60]}")


def plain(page: str) -> bytes:
    """The PDF of a page for people alone."""
    drawn: bytes = HTML(string=page, url_fetcher=_Nothing()).write_pdf(
        pdf_variant=_VARIANT, font_config=_FONTS
    )
    return drawn


def made(
    page: str, *, title: str, author: str, language: str, invoice: Invoice, corrects: Invoice | None
) -> tuple[bytes, bool]:
    """The PDF of a page, and whether the invoice's facts are in it for programs."""
    drawn = plain(page)
    if not invoice_data.can_be_written(invoice):
        return drawn, False
    whole: bytes = facturx.generate_from_binary(
        drawn,
        invoice_data.written(invoice, corrects=corrects),
        level=invoice_data.LEVEL,
        check_xsd=False,  # it is checked when it is written
        check_schematron=False,
        lang=language,
        pdf_metadata={"author": author, "title": title, "subject": title, "keywords": "Factur-X"},
    )
    return whole, True
