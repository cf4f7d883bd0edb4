"""Labels in a reseller's own words: what may be kept, and what pages are drawn with."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select

from portal.infra import translation
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.tenancy import wordable
from portal.tenancy.own_words_models import OwnWord
from portal.tenancy.wordable import Label

KEPT_MAX: Final = 1_000
"""How many a reseller may have over all languages: each web process has those in use in memory."""

_NAMED = re.compile(r"%\((\w+)\)([a-z])")
_BRACKETED = re.compile(r"\[(\w{1,40})\]")
# What hyphenates, and what joins letters and emoji: unseen, and part of good writing.
_JOINING: Final = frozenset("\u00ad\u200c\u200d")
_UNREADABLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


class OwnWordsError(PortalError):
    """A label that cannot say this."""


class UnknownLabel(OwnWordsError):
    """The pages have no such label."""

    code = "unknown_label"

    def __init__(self, message: str) -> None:
        super().__init__(f"the pages have no label {message!r}")
        self.nearest = next(
            iter(difflib.get_close_matches(message, wordable.labels(), n=1, cutoff=0.0)), ""
        )


class LabelTooLong(OwnWordsError):
    """It has more than `most` characters."""

    code = "label_too_long"

    def __init__(self, most: int) -> None:
        super().__init__(f"it has more than {most} characters")
        self.most = most


class LabelUnreadable(OwnWordsError):
    """It has characters that nobody can see, or that turn the writing round."""

    code = "label_unreadable"

    def __init__(self) -> None:
        super().__init__("it has line breaks or characters that nobody can see")


class ValueMissing(OwnWordsError):
    """It lacks `[name]`, for which pages fill in a value."""

    code = "value_missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"it needs [{name}], where a value is filled in")
        self.name = name


class TooManyOwnWords(OwnWordsError):
    """There would be more than `KEPT_MAX`."""

    code = "too_many_own_words"

    def __init__(self) -> None:
        super().__init__(f"there are more than {KEPT_MAX:,} labels in own words")


def checked(message: str, text: str) -> str:
    """What would be kept of other words for a label; empty for the words that it came with.

    Raises:
        UnknownLabel, LabelTooLong, LabelUnreadable, ValueMissing: it cannot say this.
    """
    label = wordable.labels().get(message)
    if label is None:
        raise UnknownLabel(message)
    given = text.strip()
    if any(_is_unreadable(each) for each in given):
        raise LabelUnreadable
    kept = " ".join(given.split(" "))
    if len(kept) > label.length_max:
        raise LabelTooLong(label.length_max)
    missing = label.names - set(_BRACKETED.findall(kept))
    if kept and missing:
        raise ValueMissing(min(missing))
    return kept


def written(session: ResellerSession, *, language: str) -> dict[str, str]:
    """The reseller's own words of a language, by the messages that they stand for."""
    rows = session.scalars(select(OwnWord).where(OwnWord.language == language))
    return {row.message: row.text for row in rows}


def languages(session: ResellerSession) -> list[str]:
    """The languages that there are own words in."""
    return list(session.scalars(select(OwnWord.language).distinct().order_by(OwnWord.language)))


def keep(session: ResellerSession, texts: Mapping[str, str], *, language: str) -> int:
    """Let these labels say these texts in a language; how many now say something else.

    An empty text, or one that the label has anyway, brings back what it came with. Labels that are
    not named stay as they are.

    Raises:
        OwnWordsError: as `checked` says it, or there would be too many.
    """
    present = written(session, language=language)
    changed = 0
    for message, text in texts.items():
        kept = kept_of(message, text, language=language)
        if kept != present.get(message, ""):
            changed += 1
            _keep_row(session, language=language, message=message, text=kept)
    session.flush()
    if changed and (session.scalar(select(func.count()).select_from(OwnWord)) or 0) > KEPT_MAX:
        raise TooManyOwnWords
    return changed


def kept_of(message: str, text: str, *, language: str) -> str:
    """What is kept of other words in a language; empty where they are those it came with.

    Raises:
        OwnWordsError: as `checked` says it.
    """
    kept = checked(message, text)
    return "" if kept == came_with(message, language=language) else kept


def came_with(message: str, *, language: str) -> str:
    """What a label says in a language by itself, as people read and write it."""
    return wordable.legible(translation.catalogue(language).ugettext(message))


def in_use(session: ResellerSession) -> dict[str, dict[str, str]]:
    """By language and message, what pages say: texts with `%(name)s` where a message has it.

    Words for a label that the pages no longer have are left out.
    """
    found: dict[str, dict[str, str]] = {}
    known = None
    for language, message, text in session.execute(
        select(OwnWord.language, OwnWord.message, OwnWord.text)
    ):
        known = wordable.labels() if known is None else known
        if message in known:
            found.setdefault(language, {})[message] = _for_filling(known[message], text)
    return found


def _for_filling(label: Label, text: str) -> str:
    """A text as the gettext of Python takes it: with a message's values, a `%` is doubled."""
    if not label.names:
        return text
    kinds = dict(_NAMED.findall(label.message))
    return _BRACKETED.sub(
        lambda found: f"%({found[1]}){kinds[found[1]]}" if found[1] in kinds else found[0],
        text.replace("%", "%%"),
    )


def _keep_row(session: ResellerSession, *, language: str, message: str, text: str) -> None:
    row = session.get(OwnWord, (session.reseller_id, language, message))
    if row is None:
        session.add(OwnWord(language=language, message=message, text=text))
    elif text:
        row.text = text
    else:
        session.delete(row)


def _is_unreadable(each: str) -> bool:
    return unicodedata.category(each) in _UNREADABLE and each not in _JOINING
