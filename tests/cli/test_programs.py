"""The programs of a running portal are told everything, and nothing that is not for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portal.cli import programs
from portal.infra import caddy, held
from portal.infra.config import Settings
from portal.infra.processes import MARKER

SETTINGS = Settings(
    secret="4f9d-a-secret-of-more-than-32-bytes-71c2",
    database_url="postgresql://portal@/portal?host=%2Fsomewhere",
    data_dir=Path("/data"),
    listen_port=8123,
    web_workers=3,
)


def test_there_is_a_web_server_and_as_many_workers_as_are_wanted() -> None:
    assert programs.web_server(SETTINGS).name == "web server"
    assert [program.name for program in programs.beside(SETTINGS)] == ["worker"]
    two = Settings(data_dir=Path("/data"), worker_count=2)
    assert [one.name for one in programs.beside(two)] == ["worker 1", "worker 2"]


def test_each_can_read_its_settings_from_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SOMETHING_ELSE", "not for them")
    monkeypatch.setenv("PORTAL_LISTEN_PORT", "1")
    monkeypatch.setenv("LANG", "C.UTF-8")
    for program in [programs.web_server(SETTINGS), *programs.beside(SETTINGS)]:
        assert Settings.from_environment(program.environment) == SETTINGS
        assert program.environment["LANG"] == "C.UTF-8"
        assert program.environment[MARKER] == "/data"


def test_only_the_web_server_waits_until_there_is_a_database() -> None:
    program = programs.web_server(SETTINGS)
    assert program.held
    assert program.command[-1] == held.FLAG
    assert not any(each.held for each in programs.beside(SETTINGS))


def test_caddy_stands_in_front_where_that_is_wanted(tmp_path: Path) -> None:
    settings = replace(SETTINGS, data_dir=tmp_path, https=True)
    _, front = programs.beside(settings)
    assert front.name == "https server"
    file = tmp_path / "caddy" / "Caddyfile"
    assert front.command[1:] == ["run", "--adapter", "caddyfile", "--config", str(file)]
    assert file.read_text() == caddy.told(settings)
    assert not [name for name in front.environment if name.startswith("PORTAL_")]
    assert front.environment["HOME"] == str(tmp_path / "caddy")
    assert front.environment[MARKER] == str(tmp_path)


def test_only_a_demonstration_has_simulated_payments_beside_it(tmp_path: Path) -> None:
    here = "http://127.0.0.1"
    settings = replace(SETTINGS, stripe_api=f"{here}:8", paypal_api=f"{here}:9", data_dir=tmp_path)
    assert [each.name for each in programs.beside(settings)] == ["worker"]
    _, simulated = programs.beside(replace(settings, demo=True))
    assert simulated.command[3:7] == ["--stripe-port", "8", "--paypal-port", "9"]
    assert simulated.command[-2:] == ["--folder", str(tmp_path)]
    assert not simulated.held
    assert not [name for name in simulated.environment if name.startswith("PORTAL_")]
