"""The folder where an installation keeps its files, and the lock that lets one process rule it."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.infra import files
from portal.infra.processes import CannotStart


class Busy(CannotStart):
    """Another process rules the data folder."""


def prepare(data_dir: Path) -> None:
    """Make the folder where it is missing.

    Others may pass through it (the embedded database runs as a user of its own), not look around.

    Raises:
        CannotStart: it cannot be made or written.
    """
    try:
        if not data_dir.is_dir():
            data_dir.mkdir(parents=True)
            data_dir.chmod(0o711)
        run_dir(data_dir).mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir), tempfile.TemporaryFile(dir=run_dir(data_dir)):
            pass
    except OSError as error:
        raise CannotStart(
            f"The data folder {data_dir} cannot be written ({error.strerror});"
            " mend its permissions, or name another one with --data or PORTAL_DATA_DIR."
        ) from None


def run_dir(data_dir: Path) -> Path:
    """Where the notes about running processes lie."""
    return data_dir / "run"


@contextmanager
def ruled(data_dir: Path) -> Iterator[None]:
    """Be the one process that starts and stops what belongs to this folder.

    The system lets go of the lock when the process ends, however it ends.

    Raises:
        Busy: another process is the one.
    """
    with (run_dir(data_dir) / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(
                f"A portal is already running with the data folder {data_dir};"
                " stop it first, or name another folder with --data."
            ) from None
        yield


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, so that nobody ever sees half of it.

    Raises:
        CannotStart: it cannot be written.
    """
    try:
        files.write_whole(path, text.encode())
    except OSError as error:
        raise CannotStart(f"{path} cannot be written ({error.strerror}).") from None


def forget(path: Path) -> None:
    """Remove a file, if it is there.

    Raises:
        CannotStart: it cannot be removed.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotStart(f"{path} cannot be replaced ({error.strerror}).") from None
