"""The themes that a reseller may choose: all there are, unless the operator has ticked some."""

from __future__ import annotations

from portal.infra import installed_themes
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.infra.themes import Theme
from portal.tenancy import branding, settings


class ThemeNotOffered(PortalError):
    """The operator does not offer this theme to the reseller, or does no longer."""

    code = "theme_not_offered"


def of(session: ResellerSession) -> list[Theme]:
    """The themes by name, with the one that is live: nobody has to give up what they have.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    known = installed_themes.themes()
    ticked = settings.read(session).themes
    if not ticked:
        return list(known.values())
    live = installed_themes.named(branding.own(session).theme).id
    return [each for name, each in known.items() if name in {*ticked, live}]


def refuse_others(session: ResellerSession, theme: str) -> None:
    """See that a theme is one of these.

    Raises:
        ThemeNotOffered: it is not.
        NotFound: the reseller has no brand yet.
    """
    if installed_themes.named(theme).id not in {each.id for each in of(session)}:
        raise ThemeNotOffered(theme)
