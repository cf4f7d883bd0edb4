"""The welcome text that a reseller writes: rich text, cleaned when kept and when shown."""

from __future__ import annotations

import re
from typing import Final

import nh3
from markupsafe import Markup
from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.tenancy.models import Brand

LENGTH_MAX = 20_000

_BLOCKS: Final = {"p", "br", "ul", "ol", "li", "h2", "h3", "h4", "blockquote"}
_WORDS: Final = {"b", "i", "u", "strong", "em", "span", "a", "img"}
_MEDIA = re.compile(r"/media/[A-Za-z0-9][A-Za-z0-9._-]*")
_LINK = re.compile(r"(?:https?://|mailto:).+", re.IGNORECASE)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """A link leaves the portal, an image never does: one from elsewhere would tell who reads."""
    if (tag, name) == ("img", "src"):
        return value if _MEDIA.fullmatch(value) else None
    if (tag, name) == ("a", "href"):
        return value if _LINK.match(value) else None
    return value


# Styles are dropped rather than filtered: pages are served with a policy that runs no inline style.
_cleaner = nh3.Cleaner(
    tags=_BLOCKS | _WORDS,
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener nofollow ugc",
)


def clean(html: str) -> str:
    """The same text with nothing in it but the tags, links and images that a welcome may have.

    Cleaning twice changes nothing. What a browser would run, load from elsewhere or style is gone.
    """
    return _cleaner.clean(html)


def keep(session: ResellerSession, html: str) -> None:
    """Make this the reseller's welcome text, cleaned.

    Raises:
        ValueError: if it is longer than `LENGTH_MAX` characters.
    """
    if len(html) > LENGTH_MAX:
        raise ValueError(f"the welcome text has {len(html)} characters, at most {LENGTH_MAX}")
    session.scalars(select(Brand)).one().welcome = clean(html)


def shown(session: ResellerSession) -> Markup:
    """The reseller's welcome text, safe to stand in a page as it is; empty where there is none.

    It is cleaned again, since the row may be older than the rules.
    """
    kept = session.scalar(select(Brand.welcome))
    return Markup(clean(kept or ""))  # noqa: S704 - cleaned in this very line
