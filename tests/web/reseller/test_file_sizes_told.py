"""Every field for a file says how large it may be, to its reader and to the browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.infra import sheets
from portal.payments.bank import lines
from portal.tenancy import picture_flaws
from portal.web.parts.rate_forms import SheetForm
from portal.web.reseller.statement_forms import StatementForm
from tests.cast import Cast
from tests.web.conftest import Visit

FIELDS = {
    "/reseller/brand": picture_flaws.BYTES_MAX,
    "/reseller/welcome/en": picture_flaws.BYTES_MAX,
    "/reseller/pages/terms/en": picture_flaws.BYTES_MAX,
}


@pytest.mark.parametrize("path", FIELDS)
def test_a_field_for_a_picture_says_how_large_it_may_be(
    visit: Visit, cast: Cast, path: str
) -> None:
    seen = visit(cast.sam).get(path)
    fields = re.findall(r'<input[^>]*type="file"[^>]*>', seen.html)
    assert fields
    for field in fields:
        assert f'data-bytes-max="{FIELDS[path]}"' in field
        assert 'data-too-large="The file is larger than 1 MB: save it smaller."' in field
    assert "at most 1 MB" in seen.text
    assert "js/file-size.js" in seen.html


def test_the_fields_for_tables_say_so_too() -> None:
    """The page of statements has its field for whoever has entered a bank account."""
    for field, most in (
        (SheetForm.sheet, sheets.BYTES_MAX),
        (StatementForm.file, lines.BYTES_MAX),
    ):
        told = field.kwargs["render_kw"]
        assert told["data-bytes-max"] == most
        assert "larger than 5 MB" in str(told["data-too-large"])
        assert "up to 5 MB" in str(field.kwargs["description"])


@pytest.mark.parametrize("page", ["reseller/statements.html", "rates/import.html"])
def test_their_pages_bring_what_reads_it(page: str) -> None:
    assert "js/file-size.js" in Path("themes/default/templates", page).read_text()
