"""The welcome text: what it may have, and what is gone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tenancy import welcome
from portal.tenancy.welcome import clean


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<script>alert(1)</script>", ""),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p style="color:red" class="btn" id="main">a</p>', "<p>a</p>"),
        ("<svg onload=x><circle></svg>b", "b"),
        ("<form action=/x><input name=a>c</form>", "c"),
        ('<div hx-get="/x">d</div>', "d"),
        ("<style>*{display:none}</style>", ""),
        ('<base href="https://evil.test"><meta http-equiv="refresh" content="0">', ""),
        ("<iframe src=https://evil.test></iframe>", ""),
        ("<!-- a --><h1>e</h1>", "e"),
        ('<img src="https://evil.test/p.png" alt="f">', '<img alt="f">'),
        ('<img src="/media/../x" alt="f">', '<img alt="f">'),
        ('<img src="/media/ab12.webp" alt="f">', '<img src="/media/ab12.webp" alt="f">'),
        ("[firstname] & {{ 7 * 7 }}", "[firstname] &amp; {{ 7 * 7 }}"),
    ],
)
def test_only_what_a_welcome_may_have_is_kept(written, kept):
    assert clean(written) == kept


@pytest.mark.parametrize(
    "address", ["javascript:x", "JaVaScRiPt:x", "data:text/html,x", "sms:+1", "tel:+1", "/x", "//e"]
)
def test_a_link_that_is_no_web_or_mail_address_leads_nowhere(address):
    assert clean(f'<a href="{address}">a</a>') == '<a rel="noopener nofollow ugc">a</a>'


@pytest.mark.parametrize("address", ["https://a.test/b?c=d", "http://a.test", "mailto:a@b.test"])
def test_a_link_out_vouches_for_nobody(address):
    expected = f'<a href="{address}" rel="noopener nofollow ugc">a</a>'
    assert clean(f'<a href="{address}" target="_blank">a</a>') == expected


def test_the_words_of_a_text_stay():
    text = "<h2>Hi</h2><p>a <b>b</b> <em>c</em><br>d</p><ul><li>e</li></ul>"
    assert clean(text) == text


@given(st.text(alphabet="<>/\"'= abinpsrctyle&;:#-!\n", max_size=80))
def test_cleaning_twice_changes_nothing(written):
    assert clean(clean(written)) == clean(written)


def test_a_text_that_is_too_long_is_refused(session):
    with pytest.raises(ValueError, match="20001 characters"):
        welcome.keep(session, "a" * 20_001)


def test_what_is_older_than_the_rules_is_cleaned_when_shown(session):
    welcome.keep(session, "<b>a</b>")
    assert welcome.shown(session) == "<b>a</b>"
    from sqlalchemy import select

    from portal.tenancy.models import Brand

    session.scalars(select(Brand)).one().welcome = "<b>a</b><script>x</script>"
    session.flush()
    assert welcome.shown(session) == "<b>a</b>"
