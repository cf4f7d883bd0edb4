"""One transaction a request: when it is kept, when it is undone, and when it is worth a retry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from flask import Flask, Response, flash, get_flashed_messages
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from portal.accounts.models import Person
from portal.app import create_app
from portal.http import unit_of_work
from portal.http.actor import anonymous, public
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.errors import NotFound, PortalError
from tests.http.asking import SUNNY, ask


class Refused(PortalError):
    """For a reason of no weight."""


class _Deadlock(psycopg.errors.DeadlockDetected):
    sqlstate = "40P01"


def _rename(name: str) -> None:
    session = unit_of_work.session()
    session.scalars(select(Person).where(Person.email == "sam@sunny.test")).one().firstname = name
    session.flush()


def _answers(status: int) -> Callable[[], Response]:
    def view() -> Response:
        _rename(f"status {status}")
        return Response("x", status=status)

    return view


def _raises(error: BaseException | Callable[[ResellerSession], Any]) -> Callable[[], Response]:
    def view() -> Response:
        _rename("raised")
        if isinstance(error, BaseException):
            raise error
        error(unit_of_work.session())
        return Response("x")

    return view


def _beside(error: BaseException | None) -> Callable[[], Response]:
    def view() -> Response:
        with unit_of_work.own_transaction() as beside:
            beside.execute(
                text("UPDATE people SET firstname = 'beside' WHERE email = 'sam@sunny.test'")
            )
            if error is not None:
                raise error
        return Response("x", status=422)

    return view


def _late_failure() -> Response:
    """The database refuses at the commit: a key that is checked only then."""
    session = unit_of_work.session()
    session.add(Person(role="owner", email="Sam@sunny.test", language="en", password_hash=""))
    return Response("x", status=200)


class _Unlucky:
    """Is undone by others a number of times, each after it has done its work and said so."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.calls = 0

    def __call__(self) -> Response:
        self.calls += 1
        session = unit_of_work.session()
        sam = session.scalars(select(Person).where(Person.email == "sam@sunny.test")).one()
        sam.firstname += "!"
        session.flush()
        flash("renamed")
        if self.calls <= self.times:
            raise OperationalError("SELECT 1", {}, _Deadlock())
        return Response(str(len(get_flashed_messages())))


PROBES: dict[str, Callable[[], Response]] = {
    "ok": _answers(200),
    "created": _answers(303),
    "refused": _answers(422),
    "missing": _raises(NotFound("thing", 1)),
    "broken": _raises(RuntimeError("secret detail")),
    "deadlock": _raises(OperationalError("SELECT 1", {}, _Deadlock())),
    "too-long": _raises(
        lambda s: s.execute(text("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"))
    ),
    "too-big": _raises(lambda s: s.execute(text("SELECT CAST(:n AS bigint)"), {"n": 2**70})),
    "nul": _raises(lambda s: s.execute(text("SELECT CAST(:t AS text)"), {"t": "a\0b"})),
    "beside": _beside(None),
    "beside-refused": _beside(Refused()),
    "beside-broken": _beside(RuntimeError()),
    "late": _late_failure,
}


@pytest.fixture
def probing(database: Database) -> Flask:
    """The application with views of which one knows what they do."""
    settings = Settings(secret="a secret of the tests, long enough", public_scheme="http")
    app = create_app(settings, database=database)
    for name, view in PROBES.items():
        app.add_url_rule(f"/probe/{name}", f"probe.{name}", public(view))
        app.add_url_rule(f"/api/probe/{name}", f"probe.api.{name}", anonymous(view))
    return app


def sams_name(database: Database) -> str:
    with database.session(1) as session:
        return (
            session.scalars(select(Person).where(Person.email == "sam@sunny.test")).one().firstname
        )


@pytest.mark.parametrize(
    ("probe", "status", "name"),
    [
        ("refused", 422, "Sam"),
        ("missing", 404, "Sam"),
        ("broken", 500, "Sam"),
        ("deadlock", 503, "Sam"),
        ("too-long", 503, "Sam"),
        ("too-big", 400, "Sam"),
        ("nul", 400, "Sam"),
        ("late", 500, "Sam"),
        ("beside-broken", 500, "Sam"),
        ("ok", 200, "status 200"),
        ("created", 303, "status 303"),
        ("beside", 422, "beside"),
        ("beside-refused", 422, "beside"),
    ],
)
def test_only_a_good_answer_is_kept(
    probing: Flask, database: Database, probe: str, status: int, name: str
) -> None:
    for path in (f"/probe/{probe}", f"/api/probe/{probe}"):
        answer = ask(probing, path)
        assert answer.status_code == status
        assert sams_name(database) == name
        assert (answer.headers.get("Retry-After") is not None) == (status == 503)
        assert not any(
            word in answer.text for word in ("Traceback", "secret detail", "SELECT", ".py")
        )
        if status >= 400 and not probe.startswith(("beside", "refused")):
            json = path.startswith("/api/")
            assert answer.mimetype == ("application/problem+json" if json else "text/html")
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # a pool that counts


@pytest.mark.parametrize(
    ("times", "status", "name"),
    [(0, 200, "Sam!"), (4, 200, "Sam!"), (5, 503, "Sam")],
)
def test_what_others_undo_is_tried_again_up_to_five_times(
    probing: Flask, database: Database, times: int, status: int, name: str
) -> None:
    view = _Unlucky(times)
    probing.add_url_rule("/probe/unlucky", "probe.unlucky", public(view), methods=["POST"])
    probing.config["WTF_CSRF_METHODS"] = set()
    answer = ask(probing, "/probe/unlucky", method="POST")
    assert (answer.status_code, view.calls) == (status, min(times + 1, unit_of_work.TRIES))
    assert sams_name(database) == name
    if status == 200:
        assert answer.text == "1"


def test_with_the_database_gone_the_answer_is_to_try_again(
    probing: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "engine", Database("postgresql://x@127.0.0.1:1/x").engine)
    answer = ask(probing, "/login")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "There is nothing at this address" not in answer.text
    assert ask(probing, "/readyz").status_code == 503
    assert ask(probing, "/healthz").status_code == 200
    assert ask(probing, "/api/v1/balance", SUNNY).status_code == 503
