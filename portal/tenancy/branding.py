"""The brand of a portal: chosen values, and the stylesheet made of them when they are saved."""

from __future__ import annotations

from typing import Any

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy import brand_sheet, images, welcome
from portal.tenancy.brand_sheet import Look
from portal.tenancy.models import Brand
from portal.tenancy.pictures import Picture

SEED = "#206bc4"
"""The colour of a portal that has chosen none."""


def set_up(
    session: ResellerSession,
    *,
    title: str,
    look: Look | None = None,
    theme: str = "default",
    welcome_html: str = "",
) -> Brand:
    """Give the session's reseller this brand, in place of the one before.

    The stylesheet is made here, once, so that no page has to.

    Raises:
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
    """
    chosen = look or Look(seed=SEED)
    sheet = brand_sheet.brand_sheet(chosen)
    return session.merge(
        Brand(
            reseller_id=session.reseller_id,
            title=title,
            theme=theme,
            colours=_stored(chosen),
            welcome=welcome.clean(welcome_html),
            sheet=sheet.css,
            sheet_hash=sheet.hash,
        )
    )


def rename(session: ResellerSession, *, title: str, theme: str) -> None:
    """Give the portal this title and this theme.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    brand = own(session)
    brand.title, brand.theme = title, theme


def change_look(session: ResellerSession, look: Look) -> None:
    """Draw the portal in another look from now on.

    Raises:
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
        NotFound: the reseller has no brand yet.
    """
    brand, sheet = own(session), brand_sheet.brand_sheet(look)
    brand.colours, brand.sheet, brand.sheet_hash = _stored(look), sheet.css, sheet.hash


def show_logo(session: ResellerSession, picture: Picture, *, on_dark: bool = False) -> None:
    """Show this picture as the logo, or as the one that is drawn for dark grounds.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    images.keep(session, picture)
    if on_dark:
        own(session).logo_dark = picture.hash
    else:
        own(session).logo_light = picture.hash


def own(session: ResellerSession) -> Brand:
    """The brand of the session's reseller.

    Raises:
        NotFound: it has none yet.
    """
    brand = session.get(Brand, session.reseller_id)
    if brand is None:
        raise NotFound("brand", session.reseller_id)
    return brand


def look_of(brand: Brand) -> Look:
    """What was chosen, to be drawn anew: for mails, which cannot use the stylesheet."""
    return Look(**brand.colours)


def _stored(look: Look) -> dict[str, Any]:
    return {
        "seed": look.seed,
        "own": dict(look.own),
        "own_dark": dict(look.own_dark),
        "radius_px": look.radius_px,
        "font": look.font,
    }
