"""Mails as they are read: filled in once, in the brand's look, with nothing live that was typed."""

import html as markup
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.notifications import catalogue, rendering, wording
from portal.notifications.catalogue import NOTICES
from portal.notifications.placeholders import Ours, Theirs, Value
from portal.notifications.rendering import Frame, Logo, Rendered
from portal.notifications.wording import Words
from portal.tenancy.brand_sheet import Look, palettes

URL = "https://sms.sunny.example/login?a=1&b=2"
LOOK = Look(seed="#e4572e")


def frame(**changed: object) -> Frame:
    values = {
        "title": "SunnyText",
        "host": "sms.sunny.example",
        "language": "en",
        "theme": "default",
        "sheet_hash": "0011223344556677",
        "look": LOOK,
    }
    return Frame(**(values | changed))  # type: ignore[arg-type]  # the values of a test


def rendered(body: str, *, subject: str = "Subject", **values: Value) -> Rendered:
    return rendering.render(Words(subject, body, "en"), values, frame=frame())


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = _Elements()
    parser.feed(page)
    return parser.found


def skeleton(page: str) -> list[str]:
    return [tag for tag, _ in elements(page)]


def links(page: str) -> list[str | None]:
    return [attributes["href"] for tag, attributes in elements(page) if "href" in attributes]


def body_of(page: str) -> str:
    """What stands in the copy, as it is read."""
    copy = page.partition('class="copy"')[2].partition("</td>")[0].partition(">")[2]
    text = re.sub(r"<br[^>]*>", "\n", copy.replace("</p>", "\n\n"))
    return markup.unescape(re.sub(r"<[^>]*>", "", text)).strip()


def test_paragraphs_and_lines() -> None:
    made = rendered("Hello [firstname],\r\n\r\none\ntwo\n \n\n3 < 4 & <b>", firstname=Theirs("Ada"))
    assert made.text == "Hello Ada,\n\none\ntwo\n \n\n3 < 4 & <b>\n"
    assert body_of(made.html) == "Hello Ada,\n\none\ntwo\n\n3 < 4 & <b>"
    assert skeleton(made.html).count("b") == 0


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    made = rendered(
        "[firstname] [lastname] [balance]",
        subject="[firstname] [company]",
        firstname=Theirs("[balance]"),
        lastname=Theirs("{{ 7 * 7 }} {% raw %} %(balance)s ${balance}"),
        company=Theirs("[lastname]"),
        balance=Ours("18.40 USD"),
    )
    expected = "[balance] {{ 7 * 7 }} {% raw %} %(balance)s ${balance} 18.40 USD"
    assert made.text == f"{expected}\n"
    assert body_of(made.html) == expected
    assert made.subject == "[balance] [lastname]"


def test_nothing_that_was_typed_becomes_markup() -> None:
    hostile = """"><script>alert(1)</script><img src=x onerror=alert(1)> <!--BODY--> [url]"""
    made = rendered("Hello [firstname], see [url]", firstname=Theirs(hostile), url=Ours(URL))
    assert skeleton(made.html) == skeleton(
        rendered("Hello [firstname], see [url]", firstname=Theirs("Ada"), url=Ours(URL)).html
    )
    assert body_of(made.html) == f"Hello {hostile}, see {URL}"


@given(st.text(max_size=80))
def test_no_name_changes_what_a_mail_is_made_of(name: str) -> None:
    harmless = rendered("Hello x[firstname], see [url]", firstname=Theirs("Ada"), url=Ours(URL))
    made = rendered("Hello x[firstname], see [url]", firstname=Theirs(name), url=Ours(URL))
    assert skeleton(made.html) == skeleton(harmless.html)
    assert links(made.html) == [URL]
    assert len(made.text.splitlines()) == 1


def test_only_our_own_address_can_be_followed() -> None:
    made = rendered(
        "[url]\n[company]\nhttps://typed.example\njavascript:alert(1)",
        company=Theirs("https://evil.example"),
        url=Ours(URL),
    )
    assert links(made.html) == [URL]
    assert f"{URL}\n" in made.text


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    made = rendered(
        "Hello [firstname] [lastname],\nCompany: [company]\nBalance: [balance]\n[company]",
        subject="New: [company] [firstname] [lastname]",
        firstname=Theirs("Ada"),
        lastname=Theirs(""),
        company=Theirs(" "),
        balance=Ours("0"),
    )
    assert made.text == "Hello Ada,\nBalance: 0\n"
    assert made.subject == "New: Ada"


