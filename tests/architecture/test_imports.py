"""Who may import whom, and that imports stand where a reader looks for them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture import source

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def test_the_contracts_are_kept() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command, "--no-cache"], cwd=source.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_imports_stand_at_the_head() -> None:
    inside = [
        module.at(node)
        for module in source.modules()
        for holder in module.nodes
        if isinstance(holder, FUNCTIONS)
        for node in ast.walk(holder)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_only_the_command_line_loads_modules_by_name() -> None:
    """What is named in a string escapes the contracts: the places are known."""
    loaders = {
        module.name
        for module in source.modules()
        for _, name in module.imports
        if name in {"importlib", "importlib.import_module", "runpy", "pkgutil"}
    }
    assert loaders == {
        "portal.cli.demo_command",  # the same as `up`
        "portal.cli.demo_facts",  # making a demonstration needs all the features
        "portal.cli.main",  # subcommands, so that help comes at once
        "portal.cli.up",  # the same: it knows all the features
        "portal.cli.starting",  # programs load while it does
        "portal.cli.stripe_double.parameters",  # what Stripe's library declares, by its names
        "portal.invoicing.printing",  # what makes PDFs, whose libraries are slow and may be missing
        "portal.infra.sheets",  # workbooks, whose library is slow to load
        "portal.payments.registry",  # providers, whose libraries are slow to load
        "portal.gateways.registry",  # adapters, loaded when a gateway of their kind is opened
    }
