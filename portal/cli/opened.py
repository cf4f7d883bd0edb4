"""The installation opened for one command, be it running or not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from portal.cli import installation
from portal.infra import database_check, installed_themes
from portal.infra.config import Settings
from portal.infra.db import Database, DatabaseUnfit
from portal.infra.processes import CannotStart
from portal.infra.vault import Vault


@dataclass(frozen=True)
class Opened:
    """What a command works with."""

    settings: Settings
    database: Database
    vault: Vault


def add_data_option(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which data folder it is about."""
    parser.add_argument("--data", metavar="DIR", help="the installation's data folder (var)")


@contextmanager
def opened(environment: Mapping[str, str], *, data: str | None = None) -> Iterator[Opened]:
    """Reach the database of this installation; the embedded one is started where it is down.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: the database cannot be reached or used; in a sentence.
    """
    settings = installation.read_settings(_environment(environment, data=data))
    installed_themes.look_in(settings.data_dir)
    with installation.database_url(settings) as url, _reached(url) as database:
        yield Opened(settings, database, Vault(settings.secret))


@contextmanager
def _reached(url: str) -> Iterator[Database]:
    try:
        database_check.check(url)
    except DatabaseUnfit as unfit:
        raise CannotStart(str(unfit)) from None
    with closing(Database(url, pool_size=2)) as database:
        try:
            database.open()
        except DatabaseUnfit as unfit:
            raise CannotStart(str(unfit)) from None
        yield database


def _environment(environment: Mapping[str, str], *, data: str | None) -> Mapping[str, str]:
    """The environment with the option laid over it; a demonstration's folder says what it is."""
    told = {**environment, **({"PORTAL_DATA_DIR": data} if data else {})}
    as_demo = {**told, "PORTAL_DEMO": "yes"}
    folder = installation.data_dir(told, settings=Settings.from_environment(as_demo))
    if not installation.holds_demo(folder) or told.get("PORTAL_SECRET"):
        return told
    # Its links have the port that it listens on, which may have been an option of its start.
    port = installation.remembered_port(folder)
    return {**({"PORTAL_LISTEN_PORT": port} if port else {}), **as_demo}
