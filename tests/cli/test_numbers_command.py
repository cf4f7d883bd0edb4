"""`portal numbers`: what is told, added and taken out, and what is refused in a sentence."""

from __future__ import annotations

import pytest

from portal.cli.main import main
from portal.infra.db import Database
from tests.builders.inbound import NUMBER, give
from tests.builders.installation import installed
from tests.cast import SUNNY, Cast

SUNNYS = ["--reseller", "sunny"]


@pytest.fixture
def run(database: Database, monkeypatch: pytest.MonkeyPatch):
    """Run `portal numbers` with these words."""

    def once(*words: str) -> int:
        with installed(database, monkeypatch):
            return main(["numbers", *words])

    return once


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "0151", *SUNNYS], "'0151' is no number with its country code"),
        (["add", NUMBER, "--reseller", "nobody"], "no reseller nobody"),
        (["add", NUMBER, *SUNNYS, "--gateway", "Nothing"], "no gateway Nothing"),
        (["add", NUMBER, *SUNNYS, "--monthly-fee", "1,5"], "'1,5' is not an amount"),
        (["add", NUMBER, *SUNNYS, "--fee-per-message=-1"], "'-1' is not an amount"),
        (["remove", NUMBER, *SUNNYS], "no inbound number 12025550181"),
    ],
)
def test_refused_in_a_sentence(run, capsys, words, why):
    assert run(*words) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"portal: {why}")
    assert said.count("\n") == 1


def test_adding_listing_and_removing(run, database, cast: Cast, capsys):
    added = run(
        "add", "+1 202 555 0181", *SUNNYS, "--setup-fee", "5", "--monthly-fee", "2",
        "--fee-per-message", "0.005", "--gateway", "Sandbox",
    )  # fmt: skip
    assert added == 0
    assert capsys.readouterr().out == "+12025550181 (US) is in the stock of sunny.\n"
    with database.session(SUNNY) as session, session.begin():
        give(session, cast.alice, number="+12025550182")
    assert run("list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "number        country  reseller  state      set-up  monthly  message  currency",
        "+12025550181  US       sunny     in stock   5.00    2.00     0.005    USD",
        "+12025550182  US       sunny     connected  0.00    0.00     -        USD",
    ]
    assert run("remove", "+12025550182", *SUNNYS) == 1
    assert run("remove", NUMBER, *SUNNYS) == 0
    capsys.readouterr()
    run("list")
    assert NUMBER not in capsys.readouterr().out
