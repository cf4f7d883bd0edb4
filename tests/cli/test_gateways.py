"""`portal gateways`: what is told, added and switched, and what is refused in a sentence."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from portal.cli.main import main
from portal.gateways import configured
from portal.infra.db import Database
from portal.infra.vault import Vault
from tests.builders.installation import SECRET, installed
from tests.cast import SUNNY

KANNEL = ["gateways", "add", "kannel", "Main", "--url", "http://127.0.0.1:13013/cgi-bin/sendsms"]
Run = Callable[..., int]


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `portal` with these words, and with this on its standard input."""

    def once(*words: str, typed: str = "") -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        with installed(database, monkeypatch):
            return main(list(words))

    return once


KANNEL_AT = ["--url", "http://h/", "--user", "u"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "kannel", "Main", "--url", "nonsense", "--user", "u"], "url: "),
        (["add", "kannel", "Sandbox", *KANNEL_AT], "there is a gateway called 'Sandbox' already"),
        (["add", "kannel", "Main", *KANNEL_AT, "--reseller", "nobody"], "no reseller nobody"),
        (["enable", "Nothing"], "no gateway Nothing"),
        (["disable", "Nothing"], "no gateway Nothing"),
    ],
)
def test_refused_in_a_sentence(
    run: Run, database: Database, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert run("gateways", *words, typed="s3cret\n") == 1

    said = capsys.readouterr().err
    assert said.startswith(f"portal: {why}")
    assert said.count("\n") == 1
    assert "s3cret" not in said
    with database.across_resellers() as session:
        assert [gateway.name for gateway in configured.listed(session)] == ["Sandbox"]


def test_a_secret_that_was_not_typed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("gateways", "add", "kannel", "Main", *KANNEL_AT, typed="\n") == 1
    assert capsys.readouterr().err.startswith("portal: password: ")


def test_an_option_that_is_missing(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(*KANNEL)
    assert "--user" in capsys.readouterr().err


def test_a_secret_is_no_option(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(*KANNEL, "--user", "u", "--password", "s3cret")


def test_adding_listing_and_switching(
    run: Run, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    added = run(
        *KANNEL, "--user", "sms", "--smsc", "one", "--answer-seconds", "12.5", "--priority", "7",
        "--sender", "+12025550199", "--reseller", "sunny", typed="s3cret\n",
    )  # fmt: skip
    assert added == 0
    assert run("gateways", "disable", "Main") == 0
    capsys.readouterr()

    assert run("gateways", "list") == 0

    assert capsys.readouterr().out.splitlines() == [
        "name     kind     state     priority  route  reseller  sender",
        "Main     kannel   disabled  7         all    sunny     +12025550199",
        "Sandbox  sandbox  enabled   100       all    all       +12025550100",
    ]
    with database.across_resellers() as session:
        gateway = configured.by_name(session, "Main")
        assert gateway.reseller_id == SUNNY
        assert "s3cret" not in str(gateway.settings)
        assert configured.settings_of(gateway, vault=Vault(SECRET)) == {
            "url": "http://127.0.0.1:13013/cgi-bin/sendsms",
            "user": "sms",
            "password": "s3cret",
            "smsc": "one",
            "answer_seconds": 12.5,
        }
    assert run("gateways", "enable", "Main") == 0
