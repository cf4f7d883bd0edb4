"""The welcome text with a client's names in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

from portal.infra.db import ResellerSession
from portal.notifications import placeholders
from portal.notifications.errors import UnknownVariable
from portal.notifications.placeholders import Kind, Theirs
from portal.tenancy import branding, rich_text, welcome

VALUES: Final[Mapping[str, Theirs]] = MappingProxyType(
    {
        "firstname": Theirs("Ada"),
        "lastname": Theirs("Weber"),
        "company": Theirs("Weber & Sons"),
        "portal": Theirs("SunnyText"),
    }
)
"""The variables of a welcome text, each with a sample. No amounts: not all may see them."""


def check(html: str) -> None:
    """Make sure that a text uses only the variables that it has.

    Raises:
        UnknownVariable: with the nearest one that there is.
    """
    try:
        placeholders.check(html, VALUES)
    except placeholders.UnknownPlaceholder as unknown:
        raise UnknownVariable(
            field="html", name=unknown.name, nearest=unknown.nearest or ""
        ) from None


def shown(session: ResellerSession, *, language: str, values: Mapping[str, str]) -> Markup:
    """The welcome text for a reader of a language, with these names; empty where there is none."""
    return filled(session, welcome.for_reader(session, language=language), values=values)


def filled(session: ResellerSession, html: str, *, values: Mapping[str, str]) -> Markup:
    """A text with these names; `[portal]` is known here. It is cleaned after they were put in."""
    named = {**values, "portal": branding.own(session).title}
    typed = {name: Theirs(named.get(name, "")) for name in VALUES}
    return rich_text.shown(placeholders.fill(html, typed, into=Kind.HTML))
