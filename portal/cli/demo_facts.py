"""What is known of a demonstration that was made: where it is, who may sign in, and with what."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from portal.infra import data_folder
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.processes import CannotStart
from portal.tenancy import resellers

FACTS_FILE: Final = "demo-facts.json"
PASSWORD: Final = "look-around-here"  # noqa: S105 - everybody may know it
_BEING_MADE: Final = "{}"
"""What the file says until all is there."""


def ensure(database: Database, settings: Settings) -> dict[str, Any]:
    """The facts of the demonstration, for people and for programs; an empty database gets one.

    The facts hold tokens and passwords that the database has only hashes of, so they are kept in
    the data folder.

    Raises:
        CannotStart: the database has something in it, but the data folder does not know its facts,
            or it was not made to the end.
    """
    kept = settings.data_dir / FACTS_FILE
    with database.across_resellers() as session:
        installed = resellers.any_exist(session)
    if not installed:
        data_folder.write_private(kept, _BEING_MADE)
        # By name, since making one needs all the features, and a start that finds one none of them.
        made = importlib.import_module("portal.cli.demo").make(database, settings)
        data_folder.write_private(kept, json.dumps(made))
    if not kept.is_file() or kept.read_text() == _BEING_MADE:
        raise CannotStart(
            "The database is no complete demonstration: make it anew with `portal demo reset --data"
            f" {settings.data_dir}`, or empty what is in PORTAL_DATABASE_URL, if that is set."
        )
    facts: dict[str, Any] = json.loads(kept.read_text())
    return facts | {"address": f"{settings.listen_host}:{settings.listen_port}"}


def journal(settings: Settings) -> Path:
    """Where the sandbox of a demonstration writes down what it is given."""
    return settings.data_dir / "sandbox.jsonl"


def greeting(facts: Mapping[str, Any]) -> str:
    """What is printed when all is ready: where to go, and how to sign in."""
    lines = ["", "The portal is ready. Every password is: " + PASSWORD, ""]
    operator = facts["operator"]
    lines.append(f"  Operator   {operator['url']:<34} {operator['email']}")
    for reseller in facts["resellers"]:
        staff_email = reseller["staff"]["email"]
        lines.append(f"  {reseller['name']:<10} {reseller['url']:<34} {staff_email} (staff)")
        lines += [
            f"{'':<48}{client['email']} ({client['balance_management']} client)"
            for client in reseller["clients"]
        ]
    lines += ["", f"  Mails are files in {facts['mail']['folder']}", "  Ctrl-C stops everything."]
    return "\n".join(lines)
