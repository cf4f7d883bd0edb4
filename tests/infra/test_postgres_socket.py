"""The socket's folder is closed, and its path is one that a socket can have."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from portal.infra import postgres_socket
from portal.infra.postgres_binaries import Account
from portal.infra.processes import CannotStart
from tests.builders.open_folder import open_folder

EVERYBODYS = Path("/tmp")  # noqa: S108 - nothing is put there
OURSELVES = Account(name="", uid=os.geteuid(), gid=os.getegid())


def test_a_folder_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "socket").mkdir()
    (tmp_path / "socket").chmod(0o755)
    with pytest.raises(CannotStart) as refused:
        postgres_socket.make_folder(tmp_path, owner=OURSELVES)
    assert str(refused.value) == (
        f"{tmp_path}/socket is not a private folder of the portal; remove it."
    )


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(CannotStart, match="is not a private folder"):
        postgres_socket.make_folder(tmp_path, owner=OURSELVES)


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "socket").mkdir(mode=0o700)
    other = Account(name="other", uid=os.geteuid() + 1, gid=os.getegid())
    with pytest.raises(CannotStart, match="is not a private folder"):
        postgres_socket.make_folder(tmp_path, owner=other)


def test_it_is_in_the_servers_own_folder_and_closed() -> None:
    with open_folder() as folder:
        made = postgres_socket.make_folder(folder, owner=OURSELVES)
        assert made == folder / "socket"
        assert stat.S_IMODE(made.stat().st_mode) == 0o700
        assert postgres_socket.make_folder(folder, owner=OURSELVES) == made


@pytest.mark.parametrize("name", ["x" * 80, "a,b", "it's", "a b"])
def test_a_path_that_will_not_do_has_a_short_one_instead(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    made = postgres_socket.make_folder(folder, owner=OURSELVES)
    assert len(os.fsencode(postgres_socket.socket_in(made))) < 104
    assert made.name.startswith("portal-")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert postgres_socket.make_folder(folder, owner=OURSELVES) == made
    made.rmdir()


def test_a_user_has_a_place_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    with open_folder() as own:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(own))
        assert postgres_socket._short_place() == own
    assert postgres_socket._short_place() == EVERYBODYS
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("x" * 100)))
    assert postgres_socket._short_place() == EVERYBODYS
