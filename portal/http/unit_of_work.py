"""One transaction a request, committed once by the door when the answer is a good one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import flask
from flask import Response, g
from sqlalchemy.exc import DBAPIError

from portal.http.wiring import current
from portal.infra import afterwards
from portal.infra.db import ResellerSession, in_scope_of
from portal.infra.errors import PortalError
from portal.tenancy.resellers import OPERATOR_ID

TRIES: Final = 5
_PAUSE_SECONDS_MAX: Final = 0.05
# SQLSTATE: serialization failure, deadlock. Nothing was wrong with what was asked.
_UNDONE_BY_OTHERS: Final = frozenset({"40001", "40P01"})


def session() -> ResellerSession:
    """This request's session for the reseller whose portal it is, opened on first use.

    Doors hand it to features and call none of its methods.
    """
    held = g.get("unit_of_work")
    if held is None:
        held = g.unit_of_work = current().database.session(g.tenant.reseller_id)
    assert isinstance(held, ResellerSession)
    return held


def done(view: Callable[[], Response]) -> Response:
    """The answer of a view, its work settled; tried again when others' work undid it.

    Two who wait for each other are told apart by the database, which undoes all that one of them
    did; that one begins anew, after a moment that differs from the other's.

    Raises:
        DBAPIError: it was undone as often as `TRIES`; nothing of it was kept.
    """
    # What is only read says nothing, and to look would make its answer depend on the cookie.
    writes = flask.request.method not in {"GET", "HEAD", "OPTIONS"}
    flashes = list(flask.session.get("_flashes", ())) if writes else []
    for tries_left in reversed(range(TRIES)):
        try:
            response = view()
            settle(response.status_code)
        except DBAPIError as undone:
            if not tries_left or getattr(undone.orig, "sqlstate", None) not in _UNDONE_BY_OTHERS:
                raise
            close()
            if writes and "_flashes" in flask.session:
                flask.session["_flashes"] = list(flashes)
            time.sleep(random.uniform(0, _PAUSE_SECONDS_MAX))  # noqa: S311 - no secret
        else:
            return response
    raise AssertionError("the last try answers or raises")


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


def end_early() -> None:
    """Keep what was done so far, and hold no transaction open during what takes long.

    The database ends one that says nothing for half a minute, and the answer with it.
    """
    settle(200)
    close()


def close(_: BaseException | None = None) -> None:
    """Give the connection back; what was not committed is undone."""
    held = g.pop("unit_of_work", None)
    if held is not None:
        held.close()


@contextmanager
def at_operator() -> Iterator[ResellerSession]:
    """The operator's rows in this request's transaction, for what a reseller has with it.

    They are those of all its resellers: whoever asks here says of which one.
    """
    with in_scope_of(session(), OPERATOR_ID) as beside:
        yield beside


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
