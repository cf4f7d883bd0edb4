"""Finds the folders that are shipped beside the code."""

from __future__ import annotations

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
