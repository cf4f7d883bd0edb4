"""Every mail of the catalogue has its words, and no words lie about without a mail."""

from __future__ import annotations

import re

import pytest

from portal.infra.files import shipped
from portal.notifications import catalogue

LANGUAGES = ("en", "de")
EMAILS = shipped("themes") / "default" / "templates" / "emails"
VARIABLE = re.compile(r"\[(\w+)\]")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(catalogue.NOTICES))
def test_every_notice_has_its_words(key: str, language: str) -> None:
    words = (EMAILS / key / f"{language}.txt").read_text(encoding="utf-8")
    subject, _, body = words.partition("\n")
    assert subject.strip()
    assert body.strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(catalogue.NOTICES))
def test_words_use_the_values_of_their_notice(key: str, language: str) -> None:
    notice = catalogue.notice(key)
    used = set(VARIABLE.findall((EMAILS / key / f"{language}.txt").read_text(encoding="utf-8")))
    assert used <= set(notice.values)
    assert notice.required <= used


def test_no_words_are_without_a_notice() -> None:
    assert {path.name for path in EMAILS.iterdir() if path.is_dir()} == set(catalogue.NOTICES)
