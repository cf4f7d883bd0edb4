"""Callbacks of gateways that name no message of ours: kept as they came, to be looked at."""

from __future__ import annotations

from collections.abc import Mapping

from portal.gateways.port import Outcome
from portal.infra import clock, ids
from portal.infra.db import ResellerSession
from portal.messaging.models import DeliveryReport

RESULT = "unreadable"


def keep(session: ResellerSession, *, gateway_id: int, raw: Mapping[str, str]) -> None:
    """Keep such a callback beside the reports; there is nothing to apply."""
    now = clock.now()
    session.add(
        DeliveryReport(
            id=ids.new(),
            gateway_id=gateway_id,
            reference="",
            outcome=Outcome.UNKNOWN.value,
            reported_at=now,
            received_at=now,
            raw=dict(raw),
            applied_at=now,
            result=RESULT,
        )
    )
