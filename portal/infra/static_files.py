"""Static files of themes: their addresses, which change with their bytes, and their short form."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

ASSETS: Final = "/a"


@dataclass(frozen=True)
class StaticFile:
    """One static file of one theme, and the first ten hex digits of its content's SHA-256."""

    owner: str
    path: str
    file: Path
    version: str

    @property
    def url(self) -> str:
        """Where it is served: another address as soon as its bytes change."""
        return f"{ASSETS}/{self.version}/{self.owner}/{self.path}"

    def gzipped(self) -> bytes:
        """Its content as gzip, made once; the stylesheets shrink to an eighth."""
        return _gzipped(self.file, self.version)


def static_file(owner: str, path: str, file: Path) -> StaticFile:
    """The static file that a theme has under a path, as it is on the disk at this moment."""
    return StaticFile(owner, path, file, _version(file, file.stat().st_mtime_ns))


@lru_cache(maxsize=256)
def _gzipped(file: Path, version: str) -> bytes:
    del version  # part of the key: other bytes, another entry
    return gzip.compress(file.read_bytes(), mtime=0)


@lru_cache(maxsize=4096)
def _version(file: Path, changed_at_ns: int) -> str:
    # The time of change is part of the key: with the path alone, an edited file would keep the
    # address, and so the caches, of the old one.
    del changed_at_ns
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]
