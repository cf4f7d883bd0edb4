"""What every request may reach: settings, database, themes; made once, when the parts are wired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Flask, current_app

from portal.http.tenants import Tenants
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.templates import ThemedEnvironment, ThemeRegistry
from portal.infra.vault import Vault

_EXTENSION: Final = "portal"


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """The parts of one application that outlive a request."""

    settings: Settings
    database: Database
    vault: Vault
    themes: ThemeRegistry
    templates: ThemedEnvironment
    """What every theme's environment is an overlay of."""
    tenants: Tenants


def attach(app: Flask, wiring: Wiring) -> None:
    """Give an application its parts."""
    app.extensions[_EXTENSION] = wiring


def current() -> Wiring:
    """The parts of the application that answers at this moment."""
    wiring = current_app.extensions[_EXTENSION]
    assert isinstance(wiring, Wiring)
    return wiring
