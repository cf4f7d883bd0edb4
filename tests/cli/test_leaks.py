"""`portal leaks`: nothing is found on a clean portal, and what was planted is."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.session_models import SignedIn
from portal.app import create_app
from portal.cli.main import main
from portal.gateways.models import Gateway
from portal.http import leak_walk, leaks
from portal.infra import clock, translation
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.errors import NotFound
from portal.notifications import catalogue, wording
from portal.notifications.catalogue import Audience
from portal.notifications.models import Mail
from portal.tenancy import branding, hostnames, resellers
from tests.builders.installation import SECRET, installed
from tests.cast import HARBOUR, SUNNY

SETTINGS = Settings(secret=SECRET, public_scheme="https", mail="folder:/nonexistent")


@pytest.fixture
def named(database: Database) -> Database:
    """The operator and Harbour have names that are no words of everybody's."""
    for reseller_id, word in ((resellers.OPERATOR_ID, "Kestrel"), (HARBOUR, "Zanzibar")):
        with database.session(reseller_id) as session, session.begin():
            own = resellers.own(session)
            own.name, own.email = f"{word} Wholesale", f"office@{word.lower()}.example"
            branding.own(session).title = f"{word} Messages"
            hostnames.add(session, f"sms.{word.lower()}.example", primary=True)
    with database.across_resellers() as session, session.begin():
        session.scalars(select(Gateway)).one().name = "Kestrel route one"
    return database


@pytest.fixture
def app(named: Database) -> Flask:
    return create_app(SETTINGS, database=named)


def look(app: Flask, database: Database, **settings: str) -> leaks.Report:
    return leaks.look(
        app,
        database=database,
        settings=Settings(**{**vars(SETTINGS), **settings}),
        reseller_id=SUNNY,
    )


def plant_everywhere(database: Database) -> None:
    with database.session(SUNNY) as session, session.begin():
        branding.own(session).title = "Sunny by Zanzibar, Wholesale"
        wording.save(
            session,
            "activated",
            language="de",
            subject="Willkommen",
            body="Bei Fragen: OFFICE@kestrel.example [url]",
        )


# The others count what it runs; counted as well, it takes half as long again.
@pytest.mark.no_cover
def test_what_is_planted_is_found_and_a_clean_portal_has_nothing(
    app: Flask, named: Database
) -> None:
    with named.session(SUNNY) as session:
        mails_before = session.scalar(select(func.count()).select_from(Mail))
    clean = look(app, named)
    assert (clean.leaks, clean.failed) == ((), ())
    assert {"a visitor", "owner (active)", "staff owner"} <= set(clean.visitors)
    assert clean.pages > 60
    assert clean.files > 8
    written = [n for n in catalogue.NOTICES.values() if n.audience is not Audience.OPERATOR]
    assert clean.mails == len(written) * len(translation.languages())
    assert clean.words > 8

    plant_everywhere(named)
    found = look(app, named)
    assert {(leak.what, leak.text) for leak in found.leaks} == {
        ("the name of the reseller 'Zanzibar Wholesale'", "Zanzibar Wholesale"),
        ("the address of the operator", "office@kestrel.example"),
    }
    assert {leak.who for leak in found.leaks} == {*clean.visitors, "a mail"}
    (mail,) = {leak for leak in found.leaks if leak.text == "office@kestrel.example"}
    assert mail.where == "activated (de)"
    assert "Bei Fragen: OFFICE@kestrel.example" in mail.around
    login = next(leak for leak in found.leaks if (leak.where, leak.who) == ("/login", "a visitor"))
    assert "Sunny by Zanzibar, Wholesale" in login.around

    with named.session(SUNNY) as session:
        assert session.scalar(select(func.count()).select_from(SignedIn)) == 0
        assert session.scalar(select(func.count()).select_from(Mail)) == mails_before


def test_the_zone_and_the_sender_of_mail_are_words_of_the_operator(
    app: Flask, named: Database
) -> None:
    with named.session(SUNNY) as session, session.begin():
        hostnames.add(session, "sunny.portals.example", primary=False)
        branding.own(session).title = "See sunny.portals.example"
    found = look(app, named, zone="portals.example", mail_from="bounces@kestrel.example")
    traced = {(leak.what, leak.who) for leak in found.leaks}
    assert ("the name of the installation's zone", "a visitor") in traced
    assert ("the sender address of the installation's mail", "a mail") in traced
    assert {leak.what for leak in found.leaks if leak.who != "a mail"} == {
        "the name of the installation's zone"
    }


def test_a_page_that_fails_is_said_to_be_not_looked_at(
    app: Flask, named: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = app.view_functions["reseller.activity"]

    def fail() -> str:
        raise RuntimeError("away")

    vars(fail).update({k: v for k, v in vars(view).items() if k != "__wrapped__"})
    monkeypatch.setitem(app.view_functions, "reseller.activity", fail)
    assert "/reseller/activity" in look(app, named).failed


def test_a_portal_without_a_name_of_its_own_cannot_be_looked_at(
    app: Flask, named: Database
) -> None:
    with pytest.raises(NotFound):
        leaks.look(app, database=named, settings=SETTINGS, reseller_id=77)


def test_the_command_says_what_it_found(
    named: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plant_everywhere(named)
    with installed(named, monkeypatch):
        monkeypatch.setattr(leak_walk, "PAGES_MAX", 12)
        assert main(["leaks", "sunny"]) == 1
        printed = capsys.readouterr().out
        assert re.match(r"sunny: \d+ traces \(\d+ pages as \d+ visitors, \d+ files", printed)
        assert "the address of the operator" in printed
        assert main(["leaks", "harbour"]) == 0
        assert "harbour: no trace of anybody else (" in capsys.readouterr().out
        assert main(["leaks", "nobody"]) == 1
        assert "There is no reseller 'nobody'" in capsys.readouterr().err


def test_the_command_names_pages_that_fail(
    named: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = leaks.Report(
        host="sunny.localhost", words=1, pages=2, files=3, mails=4, visitors=("a visitor",),
        leaks=(), failed=("/reseller/activity",),
    )  # fmt: skip
    monkeypatch.setattr(leaks, "look", lambda *_, **__: report)
    with installed(named, monkeypatch):
        assert main(["leaks", "sunny"]) == 1
        assert "not looked at, since they fail: /reseller/activity" in capsys.readouterr().out
        monkeypatch.setattr(leaks, "look", _nowhere)
        assert main(["leaks", "sunny"]) == 1
        assert "portal: sunny: " in capsys.readouterr().err


def _nowhere(*_: object, **__: object) -> leaks.Report:
    raise NotFound("hostname", clock.now())
