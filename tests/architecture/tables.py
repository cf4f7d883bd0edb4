"""The tables, as the models declare them and as the database has them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from sqlalchemy import Table

from portal.infra.columns import Base, ResellerOwned
from tests.architecture import source

OF_NO_RESELLER = {
    "closed_days": "which days are closed, for everybody; no sums",
    "delivery_reports": "a gateway reports before it is known whose message it is",
    "dispatch_queue": "polled for all resellers at once; holds ids and no content",
    "gateways": "the operator's; a reseller id in it is a choice, not an owner",
    "proofs": "what proofs of all books have found, for the operator",
    "resellers": "the resellers themselves: under row security by their own id",
    "seals": "one chain for all books; holds ids and digests, no content",
    "throttles": "counters of addresses and accounts, of nobody's business content",
}
"""Tables of ours that are not `ResellerOwned`, and why not."""

OF_LIBRARIES = {
    "alembic_version": "Alembic's note of the migrations that were run",
    "procrastinate_events": "jobs hold ids and words, never rows",
    "procrastinate_jobs": "jobs hold ids and words, never rows",
    "procrastinate_periodic_defers": "jobs hold ids and words, never rows",
    "procrastinate_workers": "jobs hold ids and words, never rows",
}


@cache
def declaring() -> tuple[str, ...]:
    """The modules that declare a table."""
    return tuple(
        module.name
        for module in source.modules()
        if any(
            isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__tablename__"
            for node in module.nodes
        )
    )


@cache
def declared() -> Mapping[str, Table]:
    """Every table that a model anywhere in the portal declares."""
    for name in declaring():
        import_module(name)
    return dict(Base.metadata.tables)


@cache
def owned() -> Mapping[str, Table]:
    """Those whose rows belong to a reseller."""
    declared()
    return {
        mapper.local_table.name: mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, ResellerOwned)
    }
