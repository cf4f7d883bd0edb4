"""An SVG as a picture of pixels: what could run, read or unfold in it never gets to a browser.

Whoever draws an SVG can be made to read files of this machine, and to ask for more memory and time
than there is. So what leads out of the file is taken out before, and a process of its own draws it,
which may fail as it likes.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring, tostring

from portal.tenancy.picture_flaws import Flaw, InvalidPicture

# The standard library's; its parser is no safe one, so that nothing of it is named here.
_Element = Any

SIDE_PIXELS: Final = 1_000
SECONDS_MAX: Final = 6
_NAMESPACE: Final = "{http://www.w3.org/2000/svg}"
_LEADS_OUT: Final = frozenset({"image", "feImage", "script", "foreignObject"})
_WRITING: Final = frozenset({"text", "tspan", "textPath"})
# The line that older drawing programs begin with; one that declares entities stays, and is refused.
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^>\[]*>", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(?:px)?\s*")


def as_png(given: bytes) -> bytes:
    """The picture as PNG, its longer side `SIDE_PIXELS`.

    Raises:
        InvalidPicture: it is no SVG, has letters that are not outlines, or is too much to draw.
    """
    root = _parsed(given)
    side = "width" if _width_to_height(root) >= 1 else "height"
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "portal.tenancy.svg_painter", side, str(SIDE_PIXELS)],
            input=bytes(tostring(root)),
            capture_output=True,
            timeout=SECONDS_MAX,
            env={},
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        raise InvalidPicture(Flaw.NOT_DRAWN) from None
    return done.stdout


def _parsed(given: bytes) -> Any:
    try:
        root = fromstring(_DOCTYPE.sub(b"", given, count=1), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise InvalidPicture(Flaw.NOT_DRAWN) from None
    if root.tag.removeprefix(_NAMESPACE) != "svg":
        raise InvalidPicture(Flaw.NOT_DRAWN)
    for element in root.iter():
        if str(element.tag).removeprefix(_NAMESPACE) in _WRITING:
            raise InvalidPicture(Flaw.LETTERS)
        for child in list(element):
            if str(child.tag).rpartition("}")[2] in _LEADS_OUT:
                element.remove(child)
        for name, value in list(element.attrib.items()):
            if name.rpartition("}")[2] == "href" and not value.startswith("#"):
                del element.attrib[name]
    return root


def _width_to_height(root: Any) -> float:
    box = root.get("viewBox", "").replace(",", " ").split()
    sides = box[2:] if len(box) == 4 else [root.get("width", ""), root.get("height", "")]
    found = [float(number[1]) for side in sides if (number := _NUMBER.fullmatch(side))]
    return found[0] / found[1] if len(found) == 2 and found[1] else 1
