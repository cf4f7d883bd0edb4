"""Words and values in, a mail out: a subject, a part in the brand's look, and a plain one."""

from __future__ import annotations

import html
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple

import css_inline
import mrml
from jinja2 import StrictUndefined

from portal.infra import installed_themes, theme_settings, translation
from portal.infra.fonts import FONTS
from portal.infra.templates import ChainLoader, ThemedEnvironment
from portal.infra.theme_settings import Kind as SettingKind
from portal.notifications import placeholders
from portal.notifications.placeholders import Kind, Ours, Value
from portal.notifications.wording import Words
from portal.tenancy.brand_sheet import Look, palettes

PREVIEW_CHARACTERS: Final = 120
LOGO_WIDTH_MAX: Final = 180
LOGO_HEIGHT: Final = 44
LAYOUT: Final = "emails/layout.mjml"
_BODY: Final = "<!--BODY-->"
# MJML drops a comment here, so this marker is a word that nobody can know.
_PREVIEW: Final = f"preview-{secrets.token_hex(8)}"
_LINK: Final = "url"
# Attribute by attribute: between tags, what was typed may look like an attribute.
_ENCLOSED = re.compile(r'<img(?:\s+[a-z-]+="[^"]*")*?\s+src="(cid:([0-9a-f]{32})@[^"]+)"')
_PARAGRAPHS = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# It would fetch a font whose name it knows from a stranger's server, each time a mail is opened.
_NO_WEB_FONTS: Final = mrml.RenderOptions(fonts={})
_INLINER: Final = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Logo:
    """A picture that travels with the mail, by its name, and how wide it is drawn."""

    name: str
    width: int
    height: int

    @property
    def width_shown(self) -> int:
        """In pixels: as high as a line of writing of that size, unless it is very wide."""
        return max(1, min(LOGO_WIDTH_MAX, LOGO_HEIGHT * self.width // self.height))


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What stands round the words of every mail of a portal in one language."""

    title: str
    host: str
    language: str
    theme: str
    sheet_hash: str
    logo: Logo | None = None
    imprint_url: str = ""
    """Where it is said whose portal this is; empty where nobody has written that."""
    theme_settings: str = "{}"
    """What was chosen of the theme's own settings, as JSON: two frames are alike if this is."""
    look: Look = field(compare=False)  # the hash above is of this


@dataclass(frozen=True)
class Rendered:
    """A mail as it is going to be read."""

    subject: str
    html: str
    text: str


class _Shell(NamedTuple):
    """A compiled frame, cut where the preview and the body belong."""

    head: str
    middle: str
    end: str


def render(words: Words, values: Mapping[str, Value], *, frame: Frame) -> Rendered:
    """Fill the words, once, and put them into the frame.

    A line whose variables are all empty is left out, so that nobody reads "Company:" with nothing
    after it. Links are made of `[url]` alone, which is ours: an address that somebody has typed
    stays text.
    """
    body = _without_gaps(words.body.replace("\r\n", "\n").strip(), values)
    subject = _without_gaps(words.subject, values)
    text = placeholders.fill(body, values, into=Kind.PLAIN)
    shell = _shell(frame)
    preview = html.escape(placeholders.one_line(text)[:PREVIEW_CHARACTERS])
    page = f"{shell.head}{preview}{shell.middle}{_as_html(body, values)}{shell.end}"
    return Rendered(
        subject=placeholders.fill(subject, values, into=Kind.HEADER).strip(),
        html=_INLINER.inline(page),
        text=_with_imprint(text, frame),
    )


def enclosed(page: str) -> tuple[str, str] | None:
    """The address and the name of the picture that has to travel with a mail, if it shows one."""
    found = _ENCLOSED.search(page)
    return (found[1], found[2]) if found else None


def _with_imprint(text: str, frame: Frame) -> str:
    if not frame.imprint_url:
        return f"{text}\n"
    label = translation.catalogue(frame.language).gettext("Imprint")
    return f"{text}\n\n-- \n{label}: {frame.imprint_url}\n"


def _as_html(body: str, values: Mapping[str, Value]) -> str:
    # Escaped first: the words are plain text, and what is filled in is escaped by itself.
    paragraphs = (
        "<p>" + paragraph.replace("\n", "<br>") + "</p>"
        for paragraph in _PARAGRAPHS.split(html.escape(body))
    )
    return placeholders.fill("".join(paragraphs), _with_links(values), into=Kind.HTML)


def _with_links(values: Mapping[str, Value]) -> dict[str, Value]:
    found = dict(values)
    link = found.get(_LINK)
    if isinstance(link, Ours):
        shown = html.escape(link.text)
        found[_LINK] = Ours(link.text, markup=f'<a href="{shown}">{shown}</a>')
    return found


def _without_gaps(text: str, values: Mapping[str, Value]) -> str:
    empty = {name for name, value in values.items() if not value.text.strip()}
    lines = []
    for line in text.split("\n"):
        used = set(placeholders.names(line))
        if used and used <= empty:
            continue
        kept = line
        for name in used & empty:
            kept = re.sub(rf" ?\[{name}\]", "", kept)
        lines.append(kept)
    return "\n".join(lines).strip()


@lru_cache(maxsize=512)
def _shell(frame: Frame) -> _Shell:
    light, dark = palettes(frame.look)
    source = (
        _environment(frame.theme)
        .get_template(LAYOUT)
        .render(
            language=frame.language,
            brand={
                "title": frame.title,
                "logo_url": f"cid:{frame.logo.name}@{frame.host}" if frame.logo else None,
                "logo_width": frame.logo.width_shown if frame.logo else 0,
            },
            light=light,
            dark=dark,
            shape={"radius": frame.look.radius_px, "font": FONTS[frame.look.font]},
            theme=_chosen(frame),
            preview=_PREVIEW,
            button=None,
            footer=[frame.title, frame.host],
            imprint={
                "label": translation.catalogue(frame.language).gettext("Imprint"),
                "url": frame.imprint_url,
            },
        )
    )
    compiled: str = mrml.to_html(source, render_options=_NO_WEB_FONTS).content
    head, _, rest = compiled.partition(_PREVIEW)
    middle, _, end = rest.partition(_BODY)
    return _Shell(head, middle, end)


def _chosen(frame: Frame) -> dict[str, Any]:
    """The theme's settings as pages know them, but for pictures and rich texts: mails have none."""
    theme = installed_themes.named(frame.theme)
    chosen = theme_settings.in_force(theme, json.loads(frame.theme_settings))
    return {
        each.id: chosen[each.id]
        for each in theme.settings
        if each.type not in {SettingKind.IMAGE, SettingKind.RICH_TEXT}
    }


@lru_cache(maxsize=64)
def _environment(theme: str) -> ThemedEnvironment:
    """An environment of its own for each theme, as for pages, but without what only pages have."""
    return ThemedEnvironment(
        loader=ChainLoader(installed_themes.named(theme)),
        autoescape=True,
        undefined=StrictUndefined,
    )
