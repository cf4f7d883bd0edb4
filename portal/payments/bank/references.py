"""References that clients write beside a transfer: made, written for people, found in any text.

A reference is an ISO 11649 creditor reference, which banks know by its letters RF: two check
digits, six of the client's number, four that count its transfers. No digit can be wrong and no two
beside each other swapped without the check digits saying so.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

COUNT_MAX: Final = 9_999
_CLIENT_DIGITS: Final = 6
_COUNT_DIGITS: Final = 4
_DIGITS_MIN: Final = 2 + _CLIENT_DIGITS + _COUNT_DIGITS
_DIGITS_MAX: Final = 21
_BETWEEN: Final = re.compile(r"[\W_]+")
# Every place where one may begin, also inside of what looks like another.
_BEGINS: Final = re.compile(rf"RF(?=([0-9OIL]{{{_DIGITS_MIN},{_DIGITS_MAX}}}))", re.ASCII)
_MISREAD: Final = str.maketrans("OIL", "011")


def make(*, client_number: int, count: int) -> str:
    """The reference of a client's transfer, the first of which is number 1.

    Raises:
        ValueError: there is no such client or transfer.
    """
    if client_number < 1 or not 1 <= count <= COUNT_MAX:
        raise ValueError(f"no reference for {client_number}, {count}")
    body = f"{client_number:0{_CLIENT_DIGITS}d}{count:0{_COUNT_DIGITS}d}"
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def spaced(reference: str) -> str:
    """As people read and type it: in groups of four."""
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))


def found_in(text: str) -> list[str]:
    """All that can be a reference in a text, the longest at each place first.

    Capitals, blanks and marks make no difference, nor do letters that are misread for digits. What
    comes directly behind a reference may belong to it or not, so that each length is tried.
    """
    plain = _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()
    found: list[str] = []
    for begin in _BEGINS.finditer(plain):
        digits = begin[1].translate(_MISREAD)
        for length in range(len(digits), _DIGITS_MIN - 1, -1):
            reference = f"RF{digits[:length]}"
            if reference not in found and iso11649.is_valid(reference):
                found.append(reference)
    return found
