"""Rich text of resellers: what it may have, what is gone, and what its styles become."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.tenancy import rich_styles, rich_text
from portal.tenancy.brand_sheet import Look, brand_sheet, palettes
from portal.tenancy.palette import ratio
from portal.tenancy.rich_styles import Style, style_of
from portal.tenancy.rich_text import NestedTooDeep, RichText, TooManyStyles, cleaned

LOOK = Look(seed="#206bc4")
LIGHT, DARK = palettes(LOOK)
TAGS = {
    "p", "br", "ul", "ol", "li", "h2", "h3", "h4", "blockquote",
    "b", "i", "u", "s", "strong", "em", "span", "a", "img",
}  # fmt: skip
ATTRIBUTES = {"class", "href", "rel", "src", "alt", "width", "height"}


class Elements(HTMLParser):
    """Every element with its attributes, as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<script>alert(1)</script>", ""),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p class="btn" id="main">a</p>', "<p>a</p>"),
        ("<svg onload=x><circle></svg>b", "b"),
        ("<form action=/x><input name=a>c</form>", "c"),
        ('<div hx-get="/x">d</div>', "d"),
        ("<style>*{display:none}</style>", ""),
        ('<base href="https://evil.test"><meta http-equiv="refresh" content="0">', ""),
        ("<iframe src=https://evil.test></iframe>", ""),
        ("<!-- a --><h1>e</h1>", "e"),
        ('<img src="https://evil.test/p.png" alt="f">', '<img alt="f">'),
        ('<img src="//evil.test/p.png" alt="f">', '<img alt="f">'),
        ('<img src="data:image/png;base64,AA==" alt="f">', '<img alt="f">'),
        ('<img src="/media/../x" alt="f">', '<img alt="f">'),
        ('<img src="/media/ab.png" width="20" height="9">',) * 2,
        ('<img src="/media/ab.png" width="20%" height="99999">', '<img src="/media/ab.png">'),
        ("[firstname] & {{ 7 * 7 }}", "[firstname] &amp; {{ 7 * 7 }}"),
        ("<p>&nbsp;</p><p><br></p>", ""),
    ],
)
def test_only_what_a_text_may_have_is_kept(written: str, kept: str) -> None:
    assert cleaned(written).source == kept


@pytest.mark.parametrize(
    "address",
    ["javascript:x", "JaVaScRiPt:x", "data:text/html,x", "sms:+1", "tel:x", "/logout", "//e",
     "/terms/../logout", " javascript:x", "java\tscript:x"],
)  # fmt: skip
def test_a_link_that_is_no_web_or_mail_address_leads_nowhere(address: str) -> None:
    assert cleaned(f'<a href="{address}">a</a>').source == '<a rel="noopener nofollow ugc">a</a>'


@pytest.mark.parametrize(
    "address", ["https://a.test/b?c=d", "http://a.test", "mailto:a@b.test", "/terms", "/privacy"]
)
def test_a_link_out_vouches_for_nobody(address: str) -> None:
    expected = f'<a href="{address}" rel="noopener nofollow ugc">a</a>'
    assert cleaned(f'<a href="{address}" target="_blank">a</a>').source == expected


def test_the_words_of_a_text_stay() -> None:
    text = "<h2>Hi</h2><p>a <b>b</b> <em>c</em><br>d</p><ul><li>e</li></ul>"
    assert cleaned(text) == RichText(text, text, frozenset())


@pytest.mark.parametrize(
    ("written", "inline"),
    [
        ("color:#B45309", "color:#b45309"),
        ("color: rgb(180, 83, 9)", "color:#b45309"),
        ("color:red !important", "color:#ff0000"),
        ("color:#f00", "color:#ff0000"),
        ("color:rgb(999,0,0)", "color:#ff0000"),
        ("color:nosuchcolour", ""),
        ("color:inherit", ""),
        ("color:transparent", ""),
        ("color:url(https://evil.test)", ""),
        ("color:expression(alert(1))", ""),
        ("color:#12", ""),
        ("color:red;}body{display:none", "color:#ff0000"),
        ("background-color:#ffeecc", "background-color:#ffeecc"),
        ("background:url(x)", ""),
        ("font-size:9999px", "font-size:48px"),
        ("font-size:1px", "font-size:10px"),
        ("font-size:12pt", "font-size:16px"),
        ("font-size:1.5em", "font-size:24px"),
        ("font-size:150%", "font-size:24px"),
        ("font-size:calc(1px)", ""),
        ("font-size:-3px", ""),
        ("font-family:'Courier New', monospace", "font-family:monospace"),
        ("font-family:georgia,serif", "font-family:serif"),
        ("font-family:Evil Font", ""),
        ("text-align:center", "text-align:center"),
        ("text-align:evil", ""),
        ("position:fixed;inset:0;z-index:9", ""),
        ("color", ""),
        ("color:red;color:blue", "color:#0000ff"),
    ],
)
def test_what_is_kept_of_a_style(written: str, inline: str) -> None:
    assert style_of(written).inline == inline
    assert style_of(inline).inline == inline


