"""The shipped folders are found in a checkout and in a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from portal.infra import files

ROOT = Path(__file__).parents[2]
SHIPPED = ["examples", "migrations", "themes", "translations"]


def test_what_is_not_shipped_is_not_found() -> None:
    with pytest.raises(FileNotFoundError, match="recipes is not shipped"):
        files.shipped("recipes")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_checkout_has_them_beside_the_code(name: str) -> None:
    assert files.shipped(name) == ROOT / name


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of a wheel, built from a copy: a build leaves things in its tree."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    for name in ("portal", *SHIPPED):
        shutil.copytree(ROOT / name, tree / name)
        (tree / name / "__pycache__").mkdir(exist_ok=True)
        (tree / name / "__pycache__" / "left.pyc").touch()
    (tree / "README.md").write_text("A portal.\n")
    (tree / "translations" / "messages.pot").touch()
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(tree / "wheels"), str(tree)]
    subprocess.run(command, check=True)
    (wheel,) = (tree / "wheels").glob("*.whl")
    place = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    return place


@pytest.mark.parametrize("name", SHIPPED)
def test_a_wheel_has_the_same_files(installed: Path, name: str) -> None:
    question = f"from portal.infra import files; print(files.shipped({name!r}))"
    answer = subprocess.run(
        [sys.executable, "-c", question], cwd=installed, check=True, capture_output=True, text=True
    )
    found = Path(answer.stdout.strip())
    assert found == installed / "portal_shipped" / name
    assert _names(found) - {"messages.pot"} == _names(ROOT / name) - {"messages.pot"}


def test_a_wheel_prefers_its_own_to_a_strangers_package(installed: Path) -> None:
    (installed / "themes").mkdir()
    question = "from portal.infra import files; print(files.shipped('themes'))"
    answer = subprocess.run(
        [sys.executable, "-c", question], cwd=installed, check=True, capture_output=True, text=True
    )
    assert Path(answer.stdout.strip()) == installed / "portal_shipped" / "themes"


def _names(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in found if "__pycache__" not in path.parts}
