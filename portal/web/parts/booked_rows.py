"""Movements as staff see them: with who made them, and what took back which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from portal.accounts import directory
from portal.infra.db import ResellerSession
from portal.ledger import origins
from portal.ledger.statements import Movement
from portal.web.parts import transfer_rows
from portal.web.parts.transfer_rows import TransferRow


@dataclass(frozen=True, kw_only=True)
class BookedRow(TransferRow):
    """A line of a statement with its history.

    `by` is empty for what the portal did itself, and for people of other firms. The two ids are
    those of the transfer that it takes back, and of the one that took it back.
    """

    by: str
    reverses_id: int | None
    reversed_by_id: int | None


def shown(
    session: ResellerSession,
    movements: Sequence[Movement],
    *,
    currency: str,
    names: Mapping[int, str] | None = None,
) -> list[BookedRow]:
    """Movements with their history; `names` are those of people, the session's own if not given."""
    found = origins.of(session, [each.transfer_id for each in movements])
    actors = {each.actor_id for each in found.values() if each.actor_id is not None}
    names = directory.person_names(session, actors) if names is None else names
    return [
        BookedRow(
            **asdict(transfer_rows.row(each, currency=currency)),
            by=names.get(found[each.transfer_id].actor_id or 0, ""),
            reverses_id=found[each.transfer_id].reverses_id,
            reversed_by_id=found[each.transfer_id].reversed_by_id,
        )
        for each in movements
    ]
