"""Catalogues that are read as they are."""

from pathlib import Path

import pytest

from portal.infra import translation


def test_the_portal_speaks_english_first_of_eight_languages() -> None:
    assert translation.languages() == ("en", "de", "es", "fr", "it", "nl", "pl", "pt")


@pytest.mark.parametrize(
    ("wish", "served"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("de_CH", "de"),
        ("en-GB", "en"),
        ("tlh", "en"),
        ("", "en"),
        ("../../etc/passwd", "en"),
        ("de/../de", "en"),
    ],
)
def test_a_wish_is_served_as_well_as_can_be(wish: str, served: str) -> None:
    assert translation.nearest(wish) == served
    assert translation.catalogue(wish) is translation.catalogue(served)


def test_messages_in_german_and_in_english() -> None:
    assert translation.catalogue("de").ugettext("Sign out") == "Abmelden"
    assert translation.catalogue("en").ugettext("Sign out") == "Sign out"
    assert translation.catalogue("de").ugettext("No such message") == "No such message"


def test_what_is_fuzzy_or_missing_stays_english(tmp_path: Path) -> None:
    file = tmp_path / "messages.po"
    file.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        '#, fuzzy\nmsgid "Send"\nmsgstr "Sanden"\n\n'
        'msgid "Part"\nmsgstr ""\n\n'
        'msgid "a part"\nmsgid_plural "%(num)s parts"\n'
        'msgstr[0] "ein Teil"\nmsgstr[1] "%(num)s Teile"\n',
        encoding="utf-8",
    )
    read = translation.read_catalogue(file)
    assert read.ugettext("Send") == "Send"
    assert read.ugettext("Part") == "Part"
    assert read.ungettext("a part", "%(num)s parts", 1) == "ein Teil"
    assert read.ungettext("a part", "%(num)s parts", 2) == "%(num)s Teile"
