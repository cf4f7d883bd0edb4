"""The rich-text editor speaks the reader's language: each word that it is given is one it has."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from portal.web.reseller.editor_words import WORDS
from tests.cast import Cast
from tests.web.conftest import Visit

SCRIPTS = Path("themes/default/static/vendor/hugerte")
OURS = {
    "Heading", "Subheading", "Small heading", "Quote", "Plain", "Serif", "Rounded", "Typewriter",
}  # fmt: skip


def test_the_editor_has_each_of_these_words() -> None:
    scripts = "".join(file.read_text() for file in sorted(SCRIPTS.glob("*.js")))
    own = Path("themes/default/static/js/rich-editor.js").read_text()
    assert [word for word in WORDS if word not in OURS and f'"{word}"' not in scripts] == []
    assert [word for word in OURS if f"{word}=" not in own] == []


@pytest.mark.parametrize("path", ["/reseller/welcome", "/reseller/pages/terms/en"])
def test_the_page_brings_them(visit: Visit, cast: Cast, path: str) -> None:
    found = re.search(r"data-words='([^']*)'", visit(cast.sam).get(path).html)
    assert found is not None
    assert json.loads(unescape(found[1])).keys() == WORDS.keys()