def test_a_subject_is_one_line() -> None:
    made = rendered("x", subject="For [company]", company=Theirs("A\r\nBcc: b@example.org\u2028C"))
    assert made.subject == "For A Bcc: b@example.org C"


def test_the_frame_is_the_brands() -> None:
    light, dark = palettes(LOOK)
    page = rendered("Hello").html
    assert f"background-color:{light['nav']}" in page.replace(": ", ":")
    assert "prefers-color-scheme: dark" in page
    assert dark["surface"] in page
    assert "[if mso" in page
    assert "SunnyText" in page
    assert '<html lang="en"' in page
    other = rendering.render(
        Words("Betreff", "Guten Tag", "de"),
        {},
        frame=frame(
            title="Hafen & <Söhne>", language="de", sheet_hash="8899", look=Look(seed="#0b4f8a")
        ),
    ).html
    assert '<html lang="de"' in other
    assert light["nav"] not in other
    assert "Hafen &amp; &lt;Söhne&gt;" in other


def test_opening_a_mail_fetches_nothing() -> None:
    for tag, attributes in elements(rendered("[url]", url=Ours(URL)).html):
        assert tag not in {"link", "img", "script", "iframe"}
        assert "src" not in attributes
    page = rendered("Hello").html
    assert set(re.findall(r"(?:url\(|@import|//)[^\s\"')]*", page)) <= {"//www.w3.org/1999/xhtml"}


def test_the_start_of_the_mail_is_what_a_list_shows() -> None:
    page = rendered("Hello [firstname],\n\n" + "and on " * 50, firstname=Theirs("<Ada>")).html
    hidden = page.partition("display:none")[2].partition("</div>")[0].partition(">")[2]
    assert hidden.startswith("Hello &lt;Ada&gt;, and on and on")
    assert len(markup.unescape(hidden)) <= rendering.PREVIEW_CHARACTERS


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", NOTICES)
def test_every_mail_with_its_samples(key: str, language: str) -> None:
    words = wording.default(key, language=language)
    made = rendering.render(words, catalogue.notice(key).values, frame=frame(language=language))
    assert "[" not in made.subject + made.text
    assert body_of(made.html) == re.sub(r"\n\n+", "\n\n", made.text.strip())
    assert len(made.html.encode()) < 20_000  # Gmail cuts a mail off at 102 kB


def test_nothing_that_was_typed_makes_a_picture_travel() -> None:
    typed = f'src="cid:{"0" * 32}@sms.sunny.example"'
    page = rendered(f"[company] {typed}", company=Theirs(typed)).html
    assert rendering.enclosed(page) is None


@pytest.mark.parametrize(
    ("size", "width"), [((520, 140), 163), ((100, 100), 44), ((1000, 20), 180), ((1, 1000), 1)]
)
def test_a_logo_is_drawn_as_high_as_a_line(size: tuple[int, int], width: int) -> None:
    shown = frame(logo=Logo("0" * 32, *size))
    page = rendering.render(Words("x", "y", "en"), {}, frame=shown).html
    ((_, picture),) = [each for each in elements(page) if each[0] == "img"]
    assert picture["src"] == f"cid:{'0' * 32}@sms.sunny.example"
    assert (picture["alt"], picture["width"]) == ("SunnyText", str(width))
    assert rendering.enclosed(page) == (picture["src"], "0" * 32)


def test_a_mail_has_the_corners_and_the_font_of_its_brand() -> None:
    words = Words("Subject", "Hello", "en")
    round_, square = (
        rendering.render(
            words, {}, frame=frame(look=replace(LOOK, radius_px=px, font=font), sheet_hash=str(px))
        ).html
        for px, font in ((17, "serif"), (0, "system"))
    )
    assert "border-radius:17px 17px 0 0" in round_.replace(": ", ":")
    assert "17px" not in square
    assert "Georgia" in round_
    assert "Georgia" not in square
    assert "&amp;" not in round_


def test_a_layout_reads_what_was_chosen_of_its_theme() -> None:
    chosen = rendering._chosen(frame(theme_settings='{"density": "compact", "no_more": 1}'))
    assert chosen["density"] == "compact"
    assert "no_more" not in chosen
    assert chosen["bar_stays"] == rendering._chosen(frame())["bar_stays"]
