"""Proof of work: a sum that costs a browser a moment for each form, and a program one for each too.

The seed and a number, put together, have a digest that begins with so many zero bits. Whoever finds
the number has tried some `2 ** ZERO_BITS` of them; to check it takes one.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

ZERO_BITS: Final = 16
"""About a tenth of a second on a computer, and less than a second on an old telephone."""
_NUMBER: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


def new_seed() -> str:
    """What a sum begins with; nobody was given it before."""
    return secrets.token_urlsafe(18)


def is_right(seed: str, number: str, *, zero_bits: int = ZERO_BITS) -> bool:
    """Whether a number solves the sum of this seed."""
    if not _NUMBER.fullmatch(number):
        return False
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> (64 - zero_bits) == 0
