"""The menu and the labels of clients' pages in their reseller's own words."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.http.wiring import current
from portal.infra.db import Database
from portal.tenancy import own_words, settings, wordable
from portal.tenancy.wordable import Label
from portal.web.reseller import wording
from tests.cast import SUNNY, Cast
from tests.web.conftest import Visit

MENU = "/reseller/wording/en/menu"
HOSTILE = '<script>x</script>"%s &'


def name_of(message: str) -> str:
    return wording._name_of(Label(message, frozenset()))


def own(database: Database, language: str = "en") -> dict[str, str]:
    with database.session(SUNNY) as session:
        return own_words.written(session, language=language)


def keep(app: Flask, database: Database, language: str = "en", **texts: str) -> None:
    with database.session(SUNNY) as session, session.begin():
        own_words.keep(session, texts, language=language)
    with app.app_context():
        current().tenants.forget()


def test_only_who_may_change_settings(visit: Visit, cast: Cast) -> None:
    for path in ("/reseller/wording", MENU):
        assert visit().get(path).status == 303
        assert visit(cast.alice.owner).get(path).status == 404


@pytest.mark.parametrize("path", ["/reseller/wording/xx/menu", "/reseller/wording/en/console"])
def test_what_is_not_there(visit: Visit, cast: Cast, path: str) -> None:
    sam = visit(cast.sam)
    sam.get("/reseller/wording/en/menu")
    assert sam.get(path).status == sam.post(path).status == 404
    assert sam.post(f"{path}/restore").status == 404


def test_a_slip_keeps_what_was_typed(visit: Visit, cast: Cast, database: Database) -> None:
    sam = visit(cast.sam)
    path = "/reseller/wording/en/everywhere"
    sam.get(path)
    message = "A password has at least %(least)s characters."
    seen = sam.post(path, **{name_of(message): "Longer, please", name_of("Imprint"): "x" * 41})
    assert seen.status == 422
    assert "Please keep [least]: the portal puts a value in its place." in seen.text
    assert "At most 40 characters, please." in seen.text
    assert seen.value_of(name_of(message)) == "Longer, please"
    seen = sam.post(path, **{name_of("Imprint"): "a\nb"})
    assert "Please take out line breaks and what cannot be seen." in seen.text
    assert own(database) == {}


def test_there_may_be_too_many(
    visit: Visit, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_words, "KEPT_MAX", 0)
    sam = visit(cast.sam)
    sam.get(MENU)
    seen = sam.post(MENU, **{name_of("Send"): "New"})
    assert (seen.status, seen.value_of(name_of("Send"))) == (422, "New")
    assert "You can change at most 0 labels in all." in seen.text
    assert own(database) == {}


def test_languages_are_ticked(visit: Visit, cast: Cast, app: Flask, database: Database) -> None:
    sam = visit(cast.sam)
    assert "العربية" in sam.get("/reseller/wording").text
    for given in ("xx", "en", "../de"):
        assert sam.post("/reseller/wording/languages", languages=given).status == 422
    seen = sam.follow(sam.post("/reseller/wording/languages", languages="ar"))
    ticked = re.findall(r"<input[^>]* checked[^>]*>", seen.html)
    assert ['value="ar"' in each for each in ticked] == [True]
    assert "/reseller/wording/ar/menu" in seen.html
    with app.app_context():
        current().tenants.forget()
    assert 'dir="rtl"' in visit().get("/login?lang=ar").html
    assert sam.get("/reseller/wording/ar/menu").status == 200
    assert sam.get("/reseller/wording/de/menu").status == 404
    assert sam.get("/reseller/texts/low_balance/ar").status == 200
    with database.session(SUNNY) as session:
        assert settings.read(session).languages == ["en", "ar"]
    sam.follow(sam.post("/reseller/wording/languages"))
    with database.session(SUNNY) as session:
        assert settings.read(session).languages == ["en"]


def test_arabic_is_not_there_by_itself(visit: Visit) -> None:
    assert "العربية" not in visit().get("/login?lang=ar").text


def test_the_menu_is_the_clients(visit: Visit, cast: Cast) -> None:
    seen = visit(cast.sam).get(MENU)
    assert 'for="' + name_of("Send") in seen.html
    assert name_of("Exposure") not in seen.html
    assert name_of("Vouchers") not in seen.html


def test_clients_read_them_and_staff_do_not(
    visit: Visit, cast: Cast, app: Flask, database: Database
) -> None:
    sam = visit(cast.sam)
    sam.get(MENU)
    typed = {name_of("Send"): HOSTILE, name_of("Home"): " Start [here] 100 % "}
    seen = sam.follow(sam.post(MENU, **typed))
    assert "2 labels are changed." in seen.text
    assert "2 of your own" in sam.get("/reseller/wording").text
    assert "Nothing is changed." in sam.follow(sam.post(MENU, **typed)).text
    assert own(database) == {"Send": HOSTILE, "Home": "Start [here] 100 %"}
    with app.app_context():
        current().tenants.forget()
    alice = visit(cast.alice.owner).get("/dashboard")
    assert "<script>x" not in alice.html
    assert "&lt;script&gt;x&lt;/script&gt;" in alice.html
    assert "Start [here] 100 %" in alice.text
    assert "Start [here]" not in sam.get("/reseller/").text
    german = visit(cast.alice.owner).get("/dashboard?lang=de")
    assert "Start [here]" not in german.text
    assert "Start [here]" not in visit(cast.berta.owner).get("/dashboard?lang=en").text
    with database.session(SUNNY) as session:
        (row,) = session.scalars(select(Activity).where(Activity.what == "words.changed"))
    assert (row.details, row.person_name) == ({"description": "en", "changes": 2}, cast.sam.name)


def test_visitors_read_them_in_pages_and_refusals(
    visit: Visit, app: Flask, database: Database
) -> None:
    keep(
        app,
        database,
        **{
            "Sign in": HOSTILE,
            "Forgot password?": "100 % %d",
            "A password has at least %(least)s characters.": "<b>[least]</b> or 5 % more",
        },
    )
    page = visit().get("/login")
    assert "<script>x" not in page.html
    assert page.text.count(HOSTILE) == 2
    assert "100 % %d" in page.text
    visitor = visit()
    visitor.get("/signup")
    refused = visitor.post("/signup", password="short")
    assert "<b>8</b> or 5 % more" in refused.text
    assert "<b>8</b>" not in refused.html


def test_programs_are_answered_as_ever(visit: Visit, app: Flask, database: Database) -> None:
    keep(app, database, **{"Please sign in": "Los", "There is no such page": "Los"})
    assert "Los" not in visit().get("/api/v1/messages").html
    assert "Los" in visit().get("/no/such/page").html


def test_a_part_goes_back(visit: Visit, cast: Cast, app: Flask, database: Database) -> None:
    keep(app, database, Send="New", Home="Start", **{"Sign out": "Leave"})
    sam = visit(cast.sam)
    assert sam.get(MENU).value_of(name_of("Send")) == "New"
    seen = sam.follow(sam.post(f"{MENU}/restore"))
    assert "the words again that they came with" in seen.text
    assert own(database) == {"Sign out": "Leave"}


def test_a_request_asks_nothing_for_them(
    visit: Visit,
    cast: Cast,
    app: Flask,
    database: Database,
    counted: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    keep(app, database, Send="New")
    alice = visit(cast.alice.owner)
    alice.get("/dashboard")
    with counted() as asked:
        assert "New" in alice.get("/dashboard").text
    assert [each for each in asked if "own_words" in each] == []


def test_every_part_has_a_title() -> None:
    assert wording.TITLES.keys() == wordable.PARTS.keys()
