"""Ask us: from every page of a client to the reseller, by mail and onto the time line."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import activity, timeline
from portal.http.wiring import current
from portal.infra.db import Database
from portal.notifications.models import Mail
from portal.tenancy import settings
from tests.cast import SUNNY, Cast
from tests.web.browsing import Browser, Seen
from tests.web.conftest import Visit


def ask(browser: Browser, **fields: str) -> Seen:
    page = browser.get("/ask?page=/messages")
    usual = {
        "text": "How do I send to two numbers?", "email": "desk@acme.test",
        "page": page.value_of("page"), "key": page.value_of("key"),
    }  # fmt: skip
    return browser.post("/ask", **{**usual, **fields})


def mails(database: Database) -> list[Mail]:
    with database.session(SUNNY) as session:
        found = select(Mail).where(Mail.notice == "client_asked").order_by(Mail.id)
        return list(session.scalars(found))


def test_every_page_leads_there_and_says_where_it_was(visit: Visit, cast: Cast) -> None:
    alice = visit(cast.alice.owner)
    assert 'href="/ask?page=/messages"' in alice.get("/messages").html
    seen = alice.get("/ask?page=/messages")
    assert seen.value_of("email") == "alice@acme.test"
    assert "you come from /messages" in seen.text
    assert 'href="/ask?page=/ask' not in seen.html
    for elsewhere in ("//evil.test", "https://evil.test", "/no/such/page", "x"):
        assert alice.get(f"/ask?page={elsewhere}").value_of("page") == ""


def test_a_question_is_mailed_and_joins_the_time_line(
    visit: Visit, cast: Cast, database: Database
) -> None:
    alice = visit(cast.alice.owner)
    done = ask(alice)
    assert (done.status, done.location) == (303, "/messages")
    assert "The answer comes to desk@acme.test." in alice.follow(done).text
    (mail,) = mails(database)
    assert (mail.recipient, mail.reply_to) == ("office@sunny.test", "desk@acme.test")
    assert mail.client_id == cast.alice.client_id
    assert mail.subject == "Question from Acme"
    for said in ("How do I send to two numbers?", "/messages", "Alice Tester of Acme asks"):
        assert said in mail.text
    with database.session(SUNNY) as session:
        (noted,) = timeline.of_client(session, client_id=cast.alice.client_id, notes_only=True)
        assert activity.latest(session, limit=1)[0].what == "client.asked"
    assert noted.note is not None
    assert noted.note.kind == "asked"
    assert "How do I send to two numbers?" in noted.note.text


def test_the_same_form_twice_is_one_question(visit: Visit, cast: Cast, database: Database) -> None:
    alice = visit(cast.alice.owner)
    key = alice.get("/ask").value_of("key")
    for text, status in (("One", 303), ("One", 303), ("Another", 409)):
        sent = alice.post("/ask", text=text, email="a@acme.test", page="", key=key)
        assert sent.status == status
    assert "Another" in sent.text  # nothing typed is lost
    assert len(mails(database)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "}, {"text": "x" * 2001}, {"email": "x"}, {"email": "a@b.test, c@d.test"},
        {"email": "a@b.test\r\nBcc: x@y.test"}, {"page": "/" * 501}, {"key": ""},
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_sent(
    visit: Visit, cast: Cast, database: Database, wrong: dict[str, str]
) -> None:
    assert ask(visit(cast.alice.owner), **wrong).status == 422
    assert mails(database) == []


def test_nobody_asks_without_end(visit: Visit, cast: Cast, database: Database) -> None:
    alice = visit(cast.alice.owner)
    said = [ask(alice, text=f"Question {number}").status for number in range(11)]
    assert said == [303] * 10 + [429]
    assert ask(visit(cast.henry.owner)).status == 303
    assert len(mails(database)) == 11


def test_a_reseller_may_take_none(app: Flask, visit: Visit, cast: Cast, database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        settings.change(session, ask_us=False)
    with app.app_context():
        current().tenants.forget()
    alice = visit(cast.alice.owner)
    assert "/ask" not in alice.get("/dashboard").html
    assert alice.get("/ask").status == 404
    assert alice.post("/ask", text="x", email="a@acme.test").status == 404


def test_staff_in_a_clients_place_ask_nobody(visit: Visit, cast: Cast) -> None:
    sam = visit(cast.sam)
    page = f"/reseller/clients/{cast.alice.client_id}"
    sam.get(page)
    sam.post(f"{page}/view-as", reason="They called")
    assert "/ask" not in sam.get("/dashboard").html
    assert sam.get("/ask").status == 403
