"""Finds the folders that are shipped beside the code, and writes files that are whole."""

from __future__ import annotations

import os
from pathlib import Path

_ABOVE_PORTAL = Path(__file__).resolve().parents[2]


def shipped(name: str) -> Path:
    """One of the folders that `setup.py` names: in a checkout, or as a wheel laid it.

    Raises:
        FileNotFoundError: nothing of that name is shipped.
    """
    # An installed wheel has its own folder first: a stranger's package may well be called "themes".
    for place in (_ABOVE_PORTAL / "portal_shipped" / name, _ABOVE_PORTAL / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"{name} is not shipped with the portal")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only this user may read, so that nobody ever sees half of it.

    Raises:
        OSError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
