"""What a plan is made of: steps that change something, and remarks on what stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One change: what it does, in words, and the act."""

    says: str
    act: Callable[[], object] = field(compare=False, repr=False)


@dataclass(frozen=True)
class Remark:
    """Something that stays as it is, though the folder says otherwise or nothing of it."""

    says: str


def kept(what: str) -> Remark:
    """A remark on something that the folder does not have."""
    return Remark(f"{what} is there, but not in the folder: kept")
