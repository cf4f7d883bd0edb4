"""One transaction a request, committed once by the door when the answer is a good one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import g

from portal.http.wiring import current
from portal.infra import afterwards
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError


def session() -> ResellerSession:
    """This request's session for the reseller whose portal it is, opened on first use.

    Doors hand it to features and call none of its methods.
    """
    held = g.get("unit_of_work")
    if held is None:
        held = g.unit_of_work = current().database.session(g.tenant.reseller_id)
    assert isinstance(held, ResellerSession)
    return held


def settle(status: int) -> None:
    """Commit what was done if the answer is a good one (below 400), else undo it.

    What features noted for afterwards is done in either case, each act in its own transaction.
    """
    held = g.get("unit_of_work")
    if held is None:
        return
    if status < 400:
        held.commit()
    else:
        held.rollback()
    for act in afterwards.taken(held):
        close()  # no request holds two connections
        with own_transaction() as beside:
            act(beside)


def close(_: BaseException | None = None) -> None:
    """Give the connection back; what was not committed is undone."""
    held = g.pop("unit_of_work", None)
    if held is not None:
        held.close()


@contextmanager
def own_transaction(reseller_id: int | None = None) -> Iterator[ResellerSession]:
    """A transaction beside the request's own, for what stays also when the answer is a refusal.

    It is committed when its block ends and when a feature refuses (`PortalError`): a refused try
    counts. Any other exception undoes it.
    """
    chosen = g.tenant.reseller_id if reseller_id is None else reseller_id
    with current().database.session(chosen) as beside:
        try:
            yield beside
        except PortalError:
            beside.commit()
            raise
        beside.commit()
