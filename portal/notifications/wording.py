"""Which words a mail is written in: the reseller's own, or those that come with its theme."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import select

from portal.infra import installed_themes, translation
from portal.infra.db import ResellerSession
from portal.infra.themes import ROOT_THEME, Theme
from portal.notifications import catalogue, placeholders
from portal.notifications.errors import (
    LineBreakInSubject,
    TextMissing,
    TextTooLong,
    UnknownLanguage,
    UnknownNotice,
    UnknownVariable,
    VariableMissing,
    WordingError,
)
from portal.notifications.models import Wording
from portal.tenancy import branding

SUBJECT_CHARACTERS_MAX: Final = 200
BODY_CHARACTERS_MAX: Final = 20_000


@dataclass(frozen=True)
class Words:
    """A subject, and a body in plain text where an empty line begins a paragraph.

    `[name]` in either is a variable.
    """

    subject: str
    body: str
    language: str


def chosen(
    session: ResellerSession, key: str, *, language: str, own_language: str, theme: str
) -> Words:
    """The words for a reader of `language` at a reseller whose own one is `own_language`.

    The reseller's words come first, in the reader's language and then in its own; after them the
    words that come with the theme, in the reader's language and then in English.
    """
    wanted = translation.nearest(language)
    order = list(dict.fromkeys((wanted, translation.nearest(own_language))))
    rows = session.scalars(
        select(Wording).where(Wording.notice == key, Wording.language.in_(order))
    )
    own = {row.language: Words(row.subject, row.body, row.language) for row in rows}
    return next(
        (own[each] for each in order if each in own), default(key, language=wanted, theme=theme)
    )


def default(key: str, *, language: str, theme: str = ROOT_THEME) -> Words:
    """The words that come with a theme; English where it has none in the language.

    Raises:
        UnknownNotice: there is no such notice.
    """
    return _default(key, translation.nearest(language), theme)


def own(session: ResellerSession, key: str, *, language: str) -> Words | None:
    """The reseller's own words in exactly this language."""
    row = session.get(Wording, (session.reseller_id, key, language))
    return Words(row.subject, row.body, row.language) if row else None


def all_own(session: ResellerSession) -> list[tuple[str, str]]:
    """The notices and languages that the reseller has words of its own for."""
    rows = session.execute(
        select(Wording.notice, Wording.language).order_by(Wording.notice, Wording.language)
    )
    return [(notice, language) for notice, language in rows]


def save(session: ResellerSession, key: str, *, language: str, subject: str, body: str) -> Words:
    """Keep the reseller's own words for a notice in one language, in place of earlier ones.

    Raises:
        UnknownNotice, UnknownLanguage: the portal has none of that name.
        WordingError: as `check` says it.
        NotFound: the reseller has no brand yet, and so no theme.
    """
    if language not in translation.all_languages():
        raise UnknownLanguage(language)
    words = tidy(subject, body, language=language)
    check(key, words)
    row = session.get(Wording, (session.reseller_id, key, language))
    if row is None:
        row = Wording(notice=key, language=language, subject="", body="")
        session.add(row)
    row.subject, row.body = words.subject, words.body
    row.default_hash = _hash(default(key, language=language, theme=branding.own(session).theme))
    session.flush()
    return words


def default_has_changed(session: ResellerSession, key: str, *, language: str) -> bool:
    """Whether the theme's words are others than when the reseller wrote its own.

    False where it has no own ones, or where it is not known what they were written against.
    """
    row = session.get(Wording, (session.reseller_id, key, language))
    if row is None or not row.default_hash:
        return False
    today = default(key, language=language, theme=branding.own(session).theme)
    return row.default_hash != _hash(today)


def words_in(text: str, *, language: str) -> Words:
    """The words of a text as a file has them: the subject on the first line, then the body."""
    subject, _, body = text.partition("\n")
    return tidy(subject, body, language=language)


def restore(session: ResellerSession, key: str, *, language: str) -> None:
    """Go back to the words that come with the theme; nothing happens where there are no others."""
    row = session.get(Wording, (session.reseller_id, key, language))
    if row is not None:
        session.delete(row)
        session.flush()


def check(key: str, words: Words) -> None:
    """Make sure that a mail can be written in these words.

    Raises:
        UnknownNotice: there is no such notice.
        TextMissing, TextTooLong, LineBreakInSubject: for what the field cannot hold.
        UnknownVariable: with the nearest one that this notice has.
        VariableMissing: for a body without what the mail is about, such as its link.
    """
    for each in flaws(key, words):
        raise each


def flaws(key: str, words: Words) -> list[WordingError]:
    """What `check` would raise for the subject and for the body: at most one for each.

    Raises:
        UnknownNotice: there is no such notice.
    """
    notice = catalogue.notice(key)
    found: list[WordingError] = []
    for check_field in (_check_subject, _check_body):
        try:
            check_field(words, notice)
        except WordingError as wrong:
            found.append(wrong)
    return found


def tidy(subject: str, body: str, *, language: str) -> Words:
    """What was typed as it is kept: without blanks at its ends, and with one kind of line ends."""
    return Words(subject.strip(), "\n".join(body.strip().splitlines()), language)


def _hash(words: Words) -> str:
    return hashlib.sha256(f"{words.subject}\n{words.body}".encode()).hexdigest()[:16]


def _check_subject(words: Words, notice: catalogue.Notice) -> None:
    _check_field("subject", words.subject, notice, most=SUBJECT_CHARACTERS_MAX)
    if placeholders.one_line(words.subject) != words.subject:
        raise LineBreakInSubject


def _check_body(words: Words, notice: catalogue.Notice) -> None:
    _check_field("body", words.body, notice, most=BODY_CHARACTERS_MAX)
    missing = notice.required - set(placeholders.names(words.body))
    if missing:
        raise VariableMissing(min(missing))


def _check_field(field: str, text: str, notice: catalogue.Notice, *, most: int) -> None:
    if not text.strip():
        raise TextMissing(field=field)
    if len(text) > most:
        raise TextTooLong(field=field, most=most)
    try:
        placeholders.check(text, notice.values)
    except placeholders.UnknownPlaceholder as unknown:
        raise UnknownVariable(
            field=field, name=unknown.name, nearest=unknown.nearest or ""
        ) from None


def shipped_words(theme: Theme, key: str, *, language: str) -> Words:
    """The words that come with a theme or one that it builds on; English where none has others."""
    for each in (language, translation.SOURCE_LANGUAGE):
        name = f"emails/{key}/{each}.txt"
        file = next((t.templates[name] for t in theme.chain if name in t.templates), None)
        if file is not None:
            return words_in(file.read_text(encoding="utf-8"), language=each)
    raise UnknownNotice(key)


def themes() -> dict[str, Theme]:
    """The themes of this installation, by their names."""
    return installed_themes.themes()


@lru_cache(maxsize=1024)
def _default(key: str, language: str, theme: str) -> Words:
    return shipped_words(installed_themes.named(theme), key, language=language)
