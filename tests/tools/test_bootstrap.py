"""The virtual environment is made by what is there, and not touched when it is up to date."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = [
    "setup.py",
    "setup.cfg",
    "pyproject.toml",
    "requirements.lock",
    "requirements-test.lock",
    "tools/bootstrap",
]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with what the script reads, and a Python that only notes what it was asked."""
    (tmp_path / "tools").mkdir()
    for name in READ:
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >>{tmp_path}/calls\n'
        'if [ "$2" = venv ]; then\n'
        "    mkdir -p .venv/bin && cp python .venv/bin/python\n"
        f'    echo "{tmp_path}/.venv" >.venv/bin/activate\n'
        "fi\n"
    )
    python.chmod(0o755)
    return tmp_path


def bootstrap(tree: Path, *words: str, python: str | None = None) -> tuple[int, str]:
    environment = {**os.environ, "PYTHON": python or str(tree / "python")}
    command = [str(tree / "tools/bootstrap"), *words]
    ended = subprocess.run(
        command, env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stderr


def calls(tree: Path) -> list[str]:
    """What Python was asked since the last time."""
    asked = (tree / "calls").read_text().splitlines() if (tree / "calls").exists() else []
    (tree / "calls").unlink(missing_ok=True)
    return asked


def test_without_a_python_it_says_what_it_needs(tree: Path) -> None:
    assert bootstrap(tree, python="/no/such/python") == (
        1,
        (
            "bootstrap: needs Python 3.11 or newer, and found none;"
            " PYTHON=/path/to/python3 names one\n"
        ),
    )


def test_an_unknown_purpose_is_refused(tree: Path) -> None:
    assert bootstrap(tree, "production") == (1, "bootstrap: say nothing, or 'test'\n")


def test_the_second_time_it_does_nothing(tree: Path) -> None:
    assert bootstrap(tree)[0] == 0
    (installation,) = [call for call in calls(tree) if "--require-hashes" in call]
    assert installation.endswith(
        "--only-binary :all: --no-binary dkimpy --requirement requirements.lock"
    )
    assert bootstrap(tree) == (0, "")
    assert calls(tree) == []


def test_what_is_installed_for_tests_will_do_to_run(tree: Path) -> None:
    assert bootstrap(tree, "test")[0] == 0
    assert any("--requirement requirements-test.lock" in call for call in calls(tree))
    assert bootstrap(tree) == (0, "")
    assert bootstrap(tree, "test") == (0, "")
    assert calls(tree) == []


@pytest.mark.parametrize("name", READ)
def test_what_has_changed_is_installed_again_into_the_same_environment(
    tree: Path, name: str
) -> None:
    bootstrap(tree)
    calls(tree)
    with (tree / name).open("a") as file:
        file.write("\n")
    assert bootstrap(tree)[0] == 0
    again = calls(tree)
    assert any("--require-hashes" in call for call in again)
    assert not any("venv" in call.split() for call in again)


def test_an_environment_that_was_moved_is_made_anew(tree: Path) -> None:
    bootstrap(tree)
    (tree / ".venv/bin/activate").write_text("/elsewhere/.venv\n")
    (tree / ".venv/installed-run").write_text("another fingerprint\n")
    calls(tree)
    assert bootstrap(tree)[0] == 0
    assert "-m venv .venv" in calls(tree)
