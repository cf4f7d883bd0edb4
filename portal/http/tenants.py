"""The portals of host names, as they were a moment ago."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from portal.infra.db import Database
from portal.pricing import showing
from portal.tenancy import branding, hostnames, own_words, resellers, settings, site_pages
from portal.tenancy.display import Display
from portal.tenancy.models import Brand, Reseller
from portal.tenancy.resellers import OPERATOR_ID
from portal.tenancy.settings import ResellerSettings

REMEMBERED_SECONDS: Final = 2.0
REMEMBERED_MAX: Final = 2_000
"""However many portals there are: one takes some 22 kB, and is looked up anew so soon anyway."""


@dataclass(frozen=True, kw_only=True)
class Tenant:
    """The portal that a host name belongs to, as it was a moment ago."""

    reseller: Reseller
    brand: Brand
    settings: ResellerSettings
    displays: Mapping[int, Display]
    """What packages show that say so themselves, by their ids."""
    host: str
    linked_host: str
    """The name in the portal's links, if visitors of this one are better sent there; else empty."""
    pages: tuple[str, ...]
    """The pages that the reseller has written, by the names of their addresses."""
    own_words: Mapping[str, Mapping[str, str]]
    """What labels say in the reseller's own words, by language and message."""

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

    def find(self, name: str, *, anew: bool = False) -> Tenant | None:
        """Whose portal this normalised name is, or None; names of nobody are not remembered.

        Who has just changed something asks `anew`, and is not shown what was.
        """
        until, tenant = self._remembered.get(name, (0.0, None))
        if tenant is not None and not anew and time.monotonic() < until:
            return tenant
        tenant = self._look_up(name)
        with self._lock:
            if len(self._remembered) >= REMEMBERED_MAX:
                self._remembered.clear()
            if tenant is None:
                self._remembered.pop(name, None)
            else:
                self._remembered[name] = (time.monotonic() + REMEMBERED_SECONDS, tenant)
        return tenant

    def are_of_others(self, names: Iterable[str], *, reseller_id: int) -> bool:
        """Whether another reseller has one of these names, or had it lately."""
        with self._database.across_resellers() as session:
            return hostnames.belongs_to_others(session, names, reseller_id=reseller_id)

    def may_have_certificate(self, name: str) -> bool:
        """Whether a certificate may be asked for, for this normalised name."""
        with self._database.across_resellers() as session:
            return hostnames.may_have_certificate(session, name)

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
            linked = "" if found.is_primary else hostnames.linked(session)
            reseller, chosen = resellers.own(session), settings.read(session)
            session.expire(reseller, ["settings"])  # once is enough in memory
            return Tenant(
                reseller=reseller,
                brand=branding.own(session),
                settings=chosen,
                displays=showing.of_packages(session),
                host=found.name,
                linked_host=linked,
                pages=site_pages.written(session),
                own_words=own_words.in_use(session),
            )
