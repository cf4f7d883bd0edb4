"""The gateways in use, opened, and kept in step with what is configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import structlog

from portal.gateways import configured, registry
from portal.gateways.choosing import Candidate
from portal.gateways.models import Gateway as Configured
from portal.gateways.port import Gateway
from portal.infra.config import Settings
from portal.infra.errors import PortalError
from portal.infra.vault import Unsealable, Vault

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Route:
    """A gateway in use, opened, with what its messages need."""

    candidate: Candidate
    name: str
    gateway: Gateway
    sender: str
    report_url: str
    answer_seconds: float
    fingerprint: str


class Routes:
    """The routes of a worker by the gateway's id; `present` is replaced, never changed."""

    def __init__(self, settings: Settings, *, http: aiohttp.ClientSession) -> None:
        self._hooks = settings.hooks
        self._vault = Vault(settings.secret)
        self._http = http
        self.present: dict[int, Route] = {}

    async def follow(self, rows: Sequence[Configured]) -> None:
        """Open what is new or changed, close what is not in use any more."""
        before = self.present
        after = {row.id: self._route(row) for row in rows if row.enabled}
        self.present = {number: route for number, route in after.items() if route is not None}
        for number, route in before.items():
            if self.present.get(number) is not route:
                await route.gateway.close()

    async def close(self) -> None:
        """Close them all."""
        await self.follow([])

    def _route(self, row: Configured) -> Route | None:
        present = self.present.get(row.id)
        if present is not None and present.fingerprint == _fingerprint(row):
            return present
        try:
            return self._opened(row)
        except (PortalError, Unsealable):  # the others go on
            logger.exception("a gateway cannot be used", gateway=row.name)
            return None

    def _opened(self, row: Configured) -> Route:
        settings = configured.settings_of(row, vault=self._vault)
        checked = registry.check_settings(row.kind, settings)
        return Route(
            candidate=Candidate(
                id=row.id,
                priority=row.priority,
                reseller_id=row.reseller_id,
                route=row.route,
            ),
            name=row.name,
            gateway=registry.open_gateway(row.kind, settings, http=self._http),
            sender=row.sender,
            report_url=f"{self._hooks}/hooks/gateways/{row.hook_token}",
            answer_seconds=checked.answer_seconds,
            fingerprint=_fingerprint(row),
        )


def _fingerprint(row: Configured) -> str:
    return f"{row.settings}{row.sender}{row.priority}{row.reseller_id}{row.route}"
