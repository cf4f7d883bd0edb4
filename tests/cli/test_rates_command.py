"""`portal rates`: a list to a file and back, with a preview before anything changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.cli.main import main
from portal.infra.db import Database
from portal.pricing import packages, rate_lists
from portal.pricing.rate_lists import ListName
from portal.pricing.rating import Rate
from tests.builders.conditions import in_one_currency
from tests.builders.installation import installed
from tests.cast import LONG_AGO, SUNNY

DOLLARS = ListName(currency="USD")


@pytest.fixture
def told(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """What a command answers: its status, and what it prints."""

    def tell(*words: str) -> tuple[int, str]:
        with installed(database, monkeypatch):
            status = main(["rates", *words])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return tell


def rates(database: Database, name: ListName = DOLLARS) -> list[Rate]:
    with database.session(SUNNY) as session:
        return rate_lists.rates(session, name)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "rainy", "x.csv"), "no reseller rainy"),
        (("export", "sunny", "x.csv", "--currency", "usd"), "usd is no currency code"),
        (("export", "sunny", "x.csv", "--package", "None"), "There is no package 'None'."),
        (("export", "sunny", "no/such/x.csv"), "No such file or directory."),
        (("import", "sunny", "no/such/x.csv"), "No such file or directory."),
    ],
)
def test_a_list_that_is_not_there_is_named(told, monkeypatch, tmp_path, words, said):
    monkeypatch.chdir(tmp_path)
    status, printed = told(*words)
    assert (status, said in printed) == (1, True), printed


def test_a_file_that_is_no_sheet_is_refused(told, tmp_path: Path):
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe")
    status, printed = told("import", "sunny", str(tmp_path / "x.csv"))
    assert (status, "cannot be read: not_utf8" in printed) == (1, True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("more", [(), ("--decimal-comma",)])
def test_what_is_exported_changes_nothing_when_it_is_imported(
    told, database, tmp_path: Path, ending, more
):
    file = str(tmp_path / f"x.{ending}")
    before = rates(database)
    assert told("export", "sunny", file, *more)[0] == 0
    status, printed = told("import", "sunny", file, "--apply", *more)
    assert (status, "0 rates are imported." in printed) == (0, True), printed
    assert rates(database) == before


def test_an_import_is_looked_at_first(told, database, tmp_path: Path):
    with database.session(SUNNY) as session, session.begin():
        packages.create(session, name="Flat", conditions=in_one_currency("USD", flat_fee=65_000))
    file = tmp_path / "x.csv"
    file.write_text("prefix,price,valid_from\n49,0.0651,2099-01-01\n48500,,2099-01-01\n")
    before = rates(database)
    status, printed = told("import", "sunny", str(file))
    assert status == 0
    assert printed.splitlines() == [
        "change  prefix  from        old   new",
        "ended   +48500  2099-01-01  0.02  -",
        "raised  +49     2099-01-01  0.06  0.0651",
        "0 added, 1 raised, 0 lowered, 1 ended, 0 unchanged",
        "'Flat' would sell below cost: +49",
    ]
    assert rates(database) == before
    assert "2 rates are imported." in told("import", "sunny", str(file), "--apply")[1]
    assert len(rates(database)) == len(before) + 2


def test_faulty_rows_stop_it_unless_they_are_left_out(told, database, tmp_path: Path):
    file = tmp_path / "x.csv"
    file.write_text("prefix,price,valid_from\n7,1,2020-01-01\n0,1,\n")
    status, printed = told("import", "sunny", str(file), "--apply")
    assert status == 1
    assert "3     prefix  “0” is no prefix" in printed
    assert "Nothing was imported" in printed
    assert told("import", "sunny", str(file), "--apply", "--good-rows")[0] == 0
    assert Rate("7", 1_000_000, LONG_AGO) in rates(database)


def test_own_rates_of_a_package(told, database, tmp_path: Path):
    file = tmp_path / "x.csv"
    lines = "".join(f"{prefix},1\n" for prefix in range(2000, 2040))
    file.write_text(f"prefix,price\n{lines}")
    status, printed = told("import", "sunny", str(file), "--package", "Starter", "--apply")
    assert (status, "and 10 more" in printed) == (0, True)
    with database.session(SUNNY) as session:
        package_id = packages.listed(session)[0].id
    own = rates(database, ListName(currency="USD", package_id=package_id))
    assert len(own) == 41
