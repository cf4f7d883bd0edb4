"""Catalogues of messages, read from their `.po` files: there is nothing to compile or to forget."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from portal.infra.files import shipped

SOURCE_LANGUAGE: Final = "en"
"""The language that the code and the templates are written in, so that it needs no catalogue."""


PARTIAL: Final = ("ar",)
"""Languages of the pages of clients and visitors alone: what is not translated stays English.

A portal has them only where its reseller has chosen them, and they are nobody's own language.
"""


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that the portal speaks in all that it says, English first."""
    found = sorted(file.parts[-3] for file in shipped("translations").glob("*/LC_MESSAGES/*.po"))
    return (SOURCE_LANGUAGE, *(each for each in found if each not in PARTIAL))


def all_languages() -> tuple[str, ...]:
    """The same, and behind them those that only some pages are translated to."""
    return (*languages(), *PARTIAL)


def nearest(wanted: str) -> str:
    """The language that serves a wish best: `de` for `de-AT`, English for one not spoken."""
    code = wanted.replace("-", "_")
    candidates = (code, code.split("_", 1)[0])
    return next((each for each in candidates if each in all_languages()), SOURCE_LANGUAGE)


def catalogue(language: str) -> NullTranslations:
    """The messages in the language that serves best; one not translated stays English.

    Read once a process. For templates: `env.install_gettext_translations(catalogue(language))`.
    """
    return _read(nearest(language))


@lru_cache(maxsize=64)
def _read(language: str) -> NullTranslations:
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    return read_catalogue(shipped("translations") / language / "LC_MESSAGES" / "messages.po")


def messages() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every message without a plural, and the files that it stands in."""
    with (shipped("translations") / "messages.pot").open("rb") as source:
        for each in read_po(source, abort_invalid=True):
            if each.id and isinstance(each.id, str):
                yield each.id, tuple(file for file, _ in each.locations)


def read_catalogue(file: Path) -> Translations:
    """The messages of one `.po` file; those marked as fuzzy are left out."""
    with file.open("rb") as source:
        messages = read_po(source, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)
