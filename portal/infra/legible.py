"""Text as people shall read it: without what cannot be seen, and without what turns other text."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Marks that steer the direction of what stands beside them, and characters that are blank or not
# drawn at all: with them a name can look like another, or like none.
_UNSEEN: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})


def one_line(text: str) -> str:
    """One line: control characters and breaks are blanks, and no two blanks stand together.

    What is markup elsewhere stays as it was typed: whoever shows it escapes it.
    """
    seen = _UNSEEN.sub("", text)
    flat = "".join(" " if unicodedata.category(each) in _BREAKS else each for each in seen)
    return " ".join(flat.split())
