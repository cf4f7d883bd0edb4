"""Files that mails have with them: named in the outbox, and read when a mail goes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from portal.infra.db import ResellerSession
from portal.infra.mime import Attachment
from portal.notifications.models import Mail

BYTES_MAX: Final = 5 * 1024 * 1024
"""How much a mail has with it at most: many servers take no more than 10 MB, written in base64."""
_PDF: Final = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A PDF that is kept elsewhere: of which kind, which one of it, and what readers see."""

    kind: str
    key: str
    name: str


Reader = Callable[[ResellerSession, str], bytes | None]
"""Reads the PDF of a key; None while there is none."""


def named(papers: Iterable[Paper]) -> list[dict[str, str]]:
    """Papers as the outbox keeps them."""
    return [asdict(each) for each in papers]


def names(mail: Mail) -> list[str]:
    """What the files are called that a mail has with it."""
    return [each["name"] for each in mail.papers]


def read(
    session: ResellerSession, mail: Mail, readers: Mapping[str, Reader]
) -> tuple[Attachment, ...]:
    """The files as they go out now: those that are there, as far as they find room.

    The mail says where to find them, so that it is of use without.
    """
    found, room = [], BYTES_MAX
    for each in mail.papers:
        content = readers[each["kind"]](session, each["key"])
        if content is not None and len(content) <= room:
            room -= len(content)
            found.append(Attachment(name=each["name"], media_type=_PDF, content=content))
    return tuple(found)
