"""Read the texts of a portal's folder: greetings, own pages, words of mails and of labels."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from portal.infra import translation
from portal.infra.errors import PortalError
from portal.notifications import catalogue, greeting, wording
from portal.notifications.errors import UnknownVariable
from portal.notifications.wording import Words
from portal.provisioning import words
from portal.tenancy import own_words, rich_text, site_pages, welcome, wordable

WELCOME_FILE: Final = "welcome.html"
PAGES_FOLDER: Final = "pages"
MAILS_FOLDER: Final = "mails"
WORDS_FOLDER: Final = "words"
_WELCOME_IN: Final = re.compile(r"welcome\.([A-Za-z_]+)\.html")

Read = Callable[[str], str | None]
"""The text of a file by its name in the folder; None, and told, where it cannot be read."""
Tell = Callable[[str, str], None]
"""Notes what is wrong with a file."""


def greetings(folder: Path, own: str, *, read: Read, tell: Tell) -> dict[str, str]:
    """The welcome texts by language; the one of no language in its name is the portal's own."""
    found: dict[str, str] = {}
    for name in sorted(file.name for file in _files(folder)):
        matched = _WELCOME_IN.fullmatch(name)
        if name != WELCOME_FILE and matched is None:
            continue
        language = matched[1] if matched else own
        if language not in translation.all_languages():
            tell(name, _no_language(language))
        elif language in found:
            tell(name, f"the text in {language!r} stands in {WELCOME_FILE} as well")
        elif (text := _rich(name, most=welcome.LENGTH_MAX, read=read, tell=tell)) is not None:
            _check_variables(name, text, tell=tell)
            found[language] = text
    return found


def pages(folder: Path, *, read: Read, tell: Tell) -> dict[tuple[str, str], str]:
    """The portal's own pages, by page and language, from files such as `pages/terms.en.html`."""
    found: dict[tuple[str, str], str] = {}
    for file in _files(folder / PAGES_FOLDER):
        place = f"{PAGES_FOLDER}/{file.name}"
        page, _, rest = file.name.partition(".")
        language, _, kind = rest.partition(".")
        if page not in site_pages.PAGES or kind != "html":
            near = words.nearest(page, site_pages.PAGES)
            tell(place, f"a page is in a file such as terms.en.html; {near}")
        elif language not in translation.all_languages():
            tell(place, _no_language(language))
        elif (text := _rich(place, most=site_pages.LENGTH_MAX, read=read, tell=tell)) is not None:
            found[page, language] = text
    return found


def mails(folder: Path, *, read: Read, tell: Tell) -> dict[str, tuple[Words, ...]]:
    """The words of mails, by the notice's key: one for each language that has its own."""
    found = {}
    for notice in _files(folder / MAILS_FOLDER):
        place = f"{MAILS_FOLDER}/{notice.name}"
        if not notice.is_dir():
            continue
        if notice.name not in catalogue.NOTICES:
            near = words.nearest(notice.name, catalogue.NOTICES)
            tell(place, f"there is no mail of this name; {near}")
            continue
        texts = [
            _mail(notice.name, f"{place}/{file.name}", read=read, tell=tell)
            for file in _files(notice)
        ]
        found[notice.name] = tuple(text for text in texts if text is not None)
    return found


def labels(folder: Path, *, read: Read, tell: Tell) -> dict[str, dict[str, str]]:
    """Labels in own words by language, from files such as `words/en.toml`."""
    found: dict[str, dict[str, str]] = {}
    for file in _files(folder / WORDS_FOLDER):
        place = f"{WORDS_FOLDER}/{file.name}"
        language, _, kind = file.name.partition(".")
        if kind != "toml":
            tell(place, "labels in own words are in a file such as en.toml")
        elif language not in translation.all_languages():
            tell(place, _no_language(language))
        elif (source := read(place)) is not None:
            found[language] = _labels(place, source, tell=tell)
    return found


def _labels(place: str, source: str, *, tell: Tell) -> dict[str, str]:
    try:
        given = tomllib.loads(source)
    except tomllib.TOMLDecodeError as wrong:
        tell(place, f"this is no TOML: {wrong}")
        return {}
    messages = {wordable.legible(each): each for each in wordable.labels()}
    found = {}
    for label, text in given.items():
        if not isinstance(text, str):
            tell(place, f"{label!r}: it is to be a text")
        elif label not in messages:
            tell(place, f"there is no label {label!r}; {words.nearest(label, messages)}")
        else:
            try:
                found[messages[label]] = own_words.checked(messages[label], text)
            except PortalError as wrong:
                tell(place, f"{label!r}: {wrong}")
    return found


def _mail(notice: str, place: str, *, read: Read, tell: Tell) -> Words | None:
    language, _, kind = place.rpartition("/")[2].partition(".")
    if kind != "txt" or language not in translation.all_languages():
        known = ", ".join(f"{each}.txt" for each in translation.all_languages())
        tell(place, f"a mail's words are in one of {known}")
        return None
    source = read(place)
    if source is None:
        return None
    found = wording.words_in(source, language=language)
    try:
        wording.check(notice, found)
    except PortalError as wrong:
        tell(place, str(wrong))
    return found


def _rich(name: str, *, most: int, read: Read, tell: Tell) -> str | None:
    source = read(name)
    if source is None:
        return None
    text = source.strip()
    if len(text) > most:
        tell(name, f"it has {len(text):,} characters; at most {most:,} are kept")
        return None
    try:
        rich_text.cleaned(text)
    except PortalError as wrong:
        tell(name, str(wrong))
        return None
    return text


def _check_variables(name: str, text: str, *, tell: Tell) -> None:
    try:
        greeting.check(text)
    except UnknownVariable as unknown:
        tell(name, f"there is no [{unknown.name}] in it; nearest is [{unknown.nearest}]")


def _no_language(language: str) -> str:
    near = words.nearest(language, translation.all_languages())
    return f"the portal does not speak {language!r}; {near}"


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))
