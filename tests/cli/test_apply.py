"""`portal new` and `portal apply`."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.cli.main import main
from portal.infra.db import Database
from portal.tenancy import resellers
from tests.builders import portal_folder, rows
from tests.builders.installation import installed

SAID_OF_WINDY = [
    "  + make the portal Windy SMS (windy) in USD, number 2003",
    "  + answer to windy.localhost, the name in its links",
    "  + answer to sms.windy.test",
    "  + draw it in #0b4f8a with the theme 'default'",
    "  + keep this look as a version",
    (
        "  + set countries none to *, daily limit 200 to none, low balance threshold 10000000 to"
        " 5000000"
    ),
    "  + write 3 wholesale rates",
    "  + sell the package 'Breeze'",
    "  + invite Wendy@windy.test (owner) by mail to choose a password",
]
Out = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return portal_folder.write(tmp_path / "windy")


def test_a_bad_folder_changes_nothing(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (folder / "rates.csv").write_text("prefix,price\n0,1\n")
    with installed(database, monkeypatch):
        before = rows.versions(database)
        assert main(["apply", str(folder)]) == 1
        assert rows.versions(database) == before
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"portal: The folder {folder} cannot be applied:",
        (
            "rates.csv:2: prefix: “0” is no prefix: write digits with the country code first,"
            " such as 49 or 1876."
        ),
    ]


def test_a_weak_password_changes_nothing(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    with installed(database, monkeypatch):
        monkeypatch.setenv("PORTAL_INSTALL_STAFF_PASSWORD", "password")
        assert main(["apply", str(folder)]) == 1
    assert capsys.readouterr().err == (
        "portal: --staff-password is too weak (common); take 12 characters or more.\n"
    )


def test_an_empty_database_is_no_installation(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    monkeypatch.setattr(resellers, "any_exist", lambda _: False)
    with installed(database, monkeypatch):
        assert main(["apply", str(folder)]) == 1
    assert "portal: The database is empty: run `portal install`" in capsys.readouterr().err


def test_the_plan_alone_writes_nothing(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    with installed(database, monkeypatch):
        before = rows.versions(database)
        assert main(["apply", "--plan", str(folder)]) == 0
        assert rows.versions(database) == before
    assert capsys.readouterr().out.splitlines() == SAID_OF_WINDY


def test_applied_twice_it_says_so(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    with installed(database, monkeypatch):
        assert main(["apply", str(folder)]) == 0
        assert capsys.readouterr().out.splitlines() == [
            *SAID_OF_WINDY,
            "Applied. The portal is https://windy.localhost/",
            "Before its clients can send, pay into its cover on the console.",
        ]
        before = rows.versions(database)
        assert main(["apply", str(folder)]) == 0
        assert rows.versions(database) == before
    assert capsys.readouterr().out == (
        "Nothing to change. The portal is https://windy.localhost/\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "What the portal is called is not told: set --name."),
        (["--name", "Ж"], "Its short name is not told: set --slug."),
        (["--name", "x", "--country", "XX"], "--country is no country code such as DE."),
        (["--name", "x", "--logo", "/no/such"], "--logo is '/no/such', but there is no such file."),
        (["--name", "x", "--colour", "red"], "--colour is no colour such as #206bc4."),
    ],
)
def test_new_says_what_will_not_do(
    words: list[str], said: str, tmp_path: Path, capsys: Out
) -> None:
    assert main(["new", str(tmp_path / "x"), *words]) == 1
    assert capsys.readouterr().err == f"portal: {said}\n"
    assert not (tmp_path / "x").exists()


def test_new_and_apply_make_a_portal(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out
) -> None:
    (tmp_path / "logo.png").write_bytes(portal_folder.logo())
    monkeypatch.chdir(tmp_path)
    assert main(["new", "--name", "Café & Söhne", "--country", "de", "--logo", "logo.png"]) == 0
    assert capsys.readouterr().out == (
        "Written to cafe-sohne. Look at cafe-sohne/portal.toml, then: portal apply cafe-sohne\n"
    )
    assert main(["new", "--name", "Café & Söhne"]) == 1
    assert "There is something in cafe-sohne already" in capsys.readouterr().err
    with installed(database, monkeypatch):
        assert main(["apply", "cafe-sohne"]) == 0
    assert "Applied. The portal is https://cafe-sohne.localhost/" in capsys.readouterr().out
