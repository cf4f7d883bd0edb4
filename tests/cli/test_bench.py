"""`portal bench` prints its figures, and measures on a server of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.cli import bench, bench_ledger, bench_login
from portal.cli.bench_ledger import Figures
from portal.cli.main import main
from portal.infra.embedded_postgres import Server
from portal.infra.postgres_binaries import Binaries
from portal.infra.processes import CannotStart


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["quote", "--seconds", "0"], "a number of seconds above 0"),
        (["quote", "--seconds", "nan"], "a number of seconds above 0"),
        (["quote", "--seconds", "1e9"], "a number of seconds above 0"),
        (["ledger", "--seconds", "two"], "a number of seconds above 0"),
        (["ledger", "--connections", "1,0"], "numbers from 1 to 64"),
        (["ledger", "--connections", "²"], "numbers from 1 to 64"),
        (["ledger", "--connections", "1,,2"], "numbers from 1 to 64"),
        (["clients", "--clients", "0"], "a number from 1 to 10000000"),
        (["clients", "--clients", "²"], "a number from 1 to 10000000"),
        (["invoices", "--invoices", "1"], "a number from 2 to 100000"),
        (["invoices", "--invoices", "²"], "a number from 2 to 100000"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["bench", *words])
    assert refused.value.code == 2
    assert said in capsys.readouterr().err


def test_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "quote", "--seconds", "0.2"]) == 0

    heads, figures, said = capsys.readouterr().out.splitlines()
    assert heads.split("  ") == ["QUOTES/S", "MEAN µs", "MEDIAN µs", "GOAL µs"]
    assert re.fullmatch(r"[\d,]+ +\d+\.\d +\d+\.\d +< 20", figures)
    assert said == "A list of 10,000 prefixes, one quote after the other."


def test_transfers_beside_pgbench(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/never-asked-for")
    monkeypatch.setattr(bench_ledger, "_SCALE", 1)

    assert main(["bench", "ledger", "--seconds", "0.2", "--connections", "1,2"]) == 0

    heads, one, two, said = capsys.readouterr().out.splitlines()
    assert heads.startswith("CONNECTIONS  PGBENCH/S  ONE ACCOUNT/S  RATIO  100 ACCOUNTS/S  RATIO")
    for connections, row in ((1, one), (2, two)):
        assert re.fullmatch(rf"{connections} +[\d,]+ +[\d,]+ +\d+\.\d\d +[\d,]+ +\d+\.\d\d", row)
    assert said.startswith("One transfer a transaction")


def test_without_pgbench_there_is_no_ratio(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Figures(connections=1, pgbench=None, hot=1234.4, spread=2000.0)
    monkeypatch.setattr(bench.bench_ledger, "measure", lambda **_: iter([alone]))

    assert main(["bench", "ledger"]) == 0

    _, row, _, said = capsys.readouterr().out.splitlines()
    assert row.split() == ["1", "-", "1,234", "-", "2,000", "-"]
    assert said.startswith("There is no pgbench")


def test_pgbench_is_looked_for_and_may_refuse(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        bench_ledger.postgres_binaries, "choose", lambda **_: Binaries(folder=tmp_path, major=18)
    )
    without = bench_ledger._Pgbench(server)
    without.prepare()
    assert without.measure(connections=1, seconds=1) is None

    program = tmp_path / "pgbench"
    program.write_text("#!/bin/sh\necho 'no such thing' >&2\nexit 1\n")
    program.chmod(0o755)
    refusing = bench_ledger._Pgbench(server)
    with pytest.raises(CannotStart, match="pgbench refused: no such thing"):
        refusing.prepare()
    program.write_text("#!/bin/sh\necho 'done'\n")
    with pytest.raises(CannotStart, match="did not say how fast it was: done"):
        refusing.measure(connections=1, seconds=1)
    server.drop_database("pgbench")


def test_refused_sign_ins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/never-asked-for")
    monkeypatch.setattr(bench_login, "PEOPLE", 3)

    assert main(["bench", "login", "--seconds", "0.1"]) == 0

    heads, *rows, said = capsys.readouterr().out.splitlines()
    assert heads.split() == ["REFUSED", "P50", "ms", "P95", "ms"]
    reasons = ("nobody of this address", "a wrong password", "another reseller's person")
    for reason, row in zip(reasons, rows, strict=True):
        assert re.fullmatch(rf"{reason} +\d+\.\d +\d+\.\d", row)
    assert re.fullmatch(r"The medians are \d+\.\d ms apart; the goal is below 10 ms\.", said)


def test_a_list_of_clients(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "clients", "--clients", "120", "--seconds", "0.01"]) == 0

    heads, reference, *kinds, said = capsys.readouterr().out.splitlines()
    assert heads.split() == ["WHAT", "P50", "ms", "P95", "ms", "GOAL", "ms"]
    assert reference.startswith("one client by its id (reference)")
    assert len(kinds) > 10
    assert all(re.search(r" +\d+\.\d +\d+\.\d +< 150$", kind) for kind in kinds)
    assert said == "One reseller with 120 clients, under row security, one after the other."


def test_papers_of_invoices(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/never-asked-for")

    assert main(["bench", "invoices", "--invoices", "3"]) == 0

    heads, figures, said = capsys.readouterr().out.splitlines()
    assert heads.startswith("FIRST ms  P50 ms  P95 ms  GOAL ms  BEFORE MB  PEAK MB  GOAL MB")
    assert re.fullmatch(r"\d+ +\d+ +\d+ +< 200 +\d+ +\d+ +< 300", figures)
    assert said == "3 invoices with their data inside, one after the other."
