"""What is kept for how long, the copies of data, and messages that were made unreadable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.accounts.session_models import SignedIn
from portal.infra import clock
from portal.infra.db import Database
from portal.messaging import redacting
from portal.messaging.models import Message
from portal.reports import archive_making
from portal.reports.archive_models import ClientArchive
from portal.tenancy import settings
from tests.builders import inbound
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser
from tests.web.conftest import Visit


def kept_days(database: Database) -> int | None:
    with database.session(SUNNY) as session:
        return settings.read(session).redact_after_days


@pytest.mark.parametrize("days", ["", "13", "3651", "0", "-1", "many", "１４"])
def test_too_few_and_too_many_days_are_refused(
    visit: Visit, cast: Cast, database: Database, days: str
) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/retention")
    seen = sam.post("/reseller/retention", removal="after", days=days)
    assert seen.status == 422
    assert seen.value_of("days") == days
    assert kept_days(database) is None


def test_messages_are_kept_for_as_long_as_it_says(
    visit: Visit, cast: Cast, database: Database
) -> None:
    sam = visit(cast.sam)
    assert "What we keep and for how long" in sam.get("/reseller/retention").text
    seen = sam.follow(sam.post("/reseller/retention", removal="after", days="14"))
    assert (kept_days(database), seen.value_of("days")) == (14, "14")
    assert "for 14 days" in visit(cast.alice.owner).get("/account/data").text
    with database.session(SUNNY) as session:
        (act,) = session.scalars(select(Activity).where(Activity.what == "settings.changed"))
    assert act.details == {"settings": "redact_after_days"}
    assert "how long messages are kept readable" in sam.get("/reseller/activity").text
    sam.post("/reseller/retention", removal="never", days="14")
    assert kept_days(database) is None
    assert "as long as you are our client" in visit(cast.alice.owner).get("/account/data").text


def make_all(database: Database) -> None:
    with database.session(SUNNY) as session:
        waiting = session.scalars(
            select(ClientArchive.id).where(ClientArchive.made_at.is_(None))
        ).all()
    for archive_id in waiting:
        with database.session(SUNNY) as session, session.begin():
            assert archive_making.make(session, archive_id=archive_id)


@pytest.mark.parametrize("of_staff", [False, True])
def test_a_copy_is_asked_for_and_fetched(
    visit: Visit, cast: Cast, database: Database, of_staff: bool
) -> None:
    who = cast.sam if of_staff else cast.alice.owner
    page = f"/reseller/clients/{cast.alice.client_id}/copies" if of_staff else "/account/data"
    post = page if of_staff else "/account/data/copies"
    browser = visit(who)
    assert browser.get(page).status == 200
    seen = browser.follow(browser.post(post))
    assert "Being made" in seen.text
    assert browser.follow(browser.post(post)).rows() == 1
    make_all(database)
    assert "Ready" in browser.get(page).text
    with database.session(SUNNY) as session:
        archive = session.scalars(select(ClientArchive)).one()
    fetched = f"{post}/{archive.id}"
    content = raw(browser, fetched)
    assert len(content) == archive.bytes
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert "SunnyText" in file.read("README.txt").decode()
    for stranger in (cast.henry.owner, cast.alice.owner if of_staff else cast.sam):
        assert visit(stranger).get(fetched).status == 404


def raw(browser: Browser, path: str) -> bytes:
    answer = browser._client.get(path, base_url=browser._base)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    content: bytes = answer.get_data()
    return content


def test_a_copy_asks_for_the_password_after_a_while(
    visit: Visit, cast: Cast, database: Database
) -> None:
    browser = visit(cast.alice.owner)
    browser.get("/account/data")
    with database.session(SUNNY) as session, session.begin():
        for each in session.scalars(select(SignedIn)):
            each.confirmed_at = clock.now() - timedelta(hours=1)
    seen = browser.post("/account/data/copies")
    assert (seen.status, seen.location.split("?")[0]) == (307, "/confirm")


def test_what_was_removed_says_since_when(
    visit: Visit, cast: Cast, database: Database, sent: Callable[..., int]
) -> None:
    number = sent(cast.alice.owner, "+12025550123", "Come at ten")
    with database.session(SUNNY) as session, session.begin():
        inbound.give(session, cast.alice)
        inbound.receive(session, "I am late")
    with clock.pretending(clock.now() + timedelta(days=20)):
        for _ in range(3):
            with database.session(SUNNY) as session, session.begin():
                redacting.redact(session, before=clock.now())
    with database.session(SUNNY) as session:
        assert session.get_one(Message, (SUNNY, number)).redacted_at is not None
    alice, sam = visit(cast.alice.owner), visit(cast.sam)
    for browser, path in (
        (alice, "/messages"), (alice, f"/messages/{number}"), (alice, "/inbox"),
        (sam, "/reseller/messages"), (sam, f"/reseller/messages/{number}"),
        (sam, "/reseller/inbox"),
    ):  # fmt: skip
        seen = browser.get(path)
        assert seen.status == 200, path
        assert "removed" in seen.text, path
        for gone in ("Come at ten", "I am late", "555-0123", "5550123", "600 111 222"):
            assert gone not in seen.text, path
