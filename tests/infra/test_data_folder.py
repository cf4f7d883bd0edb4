"""The data folder is made, refused with a sentence, and ruled by one process."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from portal.infra import data_folder
from portal.infra.processes import CannotStart


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    with pytest.raises(CannotStart) as refused:
        data_folder.prepare(folder)
    assert str(refused.value) == (
        f"The data folder {folder} cannot be written (Not a directory);"
        " mend its permissions, or name another one with --data or PORTAL_DATA_DIR."
    )


def test_a_new_folder_lets_others_pass_but_not_look(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "data"
    data_folder.prepare(folder)
    data_folder.prepare(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o711
    assert [path.name for path in folder.iterdir()] == ["run"]


def test_two_do_not_rule_one_folder(tmp_path: Path) -> None:
    data_folder.prepare(tmp_path)
    with data_folder.ruled(tmp_path):
        with pytest.raises(data_folder.Busy) as refused, data_folder.ruled(tmp_path):
            pass
        assert str(refused.value) == (
            f"A portal is already running with the data folder {tmp_path};"
            " stop it first, or name another folder with --data."
        )
    with data_folder.ruled(tmp_path):
        pass


def test_a_private_file_is_private_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text("an earlier one")
    file.chmod(0o644)
    data_folder.write_private(file, "facts")
    assert file.read_text() == "facts"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_private_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "facts.json"
    with pytest.raises(CannotStart) as refused:
        data_folder.write_private(file, "facts")
    assert str(refused.value) == f"{file} cannot be written (No such file or directory)."


def test_a_file_is_forgotten_once_and_again(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.touch()
    data_folder.forget(file)
    data_folder.forget(file)
    assert not file.exists()
    with pytest.raises(CannotStart, match="cannot be replaced"):
        data_folder.forget(tmp_path)
