"""Labels in own words: what is refused, what is kept, and what pages are given."""

from __future__ import annotations

import pytest

from portal.infra import translation
from portal.infra.db import ResellerSession
from portal.tenancy import own_words, wordable
from portal.tenancy.own_words import (
    KEPT_MAX,
    LabelTooLong,
    LabelUnreadable,
    TooManyOwnWords,
    UnknownLabel,
    ValueMissing,
)

WITH_VALUE = "A password has at least %(least)s characters."


@pytest.mark.parametrize("text", ["New\nmessage", "a\x00b", "a\x1bb", "a\u202eb", "a\u200bb"])
def test_what_nobody_sees_is_refused(text: str) -> None:
    with pytest.raises(LabelUnreadable):
        own_words.checked("Send", text)


def test_what_a_label_cannot_say() -> None:
    with pytest.raises(UnknownLabel) as unknown:
        own_words.checked("Sennd", "x")
    assert unknown.value.nearest == "Send"
    with pytest.raises(LabelTooLong) as long:
        own_words.checked("Send", "x" * 41)
    assert long.value.most == 40
    with pytest.raises(ValueMissing) as missing:
        own_words.checked(WITH_VALUE, "Too short, at least %(least)s.")
    assert missing.value.name == "least"
    assert own_words.checked("Send", f"  {'x' * 40} ") == "x" * 40
    assert own_words.checked("Send", "Sen\u00adden \u00a0!") == "Sen\u00adden \u00a0!"
    assert own_words.checked(WITH_VALUE, "  ") == ""


def test_pages_are_given_texts_to_fill(session: ResellerSession) -> None:
    texts = {"Send": "100 % [sure] %(x)s", WITH_VALUE: "[least] [other] 5 %"}
    assert own_words.keep(session, texts, language="en") == 2
    assert own_words.keep(session, texts, language="en") == 0
    assert own_words.in_use(session) == {
        "en": {"Send": "100 % [sure] %(x)s", WITH_VALUE: "%(least)s [other] 5 %%"}
    }
    assert own_words.languages(session) == ["en"]


def test_the_words_it_came_with_are_not_kept(session: ResellerSession) -> None:
    assert own_words.keep(session, {"Send": "Senden"}, language="de") == 0
    assert own_words.keep(session, {"Send": "Los"}, language="de") == 1
    assert own_words.keep(session, {"Send": "Neu"}, language="de") == 1
    assert own_words.written(session, language="de") == {"Send": "Neu"}
    assert own_words.keep(session, {"Send": "Senden"}, language="de") == 1
    assert own_words.written(session, language="de") == {}


def test_there_is_an_end_of_them(session: ResellerSession, monkeypatch: pytest.MonkeyPatch) -> None:
    assert KEPT_MAX == 1_000
    monkeypatch.setattr(own_words, "KEPT_MAX", 1)
    with pytest.raises(TooManyOwnWords):
        own_words.keep(session, {"Send": "a", "Home": "b"}, language="en")


def test_a_label_that_pages_lost_is_not_drawn(
    session: ResellerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_words.keep(session, {"Send": "New"}, language="en")
    monkeypatch.setattr(wordable, "labels", dict)
    assert own_words.in_use(session) == {}


def test_every_label_of_clients_and_visitors_is_in_a_part() -> None:
    """But those with a form for each number or with markup."""
    theirs = ("themes/default/templates/client/", "portal/web/client/", "portal/web/public/")
    wanted = {
        message
        for message, places in translation.messages()
        if any(place.startswith(theirs) for place in places) and "<" not in message
    }
    assert len(wanted) > 150
    assert wanted <= wordable.labels().keys()
    assert all(wordable.by_part().values())
