"""The portals of host names, as they were a moment ago."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final

from portal.infra.db import Database
from portal.tenancy import branding, hostnames, resellers, settings
from portal.tenancy.models import Brand, Reseller
from portal.tenancy.resellers import OPERATOR_ID
from portal.tenancy.settings import ResellerSettings

REMEMBERED_SECONDS: Final = 2.0
_REMEMBERED_MAX: Final = 10_000


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """The portal that a host name belongs to, as it was a moment ago."""

    reseller: Reseller
    brand: Brand
    settings: ResellerSettings
    host: str

    @property
    def reseller_id(self) -> int:
        """The reseller's id."""
        return self.reseller.id

    @property
    def is_operator(self) -> bool:
        """Whether this is the console."""
        return self.reseller.id == OPERATOR_ID


class Tenants:
    """Host names looked up a moment ago, so that not every request asks for its portal again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._remembered: dict[str, tuple[float, Tenant]] = {}

    def find(self, name: str) -> Tenant | None:
        """Whose portal this normalised name is, or None; names of nobody are not remembered."""
        until, tenant = self._remembered.get(name, (0.0, None))
        if tenant is not None and time.monotonic() < until:
            return tenant
        tenant = self._look_up(name)
        with self._lock:
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            if tenant is None:
                self._remembered.pop(name, None)
            else:
                self._remembered[name] = (time.monotonic() + REMEMBERED_SECONDS, tenant)
        return tenant

    def forget(self) -> None:
        """Ask again for every name, because something has changed."""
        with self._lock:
            self._remembered.clear()

    def _look_up(self, name: str) -> Tenant | None:
        with self._database.across_resellers() as session:
            found = hostnames.resolve(session, name)
        if found is None:
            return None
        with self._database.session(found.reseller_id) as session:
            return Tenant(
                reseller=resellers.own(session),
                brand=branding.own(session),
                settings=settings.read(session),
                host=found.name,
            )
