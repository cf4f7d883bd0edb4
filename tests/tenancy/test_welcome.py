"""The welcome text: kept in its languages, and drawn by the brand's stylesheet."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.notifications import greeting
from portal.notifications.errors import UnknownVariable
from portal.tenancy import branding, welcome
from portal.tenancy.models import Brand
from portal.tenancy.rich_text import NestedTooDeep
from portal.tenancy.welcome import WelcomeTooLong

NAMES = {"firstname": "<b>Ada</b>", "company": "[firstname] & Sons"}


def shown(session: ResellerSession, language: str = "en") -> str:
    return str(greeting.shown(session, language=language, values=NAMES))


def test_a_text_that_cannot_be_kept_is_refused(session: ResellerSession) -> None:
    with pytest.raises(WelcomeTooLong, match="20,001 characters"):
        welcome.keep(session, "a" * 20_001)
    with pytest.raises(NestedTooDeep):
        welcome.keep(session, "<b>" * 200)
    assert welcome.written(session) == ""


def test_the_names_of_a_client_are_words_in_it(session: ResellerSession) -> None:
    welcome.keep(
        session,
        '<p>Hi [firstname] of [company] at <a href="https://a.test/[company]">[portal]</a> [x]</p>',
    )
    assert shown(session) == (
        "<p>Hi &lt;b&gt;Ada&lt;/b&gt; of [firstname] &amp; Sons at"
        ' <a href="https://a.test/[company]" rel="noopener nofollow ugc">SunnyText</a> [x]</p>'
    )


def test_a_slip_in_a_name_is_told(session: ResellerSession) -> None:
    with pytest.raises(UnknownVariable) as refused:
        greeting.check("<p>[fristname]</p>")
    assert refused.value.nearest == "firstname"
    greeting.check("<p>[firstname] {{ 7*7 }}</p>")


def test_a_reader_gets_it_in_their_language_or_in_the_resellers(session: ResellerSession) -> None:
    assert welcome.keep(session, "<p>Hi</p>")
    assert shown(session, "de") == "<p>Hi</p>"
    assert welcome.keep(session, "<p>Hallo</p>", language="de")
    assert not welcome.keep(session, "<p>Hallo</p>", language="de")
    assert (shown(session, "de"), shown(session, "en")) == ("<p>Hallo</p>", "<p>Hi</p>")
    assert welcome.languages(session) == ["de"]
    assert welcome.keep(session, "<p>Moin</p>", language="de")
    assert shown(session, "de") == "<p>Moin</p>"
    assert welcome.keep(session, "<p></p>", language="de")
    assert (shown(session, "de"), welcome.languages(session)) == ("<p>Hi</p>", [])
    assert welcome.keep(session, "", language="en")
    assert shown(session) == ""


def test_its_styles_are_in_the_brands_sheet(session: ResellerSession) -> None:
    before = branding.own(session).sheet_hash
    welcome.keep(session, '<p style="text-align:center">a</p>')
    welcome.keep(session, '<p style="text-align:right">a</p>', language="de")
    brand = branding.own(session)
    assert brand.sheet_hash != before
    assert "{text-align:center}" in brand.sheet
    assert "{text-align:right}" in brand.sheet
    branding.change_look(session, branding.look_of(brand))
    assert "{text-align:center}" in brand.sheet
    for language in ("en", "de"):
        welcome.keep(session, "", language=language)
    assert brand.sheet_hash == before


def test_what_is_older_than_the_rules_is_cleaned_when_shown(session: ResellerSession) -> None:
    for kept, seen in (("<b>a</b><script>x</script>", "<b>a</b>"), ("<b>" * 200, "")):
        session.scalars(select(Brand)).one().welcome = kept
        session.flush()
        assert shown(session) == seen
        branding.redraw(session)
