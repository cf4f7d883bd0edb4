"""What resellers and clients read names nobody above them, and carries no HTML of others."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from portal.infra.files import shipped
from tests.architecture import source

ABOVE = re.compile(
    r"\b(operators?|wholesale|betreiber|grosshandel|großhandel|kannel|sandbox|flask|granian)\b"
    r"|voip\.ms|mailjet|smsapi|serwersms|sms4|powered by|(?<!vendor/)(?<!vendor/tabler/)\btabler\b",
    re.IGNORECASE,
)
SAID = {"gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext", "_"}
FOR_RESELLERS = ("portal.web.public", "portal.web.client", "portal.web.reseller", "portal.http")
UNESCAPED = re.compile(r"\|\s*safe\b|autoescape\s+(false|off)|\bMarkup\b|\|\s*forceescape")

_SANDBOXED = re.compile(r"""(<iframe\b[^>]*?)\ssandbox(?:="[^"]*")?""")

# Texts of resellers are the one thing written as HTML by people: cleaned in the line that marks it.
CLEANED = "portal.tenancy.rich_text"


def templates() -> list[Path]:
    """Every template that is not one of the operator's own pages."""
    return sorted(
        path
        for path in shipped("themes").glob("*/templates/**/*")
        if path.is_file() and "operator" not in path.parts
    )


def test_templates_name_nobody_above_the_reseller() -> None:
    found = {
        f"{path.name}: {match[0]}"
        for path in templates()
        for match in ABOVE.finditer(
            # What closes a frame in is an attribute of HTML's, and nobody reads it.
            _SANDBOXED.sub(r"\1", _without_comments(path.read_text(encoding="utf-8")))
        )
    }
    assert found == set()


def test_what_pages_say_names_nobody_above_the_reseller() -> None:
    found = [
        f"{module.at(node)} {node.args[0].value}"
        for module in source.modules_in(*FOR_RESELLERS)
        for node in module.nodes
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in SAID
        and isinstance(node.args[0], ast.Constant)
        and ABOVE.search(str(node.args[0].value))
    ]
    assert found == []


def test_translations_name_nobody_above_the_reseller() -> None:
    """But where a page of the operator's is translated."""
    for path in shipped("translations").glob("*/LC_MESSAGES/*.po"):
        for entry in path.read_text(encoding="utf-8").split("\n\n"):
            places = re.findall(r"^#: (.*)$", entry, re.MULTILINE)
            if not places or all("operator" in place for place in " ".join(places).split()):
                continue
            said = "\n".join(line for line in entry.splitlines() if not line.startswith("#"))
            assert not ABOVE.search(said), entry


def test_no_template_switches_escaping_off() -> None:
    for path in shipped("themes").glob("*/templates/**/*"):
        if path.is_file():
            words = re.sub(r"_\(([\"']).*?\1\)", "", path.read_text(encoding="utf-8"))
            assert not UNESCAPED.search(words), path


def test_only_cleaned_text_is_marked_as_html() -> None:
    marked = [
        module.at(node)
        for module in source.modules()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"Markup", "markupsafe.Markup"}
        and not (len(node.args) == 1 and isinstance(node.args[0], ast.Constant))
        and module.name != CLEANED
    ]
    assert marked == []


READS_OWN_CODE = ("portal.infra.template_code", "marshal")
"""Templates that this installation has compiled and signed itself, as Python keeps its modules."""


@pytest.mark.parametrize("name", ["pickle", "marshal", "shelve", "yaml", "xml.etree", "telnetlib"])
def test_nothing_is_read_that_could_run(name: str) -> None:
    for module in source.modules():
        for node, imported in module.imports:
            if (module.name, name) != READS_OWN_CODE:
                assert not imported.startswith(name), module.at(node)


def test_nothing_is_evaluated() -> None:
    evaluated = [
        module.at(node)
        for module in source.modules()
        for node in module.nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"eval", "exec", "compile"}
    ]
    assert evaluated == []


def _without_comments(text: str) -> str:
    """Text as it is read: without comments, names of files, and what a frame may do."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    text = re.sub(r"(<iframe\b[^>]*?) sandbox\b", r"\1", text)
    return re.sub(r"asset\('[^']*'\)", "", text)
