"""The tree is the one that the map describes, and every file says what it is for."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture import source

PACKAGES = {
    "accounts", "api", "api.dialects", "api.v1", "billing", "callbacks", "cli", "cli.stripe_double",
    "cli.paypal_double", "payments.paypal",
    "gateways", "gateways.kannel", "gateways.sandbox", "http", "infra", "invoicing", "ledger",
    "messaging", "payments.bank", "payments.stripe",
    "notifications", "numbers", "partners", "payments", "pricing", "provisioning", "reports",
    "tasks", "tenancy", "web", "web.account", "web.client", "web.operator", "web.parts",
    "web.public", "web.reseller",
}  # fmt: skip
LINES_MAX = 300
LONGER: dict[str, str] = {}
"""Modules that are longer, each with its reason."""

DRAWERS = re.compile(r"(^|\.)(utils?|helpers?|common|misc|views|services|managers?|base)$")


def test_every_package_of_the_map_is_there() -> None:
    packages = {
        module.name.removeprefix("portal.")
        for module in source.modules()
        if module.path.name == "__init__.py" and module.name != "portal"
    }
    assert packages == PACKAGES


@pytest.mark.parametrize("name", ["themes/default", "translations", "migrations/versions"])
def test_what_is_shipped_beside_the_code_is_there(name: str) -> None:
    assert (source.ROOT / name).is_dir()


def test_every_file_says_in_a_sentence_what_it_is_for() -> None:
    for module in source.modules():
        said = ast.get_docstring(module.tree) or ""
        first = " ".join(said.split("\n\n")[0].split())
        assert first, f"{module.name} says nothing"
        assert first[0].isupper() or first[0] == "`", f"{module.name}: {first}"
        assert first.endswith((".", "?")), f"{module.name}: {first}"
        assert not re.search(r"\b[Tt]his (module|file|package)\b", first), f"{module.name}: {first}"


def test_a_package_says_one_sentence() -> None:
    for module in source.modules():
        if module.path.name == "__init__.py":
            said = ast.get_docstring(module.tree) or ""
            assert "\n" not in said, module.name
            assert len(re.findall(r"[.!?](?:\s|$)", said)) == 1, f"{module.name}: {said}"


def test_files_stay_small() -> None:
    long = {m.name for m in source.modules() if len(m.text.splitlines()) > LINES_MAX}
    assert long == set(LONGER)


def test_no_file_is_a_drawer() -> None:
    assert [m.name for m in source.modules() if DRAWERS.search(m.name)] == []


def test_models_do_not_know_verbs() -> None:
    """Tables import tables, statuses and columns, so that any of them can be read by itself."""
    allowed = re.compile(
        r"portal\.(infra\.(columns|ids|clock)|\w+(\.\w+)?\.((\w+_)?models|statuses|codes|units|roles))\b"
    )
    strange = [
        f"{module.name}: {name}"
        for module in source.modules()
        if module.name.endswith(".models")
        for _, name in module.imports
        if name.startswith("portal.") and not allowed.match(name)
    ]
    assert strange == []


def test_no_note_is_left_for_later() -> None:
    left = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pragma: no cover|NotImplementedError")
    for module in source.modules():
        assert not left.search(module.text), module.name


def test_an_exception_to_a_rule_says_why() -> None:
    """`noqa` and `type: ignore` name the rule, and a reason stands beside them."""
    exception = re.compile(r"# (noqa|type: ignore|fmt: (?!skip|on|off))(?P<rest>.*)$")
    for module in source.modules():
        for number, line in enumerate(module.text.splitlines(), start=1):
            found = exception.search(line)
            if found is None:
                continue
            place = f"{module.path.name}:{number}"
            assert re.match(r"(: [A-Z0-9, ]+|\[[a-z-, ]+\]) +(-|#) *\S", found["rest"]), place
