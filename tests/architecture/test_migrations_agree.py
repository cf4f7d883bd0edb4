"""Models and migrations say the same, and there is no way back that loses rows."""

from __future__ import annotations

import ast

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from portal.infra.db import Database
from portal.infra.files import shipped
from tests.architecture import tables


def test_models_and_migrations_agree(shared_database: Database) -> None:
    with shared_database.engine.connect() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(shipped("migrations")))
        config.set_main_option("path_separator", "os")
        command.check(config)


def test_migrations_know_every_model() -> None:
    """A table whose model `migrations/env.py` does not import would be dropped, or never made."""
    tree = ast.parse((shipped("migrations") / "env.py").read_text())
    imported = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(tables.declaring()) <= imported


def test_migrations_are_one_line_of_descent() -> None:
    scripts = ScriptDirectory(str(shipped("migrations")))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_no_migration_offers_a_way_back() -> None:
    """Money is not migrated backwards: a copy of before is restored instead."""
    for path in (shipped("migrations") / "versions").glob("*.py"):
        functions = {
            node.name
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef)
        }
        assert "upgrade" in functions
        assert "downgrade" not in functions
