"""Rich text that resellers write: cleaned to a closed list, its styles turned into classes.

What is kept is the *source*: tags and attributes of the lists below, with inline styles in one way
of writing, so that an editor and a file show what was meant. What pages show has classes instead,
since they are served with a policy that runs no inline style; the rules of the classes are part of
the brand's stylesheet, where every colour is brought to a shade that can be read on its ground.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

import nh3
from markupsafe import Markup

from portal.infra.errors import PortalError
from portal.tenancy.rich_styles import Style, style_of

OPEN_MAX: Final = 100
"""Elements inside of each other: more take a parser longer than anybody waits."""
STYLES_MAX: Final = 40
"""Different styles of one text: each is a rule that every page loads."""
PAGES: Final = ("terms", "privacy", "imprint", "help")
"""What a text may link to on its own portal, by the names of their addresses."""

_BLOCKS: Final = {"p", "br", "ul", "ol", "li", "h2", "h3", "h4", "blockquote"}
_WORDS: Final = {"b", "i", "u", "s", "strong", "em", "span", "a", "img"}
_MEDIA: Final = re.compile(r"/media/[A-Za-z0-9][A-Za-z0-9._-]*")
_LINK: Final = re.compile(r"(?:(?:https?://|mailto:).+|tel:\+?[0-9][0-9 ().-]*)", re.IGNORECASE)
_OWN_PAGE: Final = re.compile(rf"/(?:{'|'.join(PAGES)})")
_PIXELS: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Of these there is never one inside of another: they close each other, or hold nothing.
_NEVER_NESTED: Final = {"p", "li", "br", "img", "hr", "input", "meta", "link"}
# The cleaner writes each tag in one way: names in small letters, values in double quotes.
_CLEANED_TAG: Final = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-z0-9]+)(?P<rest>(?:[^">]|"[^"]*")*)>"""
)
_CLEANED_STYLE: Final = re.compile(r' style="([^"]*)"')
# A picture, or anything that is no tag and no blank, of which an editor writes one as an entity.
_SEEN: Final = re.compile(r"<img|^(?:<[^>]*>|\s|&nbsp;)*+(?!<|\s|&nbsp;)\S")
_EMPTY_TAGS: Final = {"br", "img"}
_SHOWN_PICTURE: Final = re.compile(r"""<img(?:[^">]|"[^"]*")* src=""")
# What people paste and then miss; other markup is taken off its text, which stays.
_MISSED: Final = {
    "audio", "button", "embed", "form", "iframe", "input", "link", "math", "object", "script",
    "select", "style", "svg", "table", "textarea", "video",
}  # fmt: skip


class InvalidRichText(PortalError):
    """A text cannot be kept; the message says why."""

    code = "invalid_rich_text"


class NestedTooDeep(InvalidRichText):
    """More than `OPEN_MAX` elements stand inside of each other."""

    code = "nested_too_deep"

    def __init__(self) -> None:
        super().__init__(f"more than {OPEN_MAX} elements stand inside of each other")


class TooManyStyles(InvalidRichText):
    """The text is written in more than `STYLES_MAX` different styles."""

    code = "too_many_styles"

    def __init__(self) -> None:
        super().__init__(f"it has more than {STYLES_MAX} different styles")


@dataclass(frozen=True)
class RichText:
    """A text after cleaning: to be kept, to be shown, and what its classes stand for."""

    source: str
    html: str
    styles: frozenset[Style]


@dataclass(frozen=True)
class LeftOut:
    """What was written and is not kept: the names of tags, and whether there were pictures."""

    tags: tuple[str, ...]
    has_pictures: bool


def left_out(html: str, source: str) -> LeftOut:
    """What a writer will miss in the source of a text."""
    written = Counter(name.lower() for end, name in _TAG.findall(html) if not end)
    tags = tuple(sorted(name for name in written if name in _MISSED))
    return LeftOut(tags, written["img"] > len(_SHOWN_PICTURE.findall(source)))


def cleaned(html: str) -> RichText:
    """The same text with nothing in it but what a text of a reseller may have.

    What a browser would run, load from elsewhere or lay over the page is gone; of pictures only
    those of the portal stay. Cleaning the source again changes nothing.

    Raises:
        NestedTooDeep, TooManyStyles: nobody writes such a text by hand.
    """
    _refuse_deep(html)
    source = _cleaner.clean(html)
    if not _SEEN.search(source):
        return RichText("", "", frozenset())  # an editor leaves an empty paragraph behind
    shown, styles = _with_classes(source)
    if len(styles) > STYLES_MAX:
        raise TooManyStyles
    return RichText(source, shown, frozenset(styles))


def shown(html: str) -> Markup:
    """A text that was kept, safe to stand in a page as it is.

    It is cleaned again, since a row may be older than the rules, and what was filled in is newer;
    one that could not be kept today is not shown.
    """
    try:
        return Markup(cleaned(html).html)  # noqa: S704 - cleaned in this very line
    except InvalidRichText:
        return Markup()


def _attribute(tag: str, name: str, value: str) -> str | None:
    """A link leaves the portal, an image never does: one from elsewhere would tell who reads."""
    if name == "style":
        return style_of(value).inline or None
    if (tag, name) == ("img", "src"):
        return value if _MEDIA.fullmatch(value) else None
    if (tag, name) == ("a", "href"):
        return value if _LINK.fullmatch(value) or _OWN_PAGE.fullmatch(value) else None
    if tag == "img" and name in {"width", "height"}:
        return value if _PIXELS.fullmatch(value) else None
    return value


_cleaner = nh3.Cleaner(
    tags=_BLOCKS | _WORDS,
    attributes={
        "*": {"style"},
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
    },
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener nofollow ugc",
)


def _refuse_deep(html: str) -> None:
    """Count what is opened and not closed, before a parser has to; quick, and never too low."""
    still_open: Counter[str] = Counter()
    count = 0
    for end, name in _TAG.findall(html):
        small = name.lower()
        if small in _NEVER_NESTED:
            continue
        if not end:
            still_open[small] += 1
            count += 1
        elif still_open[small]:
            still_open[small] -= 1
            count -= 1
        if count > OPEN_MAX:
            raise NestedTooDeep


def _with_classes(source: str) -> tuple[str, set[Style]]:
    """The text with a class in place of each style, which depends on the ground it stands on."""
    grounds = [""]
    styles: set[Style] = set()

    def rewritten(found: re.Match[str]) -> str:
        if found["end"]:
            grounds.pop()
            return found[0]
        written = _CLEANED_STYLE.search(found["rest"])
        style = style_of(written[1] if written else "").on(grounds[-1])
        if found["name"] not in _EMPTY_TAGS:
            grounds.append(style.ground)
        rest = found["rest"]
        if found["name"] == "img" and ' alt="' not in rest:
            rest += ' alt=""'  # a picture that says nothing is passed over, not spelled out
        if written is None:
            return f"<{found['name']}{rest}>"
        styles.add(style)
        start, end = written.span()
        return f'<{found["name"]} class="{style.css_class}"{rest[:start]}{rest[end:]}>'

    return _CLEANED_TAG.sub(rewritten, source), styles