def test_a_style_becomes_a_class_of_the_sheet() -> None:
    found = cleaned('<p style="color:#b45309;font-size:20px">a</p>')
    (style,) = found.styles
    assert style == Style(colour="#b45309", size_px=20)
    assert found.source == '<p style="color:#b45309;font-size:20px">a</p>'
    assert found.html == f'<p class="{style.css_class}">a</p>'
    assert re.fullmatch(r"rt-[0-9a-f]{8}", style.css_class)
    assert rich_styles.rules(found.styles, light=LIGHT, dark=DARK) == (
        f".{style.css_class}{{color:light-dark(#b45309,#cc682a);font-size:1.25rem}}\n"
    )


def test_the_rules_stand_at_the_end_of_the_sheet() -> None:
    styles = cleaned('<p style="text-align:center">a</p>').styles
    plain, rich = brand_sheet(LOOK), brand_sheet(LOOK, rich=styles)
    (style,) = styles
    assert rich.css == f"{plain.css}.{style.css_class}{{text-align:center}}\n"
    assert rich.hash != plain.hash


def test_letters_on_a_background_are_solved_for_it() -> None:
    found = cleaned(
        '<p style="background-color:#ffffcc">a <span style="color:#ffff00">b</span>'
        '<img src="/media/a.png" style="color:red"></p><span style="color:#ffff00">c</span>'
    )
    said = rich_styles.rules(found.styles, light=LIGHT, dark=DARK)
    on_paper = re.findall(r"[{;]color:(#[0-9a-f]{6})", said)
    assert len(on_paper) == 3
    assert min(ratio(ink, "#ffffcc") for ink in on_paper) >= 4.5
    (in_both,) = re.findall(r"light-dark\((#\w+),(#\w+)\)", said)
    assert ratio(in_both[0], LIGHT["surface"]) >= 4.5
    assert ratio(in_both[1], DARK["surface"]) >= 4.5


@given(
    st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.from_regex(r"#[0-9a-f]{6}", fullmatch=True)
)
def test_any_pair_can_be_read(ink: str, ground: str) -> None:
    styles = cleaned(f'<p style="background-color:{ground};color:{ink}">a</p>').styles
    said = rich_styles.rules(styles, light=LIGHT, dark=DARK)
    (shown,) = re.findall(r";color:(#[0-9a-f]{6})", said)
    assert ratio(shown, ground) >= 4.5


def test_a_picture_without_words_is_passed_over_by_readers() -> None:
    assert cleaned('<img src="/media/a.png">').html == '<img src="/media/a.png" alt="">'


def test_what_looks_like_a_style_in_words_stays_words() -> None:
    typed = """<img src="/media/a.png" alt='" style="color:#ff0000"'><b>style="x" &gt;</b>"""
    found = cleaned(typed)
    assert found.styles == frozenset()
    assert [tag for tag, _ in Elements(found.html).found] == ["img", "b"]


@pytest.mark.parametrize(
    "bomb",
    ["<blockquote>" * 15_000, "<b>" * 30_000, "<ul><li>" * 12_000, "<p><b>" * 10_000, "<div>" * 101,
     "<SPAN>" * 200 + "</i>" * 200, "<ul></x>" * 200],
)  # fmt: skip
def test_what_is_nested_too_deep_is_refused_at_once(bomb: str) -> None:
    began = time.process_time()
    with pytest.raises(NestedTooDeep):
        cleaned(bomb)
    assert time.process_time() - began < 1
    assert rich_text.shown(bomb) == ""


def test_a_long_text_of_many_short_paragraphs_is_fine() -> None:
    text = "<p>a <b>b</b></p>" * 5_000 + "<br>" * 1_000 + "<li>x" * 500
    assert cleaned(text).source.count("<b>") == 5_000


def test_a_text_of_too_many_styles_is_refused() -> None:
    most = "".join(f'<p style="color:#0000{n:02x}">a</p>' for n in range(40))
    assert len(cleaned(most).styles) == 40
    with pytest.raises(TooManyStyles):
        cleaned(f'{most}<p style="color:#00ff00">a</p>')


PIECES = st.sampled_from(
    ["<p>", "</p>", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg><style>",
     "<math>", "<a href='javascript:x'>", "</a>", "</span>", "<table><tr><td>", "</table>",
     '<span style="color:red;background-color:#123456">', "<!--", "-->", "<![CDATA[", "]]>",
     "<template>", "<noscript>", '<p style="font-size:9999px;position:fixed">', "&lt;", "&#60;",
     "<b style=text-align:center>", "<h2 class=rt-00000000>", "<ul><li>", '"', "'", ">", "<", "x",
     "<iframe srcdoc='<script>'>", '<img src="/media/a.png" alt="&quot;>">', "<form>", "<input>",
     "<textarea>", "<title>", "\x0b", "é"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=80))
def test_nothing_hostile_survives_and_cleaning_twice_changes_nothing(written: str) -> None:
    found = cleaned(written)
    assert cleaned(found.source) == found
    for tag, attributes in Elements(found.html).found:
        assert tag in TAGS
        assert attributes.keys() <= ATTRIBUTES
        assert re.fullmatch(r"rt-[0-9a-f]{8}", attributes.get("class") or "rt-00000000")
        assert (attributes.get("src") or "/media/").startswith("/media/")
        assert re.match(r"https?:|mailto:|/", attributes.get("href") or "/")
    for rule in rich_styles.rules(found.styles, light=LIGHT, dark=DARK).splitlines():
        assert re.fullmatch(r"\.rt-[0-9a-f]{8}\{[a-z0-9#:;,.()\" A-Z-]+\}", rule)
