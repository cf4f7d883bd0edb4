"""Words that resellers choose: checked when they are saved, found for every reader."""

from pathlib import Path

import pytest

from portal.infra.db import ResellerSession
from portal.infra.themes import read_themes
from portal.notifications import wording
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
from portal.notifications.wording import Words

BODY = "Hi [firstname],\n\nyou have [balance] left."


def save(
    session: ResellerSession,
    *,
    subject: str = "[portal]: [balance]",
    body: str = BODY,
    language: str = "en",
) -> Words:
    return wording.save(session, "low_balance", language=language, subject=subject, body=body)


def chosen(session: ResellerSession, language: str, *, own_language: str = "en") -> Words:
    return wording.chosen(
        session, "low_balance", language=language, own_language=own_language, theme="default"
    )


@pytest.mark.parametrize(
    ("field", "text", "error"),
    [
        ("subject", "", TextMissing),
        ("subject", " \t ", TextMissing),
        ("body", "\n\n", TextMissing),
        ("subject", "x" * 201, TextTooLong),
        ("body", "[balance]" + "x" * 20_000, TextTooLong),
        ("subject", "one\nBcc: all@example.org", LineBreakInSubject),
        ("subject", "one\r\nBcc: all@example.org", LineBreakInSubject),
        ("subject", "one\u2028two", LineBreakInSubject),
        ("subject", "one\x00two", LineBreakInSubject),
        ("subject", "[amount]", UnknownVariable),
        ("body", "[balance] [reason]", UnknownVariable),
        ("body", "Hi [firstname]", VariableMissing),
    ],
)
def test_what_cannot_be_saved(
    session: ResellerSession, field: str, text: str, error: type[WordingError]
) -> None:
    with pytest.raises(error) as refused:
        save(session, **{field: text})
    assert refused.value.field == field
    assert wording.own(session, "low_balance", language="en") is None


def test_a_slip_is_answered_with_what_may_be_meant(session: ResellerSession) -> None:
    with pytest.raises(UnknownVariable) as refused:
        save(session, body="Hi [fristname], you have [balance]")
    assert (refused.value.name, refused.value.nearest) == ("fristname", "firstname")


def test_a_password_mail_needs_its_link(session: ResellerSession) -> None:
    with pytest.raises(VariableMissing) as refused:
        wording.save(session, "password_reset", language="en", subject="x", body="Click here")
    assert refused.value.name == "url"


def test_only_for_what_the_portal_writes_and_speaks(session: ResellerSession) -> None:
    with pytest.raises(UnknownNotice):
        wording.save(session, "newsletter", language="en", subject="x", body="y")
    with pytest.raises(UnknownNotice):
        wording.default("newsletter", language="en")
    with pytest.raises(UnknownLanguage):
        save(session, language="sv")


def test_saved_twice_the_later_words_hold(session: ResellerSession) -> None:
    save(session)
    saved = save(session, subject="  Mind [balance] ", body="\r\n[balance]\r\n\r\nleft \r\n")
    assert saved == Words("Mind [balance]", "[balance]\n\nleft", "en")
    assert wording.own(session, "low_balance", language="en") == saved


def test_restored_the_default_holds(session: ResellerSession) -> None:
    save(session)
    wording.restore(session, "low_balance", language="en")
    wording.restore(session, "low_balance", language="de")
    assert wording.own(session, "low_balance", language="en") is None
    assert chosen(session, "en") == wording.default("low_balance", language="en")


def test_a_reader_gets_the_nearest_words(session: ResellerSession) -> None:
    english, german = (wording.default("low_balance", language=each) for each in ("en", "de"))
    # Nothing of the reseller's own: the default in the reader's language, else English.
    assert chosen(session, "de-AT") == german
    assert chosen(session, "sv", own_language="de") == english
    # The reseller's own language comes before a default in the reader's.
    own_german = save(session, language="de")
    assert chosen(session, "en", own_language="de") == own_german
    assert chosen(session, "en", own_language="en") == english
    # The reader's own language comes first of all.
    own_english = save(session, subject="Mine", language="en")
    assert chosen(session, "en-GB", own_language="de") == own_english
    assert chosen(session, "de", own_language="en") == own_german


def test_a_theme_may_have_words_of_its_own(tmp_path: Path) -> None:
    for theme, language, subject in [
        ("default", "en", "Low"),
        ("default", "de", "Knapp"),
        ("child", "en", "Mind"),
    ]:
        file = tmp_path / theme / "templates/emails/low_balance" / f"{language}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{subject}\n\n[balance]\n", encoding="utf-8")
        (tmp_path / theme / "theme.toml").write_text(f'name = "{theme}"\napi = 1\n')
    themes = read_themes(tmp_path)
    for theme, language, words in [
        ("child", "en", Words("Mind", "[balance]", "en")),
        ("child", "de", Words("Knapp", "[balance]", "de")),
        ("child", "fr", Words("Mind", "[balance]", "en")),
        ("default", "fr", Words("Low", "[balance]", "en")),
    ]:
        assert wording.shipped_words(themes[theme], "low_balance", language=language) == words


def test_another_resellers_words_are_not_found(
    session: ResellerSession, harbour_session: ResellerSession
) -> None:
    save(session)
    session.flush()
    assert wording.own(harbour_session, "low_balance", language="en") is None
    assert chosen(harbour_session, "en") == wording.default("low_balance", language="en")


def test_it_is_known_whether_the_default_has_changed_since(session: ResellerSession) -> None:
    def changed() -> bool:
        return wording.default_has_changed(session, "low_balance", language="en")

    assert not changed()
    save(session)
    assert not changed()
    row = session.get_one(Wording, (session.reseller_id, "low_balance", "en"))
    row.default_hash = "0" * 16
    assert changed()
    row.default_hash = ""  # written before anybody took note
    assert not changed()
