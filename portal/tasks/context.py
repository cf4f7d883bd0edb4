"""What the jobs of this process work with: given once by the worker, asked for by each job."""

from __future__ import annotations

from dataclasses import dataclass

from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.mail import Mailer


@dataclass(frozen=True)
class _Context:
    database: Database
    settings: Settings
    mailer: Mailer


_in_use: list[_Context] = []


def use(*, database: Database, settings: Settings, mailer: Mailer) -> None:
    """Let every job of this process work with these from now on."""
    _in_use[:] = [_Context(database, settings, mailer)]


def database() -> Database:
    """The database that jobs open their sessions on."""
    return _context().database


def settings() -> Settings:
    """The settings of the installation."""
    return _context().settings


def mailer() -> Mailer:
    """Where mails are handed over to."""
    return _context().mailer


def _context() -> _Context:
    if not _in_use:
        raise RuntimeError("context.use was not called, so jobs have nothing to work with")
    return _in_use[0]
