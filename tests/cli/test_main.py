"""The command line finds its commands, and a refusal is one sentence."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from portal.cli import main
from portal.infra.config import SettingError
from portal.infra.processes import CannotStart


def command(monkeypatch: pytest.MonkeyPatch, answer: int | BaseException) -> None:
    """Make `settings` a command that answers so."""

    def run(_: argparse.Namespace) -> int:
        if isinstance(answer, BaseException):
            raise answer
        return answer

    stand_in = SimpleNamespace(NAME="settings", HELP="do it", add_arguments=lambda _: None, run=run)
    monkeypatch.setattr(importlib, "import_module", lambda _: stand_in)


@pytest.mark.parametrize("refusal", [CannotStart("It is late."), SettingError("It is late.")])
def test_a_refusal_is_a_sentence_on_stderr(
    refusal: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command(monkeypatch, refusal)
    assert main.main(["settings"]) == 1
    assert capsys.readouterr() == ("", "portal: It is late.\n")


def test_an_unknown_command_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["fly"])
    assert ended.value.code == 2
    assert "invalid choice: 'fly'" in capsys.readouterr().err


def test_the_exit_status_is_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    command(monkeypatch, 0)
    assert main.main(["settings"]) == 0
    command(monkeypatch, 3)
    monkeypatch.setattr(sys, "argv", ["portal", "settings"])
    assert main.main() == 3
    command(monkeypatch, KeyboardInterrupt())
    assert main.main() == 130


@pytest.mark.parametrize("name", sorted(main.COMMANDS))
def test_each_command_has_what_a_command_needs(name: str) -> None:
    module = importlib.import_module(main.COMMANDS[name])
    assert name == module.NAME
    assert module.HELP
    module.add_arguments(argparse.ArgumentParser())
    assert callable(module.run)


def test_the_help_of_up_does_not_load_the_features() -> None:
    code = (
        "import sys; from portal.cli.main import main\n"
        "try: main(['up', '--help'])\n"
        "except SystemExit: print(sorted({'flask', 'sqlalchemy', 'psycopg'} & set(sys.modules)))"
    )
    began = time.monotonic()
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert time.monotonic() - began < 5  # 0.1 s on an idle machine
    assert answer.stdout.startswith("usage: portal up [-h] [--demo] [--port N] [--data DIR]")
    assert answer.stdout.endswith("[]\n")
