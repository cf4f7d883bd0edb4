"""What is wrong with a portal's folder: file, line and key, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portal.infra.errors import PortalError
from portal.provisioning import words

_HEADER = re.compile(r"\[\[?([^\[\]]+)\]\]?")
_KEY = re.compile(r"""((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\.(?:[A-Za-z0-9_-]+|"[^"]*"))*)\s*=""")
_OWN_WORDS = "Value error, "
_OF_KEYS = "[key]"

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong; a line of 0 is none that can be named."""

    file: str
    line: int = 0
    key: str = ""
    what: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.what}" if self.key else f"{place}: {self.what}"


class BadFolder(PortalError):
    """The folder cannot be applied; nothing of it was. The text has a line for each fault."""

    code = "bad_folder"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def of_model(
    wrong: ValidationError, *, model: type[BaseModel], file: str, source: str
) -> Iterator[Fault]:
    """The faults that a file's model has found."""
    for error in wrong.errors(include_url=False):
        path = error["loc"]
        yield Fault(
            file=file,
            line=line_of(source, path),
            key=_shown(path),
            what=_said(error, model),
        )


def line_of(source: str, path: Path) -> int:
    """Where a key stands in a TOML text, or else the table that it belongs to.

    The standard library tells no lines. Tables are counted, not parsed: a line in the middle of a
    long text that looks like a key can be taken for one.
    """
    table: Path = ()
    counts: dict[Path, int] = {}
    best, best_line = 0, 1
    wanted = tuple(each for each in path if each != _OF_KEYS)
    for number, line in enumerate(source.splitlines(), start=1):
        text = line.strip()
        if (header := _HEADER.match(text)) and not _KEY.match(text):
            table = _opened(list(_parts(header[1])), counts, another=text.startswith("[["))
            here: Path = table
        elif key := _KEY.match(text):
            here = (*table, *_parts(key[1]))
        else:
            continue
        if len(here) > best and wanted[: len(here)] == here:
            best, best_line = len(here), number
    return best_line


def _opened(names: Sequence[str], counts: dict[Path, int], *, another: bool) -> Path:
    """The place of a table: under the latest of each list that its header passes through."""
    path: Path = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, names[-1])
    if another:
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


def _parts(dotted: str) -> Iterator[str]:
    for quoted, single, bare in re.findall(r"""\s*(?:"([^"]*)"|'([^']*)'|([^.\s]+))\s*""", dotted):
        yield quoted or single or bare


def _shown(path: Path) -> str:
    """The key as a person would say it: `package 2, rates.491`."""
    said = ""
    for part in path:
        if part == _OF_KEYS:
            continue
        if isinstance(part, int):
            said += f" {part + 1}"
        else:
            said += f", {part}" if said[-1:].isdigit() else f".{part}" if said else part
    return said


def _said(error: ErrorDetails, model: type[BaseModel]) -> str:
    path, kind, given = error["loc"], error["type"], error["input"]
    holder, about = _declared(model, path)
    if kind == "extra_forbidden":
        return f"there is no such key; {words.nearest(str(path[-1]), holder)}"
    hint = f" ({about})" if about else ""
    if kind == "missing":
        return f"is missing; write it{hint}"
    if kind == "value_error":
        what = error["msg"].removeprefix(_OWN_WORDS)
        return what if not what.startswith(("is ", "may ")) else f"{given!r} {what}"
    shown = "" if isinstance(given, dict | list) else f"{given!r}: "
    return f"{shown}{error['msg'][:1].lower()}{error['msg'][1:]}{hint}"


def _declared(model: type[BaseModel], path: Path) -> tuple[list[str], str]:
    """The keys of the table that a path leads into, and what is said of its last key."""
    about = ""
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None:
            continue
        about = field.description or ""
        inner = _model_in(field.annotation)
        model = inner or model
    return sorted(model.model_fields), about


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if found := _model_in(inner):
            return found
    return None
