"""Takes the files of a theme out of a zip or a folder that somebody else has made."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final

from portal.infra.theme_manifest import MANIFEST
from portal.infra.themes import NAME

FILES_MAX: Final = 2_000
FILE_BYTES_MAX: Final = 5_000_000
BYTES_MAX: Final = 30_000_000
_FOLDERS: Final = frozenset({"templates", "static"})
_FILES: Final = frozenset({MANIFEST, "preview.png", "README.md", "LICENSE"})
_CHUNK: Final = 65_536


class UnfitArchive(Exception):
    """Something in what was given is no part of a theme, or too much; nothing was written."""


@dataclass(frozen=True)
class _Member:
    """One file of the archive, where it goes, and how it is opened."""

    path: PurePosixPath
    named: str
    open: Callable[[], IO[bytes]]


def unpack(source: Path, into: Path, *, name: str | None = None) -> Path:
    """Write the theme of a zip or a folder into a new folder below `into`, and return that.

    It is called `name`, or else as its folder in the zip, or as the zip. Only what a theme is made
    of is written; what else is there stays behind.

    Raises:
        UnfitArchive: it is no zip and no folder, or has no manifest, no fit name, a path that leads
            out of it, a symbolic link, or more files or bytes than a theme may have. What was
            written until then is in `into`, which the caller throws away.
    """
    if source.is_dir():
        return _write(_of_folder(source), into / _fit_name(name or source.resolve().name))
    try:
        with zipfile.ZipFile(source) as archive:
            members, inner = _of_zip(archive)
            return _write(members, into / _fit_name(name or inner or source.stem))
    except zipfile.BadZipFile as bad:
        raise UnfitArchive(f"{str(source)!r} is no zip that can be read: {bad}") from None
    except (OSError, RuntimeError) as failed:  # also for a way of packing that is not known
        raise UnfitArchive(f"{str(source)!r} cannot be read: {failed}") from None


def _fit_name(name: str) -> str:
    lowered = name.lower().replace("_", "-")
    if NAME.fullmatch(lowered) is None:
        raise UnfitArchive(
            f"{name!r} cannot be the name of a theme: small letters, digits and -, 32 at most;"
            " choose one with --name"
        )
    return lowered


def _of_folder(folder: Path) -> list[_Member]:
    members = []
    for where, folders, files in os.walk(folder):
        for each in sorted((*folders, *files)):
            path = Path(where, each)
            if path.is_symlink():
                raise UnfitArchive(f"{path} is a symbolic link, which a theme may not have")
        members += [
            _Member(
                PurePosixPath(path.relative_to(folder).as_posix()),
                str(path),
                lambda path=path: path.open("rb"),  # type: ignore[misc]  # bound at once
            )
            for path in (Path(where, each) for each in sorted(files))
        ]
        if len(members) > FILES_MAX:
            raise UnfitArchive(f"{folder} has more than {FILES_MAX:,} files")
    return members


def _of_zip(archive: zipfile.ZipFile) -> tuple[list[_Member], str]:
    """The files of a zip below the folder that has the manifest, and that folder's name."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > FILES_MAX:
        raise UnfitArchive(f"the zip has {len(infos):,} files, {FILES_MAX:,} at most")
    for info in archive.infolist():
        _refuse_path(info)
    manifests = [PurePosixPath(info.filename) for info in infos]
    roots = [path.parent for path in manifests if path.name == MANIFEST]
    if not roots:
        raise UnfitArchive(f"the zip has no {MANIFEST}")
    root = min(roots, key=lambda path: len(path.parts))
    members = [
        _Member(
            PurePosixPath(info.filename).relative_to(root),
            info.filename,
            lambda info=info: archive.open(info),  # type: ignore[misc]  # bound at once
        )
        for info in infos
        if PurePosixPath(info.filename).is_relative_to(root)
    ]
    return members, root.name


def _refuse_path(info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(info.filename)
    odd = "\\" in info.filename or ":" in info.filename or "\x00" in info.orig_filename
    if odd or path.is_absolute() or ".." in path.parts:
        raise UnfitArchive(f"the zip has a file {info.filename!r}, which leads out of it")
    if not info.filename.isprintable():
        raise UnfitArchive(f"the zip has a file {info.filename!r}, a name that cannot be shown")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise UnfitArchive(f"{info.filename!r} in the zip is a link or a device, and no file")
    if info.flag_bits & 1:
        raise UnfitArchive(f"{info.filename!r} in the zip is encrypted")
    if info.file_size > FILE_BYTES_MAX:
        raise UnfitArchive(
            f"{info.filename!r} in the zip has {info.file_size:,} bytes, {FILE_BYTES_MAX:,} at most"
        )


def _write(members: list[_Member], folder: Path) -> Path:
    total = 0
    seen: set[str] = set()
    for member in _wanted(members):
        key = str(member.path).casefold()
        if key in seen:
            raise UnfitArchive(f"there are two files {member.named!r}")
        seen.add(key)
        target = folder / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        # What a zip says of a size is a claim, so the bytes are counted as they come.
        with member.open() as source, target.open("xb") as copy:
            written = 0
            while chunk := source.read(_CHUNK):
                written, total = written + len(chunk), total + len(chunk)
                if written > FILE_BYTES_MAX:
                    raise UnfitArchive(f"{member.named!r} has over {FILE_BYTES_MAX:,} bytes")
                if total > BYTES_MAX:
                    raise UnfitArchive(f"the theme has over {BYTES_MAX:,} bytes in all")
                copy.write(chunk)
    if not (folder / MANIFEST).is_file():
        raise UnfitArchive(f"there is no {MANIFEST} at the top")
    return folder


def _wanted(members: list[_Member]) -> Iterator[_Member]:
    for member in members:
        parts = member.path.parts
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and (parts[0] in _FOLDERS or (len(parts) == 1 and parts[0] in _FILES)):
            yield member
