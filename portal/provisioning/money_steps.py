"""Compare what clients may pay in, and whose invoices are made for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel

from portal.infra.db import ResellerSession
from portal.provisioning.schema import PortalFile
from portal.provisioning.steps import Remark, Step
from portal.tenancy import resellers, settings
from portal.tenancy.settings import ResellerSettings


def of_money(session: ResellerSession, portal: PortalFile) -> Iterator[Step | Remark]:
    """The tables that the file has; a table that it does not have leaves everything as it is."""
    exists = resellers.own_if_any(session) is not None
    present = settings.read(session) if exists else ResellerSettings()
    if portal.deposits is not None:
        yield from _step(session, "deposits", present.deposits, portal.deposits.chosen())
    if portal.invoices is not None:
        wanted = portal.invoices.chosen()
        yield from _step(session, "invoices", present.invoices, wanted)
        after = present.invoices.model_copy(update=wanted)
        if after.issuing and after.missing:
            missing = ", ".join(after.missing)
            yield Remark(f"no invoices are made yet: [invoices] needs {missing}")


def _step(
    session: ResellerSession, name: str, present: BaseModel, wanted: Mapping[str, Any]
) -> Iterator[Step]:
    changed = [key for key, value in wanted.items() if getattr(present, key) != value]
    if changed:
        after = present.model_copy(update=dict(wanted)).model_dump(mode="json")
        said = ", ".join(key.replace("_", " ") for key in changed)
        yield Step(f"set {said} of {name}", partial(settings.change, session, **{name: after}))
