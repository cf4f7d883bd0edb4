"""Why a file is no picture that a portal shows."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from portal.infra.errors import PortalError

BYTES_MAX: Final = 1024 * 1024
PIXELS_MAX: Final = 4_000_000
SIDE_MAX: Final = 4_000


class Flaw(StrEnum):
    """What is wrong with it, as the folder of a portal says it; pages have words of their own."""

    TOO_MANY_BYTES = f"it is larger than 1 MB; a picture may have {BYTES_MAX:,} bytes"
    TOO_MANY_PIXELS = (
        f"it has too many pixels; a picture may have {SIDE_MAX} a side"
        f" and {PIXELS_MAX // 1_000_000} million in all"
    )
    NO_PICTURE = "it is no PNG, JPEG, WebP, GIF or SVG file"
    BROKEN = "it cannot be read, since it is damaged"
    NOTHING_SEEN = "there is nothing to be seen in it"
    LETTERS = "there are letters in the SVG; save it with its text as outlines, or as PNG"
    NOT_DRAWN = "the SVG cannot be drawn; export it as PNG, 800 pixels wide or so"


class InvalidPicture(PortalError):
    """This is no picture that a portal shows; the text says why and what would do."""

    code = "invalid_picture"

    def __init__(self, flaw: Flaw, detail: str = "") -> None:
        super().__init__(f"{flaw} ({detail})" if detail else str(flaw))
        self.flaw = flaw
