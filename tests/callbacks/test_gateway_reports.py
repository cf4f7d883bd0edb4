"""Delivery reports come in, are kept as they are, and are answered after the commit only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.messaging.models import DeliveryReport
from tests.cast import Cast

PATH = "/hooks/gateways/sandbox-hook-token"
REFERENCE = "1-576460752303423488-1"
WORDS = {"ref": REFERENCE, "state": "delivered", "id": "sandbox-1", "at": "1794268800"}


@pytest.fixture
def app(database: Database) -> Flask:
    settings = Settings(secret="tests-have-a-secret-of-their-own-too", public_scheme="http")
    return create_app(settings, database=database)


def call(
    app: Flask, query: object, *, method: str = "GET", path: str = PATH, **more: object
) -> TestResponse:
    words = query if isinstance(query, str) else urlencode(query)  # type: ignore[arg-type]  # a dict
    options = {"base_url": "http://127.0.0.1:8000", **more}
    return app.test_client().open(f"{path}?{words}", method=method, **options)  # type: ignore[arg-type]  # ours


def kept(database: Database) -> list[DeliveryReport]:
    with database.across_resellers() as session:
        return list(session.scalars(select(DeliveryReport).order_by(DeliveryReport.id)))


def test_an_unknown_token_is_nowhere(app: Flask, database: Database) -> None:
    for token in ("nonsense", "sandbox-hook-toke", "SANDBOX-HOOK-TOKEN", "x" * 500, "%C3%BC"):
        answer = call(app, WORDS, path=f"/hooks/gateways/{token}")
        assert answer.status_code == 404
    assert kept(database) == []


def test_from_elsewhere_than_this_machine_the_host_decides(
    app: Flask, database: Database, cast: Cast
) -> None:
    far = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert call(app, WORDS, **far).status_code == 421
    assert kept(database) == []
    answer = call(app, WORDS, **far | {"base_url": f"http://{cast.console_host}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_report_is_kept_as_it_came(app: Flask, database: Database, method: str) -> None:
    answer = call(app, WORDS, method=method)

    assert (answer.status_code, answer.data) == (200, b"")
    [report] = kept(database)
    assert report.reference == REFERENCE
    assert report.outcome == "delivered"
    assert report.reported_at.timestamp() == 1794268800
    assert report.raw == WORDS
    assert report.applied_at is None


def test_the_same_report_twice_is_one(app: Flask, database: Database) -> None:
    assert [call(app, WORDS).status_code for _ in range(2)] == [200, 200]
    assert len(kept(database)) == 1
    assert call(app, WORDS | {"state": "undelivered"}).status_code == 200
    assert len(kept(database)) == 2


def test_a_word_that_we_do_not_know_is_kept(app: Flask, database: Database) -> None:
    assert call(app, WORDS | {"state": "vanished"}).status_code == 200
    [report] = kept(database)
    assert (report.outcome, report.raw["state"]) == ("unknown", "vanished")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "ref=",
        "ref=1",
        "ref=' OR 1=1--&state=delivered",
        "ref=0-0-0&state=delivered",
        "ref=1-9999999999999999999999-1&state=delivered",
        "ref=%F0%9F%90%A2&state=%FF%FE",
        "ref=x&" + "&".join(f"k{n}=v" for n in range(300)),
    ],
    ids=lambda query: repr(query[:20]),
)
def test_garbage_is_refused_and_kept(app: Flask, database: Database, query: str) -> None:
    body = b"\x00\xff<xml>" + b"y" * 100

    answer = call(app, query, method="POST", data=body, content_type="application/octet-stream")

    assert answer.status_code == 400
    [report] = kept(database)
    assert (report.result, report.reference) == ("unreadable", "")
    assert report.applied_at is not None
    assert report.raw[""].endswith("<xml>" + "y" * 100)


def test_what_cannot_be_stored_or_is_too_large_is_refused(app: Flask, database: Database) -> None:
    assert call(app, "ref=%00").status_code == 400
    assert call(app, WORDS, method="POST", data=b"x" * 70_000).status_code == 413
    assert call(app, "x" * 10_000).status_code == 414
    assert kept(database) == []


@pytest.fixture
def full_disk(database: Database) -> Iterator[None]:
    """A database that takes no report, as if its disk were full."""
    with database.across_resellers() as session, session.begin():
        session.execute(text("ALTER TABLE delivery_reports ADD CHECK (false) NOT VALID"))
    return iter(())


@pytest.mark.usefixtures("full_disk")
def test_what_was_not_committed_is_not_answered_as_done(app: Flask, database: Database) -> None:
    assert call(app, WORDS).status_code >= 500
    assert kept(database) == []


def test_a_gateway_that_is_switched_off_still_reports(app: Flask, database: Database) -> None:
    with database.across_resellers() as session, session.begin():
        session.execute(text("UPDATE gateways SET enabled = false"))
    assert call(app, WORDS).status_code == 200
    assert len(kept(database)) == 1
