"""Finds a closed place for the socket of a PostgreSQL server, with a path not too long."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import Final

from portal.infra.postgres_binaries import Account
from portal.infra.processes import CannotStart

PORT: Final = 5432  # only a part of the socket's name: the server doesn't listen to the network
# A socket's path has to fit into 104 bytes with its final zero on macOS, into 108 on Linux.
_PATH_BYTES_MAX: Final = 103


def make_folder(server_folder: Path, *, owner: Account) -> Path:
    """The folder for the socket of the server that lives in `server_folder`.

    It is inside, or under a short path that is always the same for this server.

    Raises:
        CannotStart: somebody else has made a folder of that name.
    """
    folder = server_folder / "socket"
    # PostgreSQL and its clients read a comma or a quote in the path as a list.
    if not re.fullmatch(r"[\w./+-]+", str(folder)) or not _fits(folder):
        folder = _short_place() / f"portal-{_digest(server_folder)}"
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.uid, owner.gid)
    except FileExistsError:
        pass  # looked at below: where the place is open to all, anybody may have made it
    found = folder.lstat()
    private = stat.S_IFDIR | 0o700
    if found.st_mode != private or found.st_uid != owner.uid:
        raise CannotStart(f"{folder} is not a private folder of the portal; remove it.")
    return folder


def socket_in(folder: Path) -> Path:
    """The server's socket."""
    return folder / f".s.PGSQL.{PORT}"


def lock_in(folder: Path) -> Path:
    """The file that tells which process made the socket."""
    return folder / f".s.PGSQL.{PORT}.lock"


def _fits(folder: Path) -> bool:
    return len(os.fsencode(socket_in(folder))) <= _PATH_BYTES_MAX


def _short_place() -> Path:
    """The user's own place for such things, or everybody's."""
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    if own and os.geteuid() != 0 and Path(own).is_dir() and _fits(Path(own) / ("x" * 23)):
        return Path(own)
    return Path("/tmp")  # noqa: S108 - made private and checked; TMPDIR may be long again


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
