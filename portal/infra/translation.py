"""Catalogues of messages, read from their `.po` files: there is nothing to compile or to forget."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from portal.infra.files import shipped

SOURCE_LANGUAGE: Final = "en"
"""The language that the code and the templates are written in, so that it needs no catalogue."""


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages that the portal speaks, English first."""
    found = sorted(file.parts[-3] for file in shipped("translations").glob("*/LC_MESSAGES/*.po"))
    return (SOURCE_LANGUAGE, *found)


def nearest(wanted: str) -> str:
    """The language that serves a wish best: `de` for `de-AT`, English for one not spoken."""
    code = wanted.replace("-", "_")
    candidates = (code, code.split("_", 1)[0])
    return next((each for each in candidates if each in languages()), SOURCE_LANGUAGE)


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


def read_catalogue(file: Path) -> Translations:
    """The messages of one `.po` file; those marked as fuzzy are left out."""
    with file.open("rb") as source:
        messages = read_po(source, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)
