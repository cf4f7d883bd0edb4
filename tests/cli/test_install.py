"""`portal install` in an empty database."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal.accounts import staff
from portal.accounts.roles import Audience
from portal.cli.main import main
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server
from portal.tenancy import hostnames, resellers

SECRET = "an installation's secret of the tests, long enough"
PASSWORD = "quite a long way home"
ANSWERS = {
    "--console-host": "console.example.com",
    "--operator-email": "op@example.com",
    "--name": "Acme SMS",
    "--slug": "acme",
    "--host": "SMS.Acme.example.",
    "--currency": "eur",
    "--language": "de",
    "--country": "de",
    "--time-zone": "Europe/Berlin",
    "--staff-email": "boss@acme.example",
}
_numbers = itertools.count(1)


@pytest.fixture
def empty(
    server: Server, migrated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a database with nothing in its tables, which the command is told of."""
    name = f"install_{next(_numbers)}"
    url = server.create_database(name, template=migrated)
    monkeypatch.setenv("PORTAL_SECRET", SECRET)
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORTAL_INSTALL_OPERATOR_PASSWORD", PASSWORD)
    monkeypatch.setenv("PORTAL_INSTALL_STAFF_PASSWORD", PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    yield url
    server.drop_database(name)


def install(**changed: str | None) -> int:
    """Run the command with these answers in place of the usual ones; None leaves one away."""
    named = {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    told = ANSWERS | named
    return main(
        [
            "install",
            *(word for o, value in told.items() if value is not None for word in (o, value)),
        ]
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"console_host": None}, "set PORTAL_INSTALL_CONSOLE_HOST"),
        ({"console_host": "127.0.0.1"}, "--console-host is no host name"),
        ({"operator_email": "a@x, b@y"}, "--operator-email is not one e-mail address"),
        ({"slug": "Acme!"}, "--slug may have small letters"),
        ({"currency": "XXX"}, "--currency is no currency code"),
        ({"language": "tlh"}, "--language is no language code"),
        ({"country": "ZZ"}, "--country is no country code"),
        ({"time_zone": "Mars/Olympus"}, "--time-zone is no time zone"),
        ({"name": " "}, "--name may not be empty"),
    ],
)
def test_a_wrong_answer_is_one_sentence(
    empty: str, capsys: pytest.CaptureFixture[str], changed: dict[str, str | None], said: str
) -> None:
    assert install(**changed) == 1
    heard = capsys.readouterr().err
    assert said in heard
    assert heard.count("\n") == 1
    assert none_installed(empty)


def test_a_weak_password_is_refused(
    empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_INSTALL_STAFF_PASSWORD", "password1")
    assert install() == 1
    assert "--staff-password is too weak" in capsys.readouterr().err
    assert none_installed(empty)


def test_one_name_for_both_keeps_neither(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert install(host="console.example.com") == 1
    assert "cannot both be console.example.com" in capsys.readouterr().err
    assert install(slug="console") == 1
    assert "The short name console is the console's" in capsys.readouterr().err
    assert none_installed(empty)


def test_console_and_first_reseller_are_there_and_only_once(
    empty: str, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.drop_database(name_of(empty))
    server.create_database(name_of(empty))  # without tables: the command makes them
    assert install() == 0
    assert "https://sms.acme.example" in capsys.readouterr().out
    assert install() == 1
    assert "There is an installation in this database already." in capsys.readouterr().err

    database = Database(empty)
    database.open()
    try:
        with database.session(resellers.OPERATOR_ID) as session:
            operator = staff.actor_of(session, email="op@example.com")
            assert operator.audience is Audience.OPERATOR
            assert hostnames.primary_of(session) == "console.example.com"
        with database.session(1) as session:
            made = resellers.own(session)
            assert (made.slug, made.name, made.currency) == ("acme", "Acme SMS", "EUR")
            assert (made.language, made.country) == ("de", "DE")
            assert made.time_zone == "Europe/Berlin"
            assert hostnames.primary_of(session) == "sms.acme.example"
            boss = staff.actor_of(session, email="boss@acme.example")
            assert boss.audience is Audience.RESELLER
    finally:
        database.close()


def name_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def none_installed(url: str) -> bool:
    database = Database(url)
    database.open()
    try:
        with database.across_resellers() as session:
            return not resellers.any_exist(session)
    finally:
        database.close()
