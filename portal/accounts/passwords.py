"""Passwords: which are good enough, how they are kept, how one is checked.

They are kept as argon2id with the parameters that OWASP names as the least. A check takes some
25 ms of a processor, so that no more than a few run at once in a process.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.accounts import common_passwords
from portal.accounts.errors import PasswordChecksBusy, WeakPassword

LENGTH_MIN: Final = 8
LENGTH_MAX: Final = 200

_MEMORY_KIB: Final = 19 * 1024
_ROUNDS: Final = 2
_AT_ONCE_MAX: Final = 4
_WAIT_SECONDS_MAX: Final = 5.0
_DIFFERENT_CHARACTERS_MIN: Final = 4

_hasher = PasswordHasher(time_cost=_ROUNDS, memory_cost=_MEMORY_KIB, parallelism=1)
_turnstile = threading.BoundedSemaphore(_AT_ONCE_MAX)

# What the password of nobody is compared with, so that asking for nobody takes as long as for
# somebody. Made with the same parameters; no password is known that it belongs to.
_NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
    "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiop", "asdfghjkl")
_LEFT_OFF: Final = "0123456789!?.,;:#*+-_=$%&@()[]/ "
_PARTS: Final = re.compile(r"[\W_]+")
_PERSONAL_LENGTH_MIN: Final = 3
_READ_AS: Final = str.maketrans("013457@$!", "oieastasi")


def hashed(password: str) -> str:
    """What is kept of a new password.

    Raises:
        WeakPassword: it is too short, too long, or one of those that are tried first.
        PasswordChecksBusy: too many are being worked on.
    """
    refuse_weak(password)
    with _one_of_few():
        return _hasher.hash(_normalised(password))


def verify(password: str, kept: str | None) -> bool:
    """Whether this is the password of which that is kept; None is nobody's, and takes as long.

    Raises:
        PasswordChecksBusy: too many are being worked on.
    """
    if len(password) > LENGTH_MAX:
        password = ""  # it can be nobody's, and is not worth the work of hashing it
    with _one_of_few():
        try:
            right = _hasher.verify(kept or _NOBODYS, _normalised(password))
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
    return right and kept is not None


def rehashed(password: str, kept: str) -> str | None:
    """What to keep of a right password from now on; None where that is what is kept.

    What is kept was made as it was done then: when more is asked of a hash today, only its owner's
    next sign-in can make it anew.

    Raises:
        PasswordChecksBusy: too many are being worked on.
    """
    if not _hasher.check_needs_rehash(kept):
        return None
    with _one_of_few():
        return _hasher.hash(_normalised(password))


def refuse_weak(password: str, *, about: tuple[str, ...] = ()) -> None:
    """Refuse what a guesser tries first.

    `about` are words about the person, such as the address, that are guessed as well.

    Raises:
        WeakPassword: with why: `short`, `long`, `common` or `personal`.
    """
    if len(password) < LENGTH_MIN:
        raise WeakPassword("short")
    if len(password) > LENGTH_MAX:
        raise WeakPassword("long")
    lowered = _normalised(password).lower()
    if len(set(lowered)) < _DIFFERENT_CHARACTERS_MIN or _is_run(lowered):
        raise WeakPassword("common")
    if lowered in common_passwords.BREACHED:
        raise WeakPassword("common")
    if any(form in common_passwords.WORDS for form in _forms(lowered)):
        raise WeakPassword("common")
    if _is_made_of(lowered, about):
        raise WeakPassword("personal")


def _forms(lowered: str) -> set[str]:
    word = lowered.strip(_LEFT_OFF)
    return {word, word.translate(_READ_AS), lowered.translate(_READ_AS).strip(_LEFT_OFF)}


def _is_made_of(lowered: str, about: tuple[str, ...]) -> bool:
    """Whether little is left of a password, or of it with letters for digits, without these."""
    words = {part for word in about for part in _PARTS.split(_normalised(word).lower())}
    known = sorted((word for word in words if len(word) >= _PERSONAL_LENGTH_MIN), key=len)
    for form in (lowered, lowered.translate(_READ_AS)):
        left = form
        for word in reversed(known):
            left = left.replace(word, "")
        if left != form and len(left.strip(_LEFT_OFF)) < _DIFFERENT_CHARACTERS_MIN:
            return True
    return False


def _is_run(lowered: str) -> bool:
    """Whether it is a piece of the alphabet or of a keyboard's row, in either direction."""
    return any(lowered in row or lowered in row[::-1] for row in _ROWS)


def _normalised(password: str) -> str:
    """The same letters whether a keyboard sends é as one character or as two."""
    return unicodedata.normalize("NFC", password)


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _turnstile.acquire(timeout=_WAIT_SECONDS_MAX):
        raise PasswordChecksBusy("too many passwords are being checked")
    try:
        yield
    finally:
        _turnstile.release()
