"""Brings a demonstration back to its first state, and touches nothing that is none."""

from __future__ import annotations

import argparse
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

from portal.cli import demo_facts, installation, setting_up, starting
from portal.infra import data_folder, installed_themes
from portal.infra.config import Settings
from portal.infra.embedded_postgres import DATABASE, Server
from portal.infra.processes import CannotStart

_GRACE_SECONDS: Final = 10


def run(args: argparse.Namespace) -> int:
    """Make it anew and say how long that took.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: it is no demonstration, it runs, or it cannot be made.
    """
    told = {**os.environ, **({"PORTAL_DATA_DIR": args.data} if args.data else {})}
    settings = _settings(told)
    began = time.monotonic()
    reset(settings)
    seconds = time.monotonic() - began
    print(f"The demonstration in {settings.data_dir} is as it was at first ({seconds:.0f} s).")
    return 0


def reset(settings: Settings) -> None:
    """Drop the database of a demonstration with its mails, and fill a new one.

    Its secret stays, and its facts are written anew: the tokens in them are new. Broken off, it is
    done again, or the next start does the rest.

    Raises:
        CannotStart: it runs, or it cannot be made.
    """
    installed_themes.look_in(settings.data_dir)  # they were checked when it was made
    with ExitStack() as started:
        started.enter_context(data_folder.ruled(settings.data_dir))
        starting.stop_leftovers(settings.data_dir)
        server = Server(settings.data_dir)
        started.callback(server.stop, grace_seconds=_GRACE_SECONDS)
        server.start()
        server.drop_database(DATABASE)
        for left in (demo_facts.journal(settings), settings.data_dir / "mail"):
            _remove(left)
        server.start()  # it runs already, and makes the database that is missing
        setting_up.set_up(replace(settings, database_url=server.url))


def _settings(told: Mapping[str, str]) -> Settings:
    """The settings of the demonstration in the data folder.

    Raises:
        CannotStart: nothing there says that there is one, or its database is somebody else's.
    """
    as_demo = {**told, "PORTAL_DEMO": "yes"}
    settings = Settings.from_environment(as_demo)
    if settings.database_url:
        raise CannotStart(
            "The database in PORTAL_DATABASE_URL is not this command's to empty: only a"
            " demonstration with the embedded database is reset."
        )
    folder = installation.data_dir(told, settings=settings)
    kept = folder / demo_facts.FACTS_FILE
    if told.get("PORTAL_SECRET") or not (installation.holds_demo(folder) and kept.is_file()):
        raise CannotStart(
            f"There is no demonstration in {folder}: nothing was touched."
            " Name its data folder with --data."
        )
    # The links in its mails have the port that it listened on last.
    port = installation.remembered_port(folder)
    return installation.read_settings({**({"PORTAL_LISTEN_PORT": port} if port else {}), **as_demo})


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        data_folder.forget(path)
