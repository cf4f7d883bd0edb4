"""The brand of a portal: chosen values, and the stylesheet made of them when they are saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from portal.infra import installed_themes, theme_settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy import brand_sheet, images, rich_in_use, rich_text
from portal.tenancy.brand_sheet import BrandSheet, Look
from portal.tenancy.brand_values import PLACES, BrandValues, look_as_json
from portal.tenancy.models import Brand
from portal.tenancy.pictures import Picture
from portal.tenancy.rich_styles import Style, rules

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
        InvalidRichText: nobody writes such a greeting by hand.
    """
    brand = session.merge(
        Brand(
            reseller_id=session.reseller_id,
            title=title,
            theme=theme,
            colours=look_as_json(look or Look(seed=SEED)),
            welcome=rich_text.cleaned(welcome_html).source,
            sheet="",
            sheet_hash="",
        )
    )
    session.flush()  # its sheet has a rule for each style of its greeting
    redraw(session)
    return brand


def put_on(session: ResellerSession, values: BrandValues) -> Brand:
    """Show the portal with these values from now on, whatever it showed before.

    Raises:
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
        NotFound: the reseller has no brand yet, or no picture of such a name.
    """
    brand, sheet = own(session), sheet_of(session, values)
    for name in values.pictures.values():
        if images.size_of(session, name) is None:
            raise NotFound("image", name)
    brand.title, brand.theme = values.title, values.theme
    brand.colours = look_as_json(values.look)
    brand.theme_settings = dict(values.theme_settings)
    for place in PLACES:
        setattr(brand, place, values.pictures.get(place))
    brand.sheet, brand.sheet_hash = sheet.css, sheet.hash
    return brand


def rename(session: ResellerSession, *, title: str, theme: str) -> None:
    """Give the portal this title and this theme.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    put_on(session, replace(values_of(own(session)), title=title, theme=theme))


def change_look(session: ResellerSession, look: Look) -> None:
    """Draw the portal in another look from now on.

    Raises:
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
        NotFound: the reseller has no brand yet.
    """
    put_on(session, replace(values_of(own(session)), look=look))


def choose_for_theme(session: ResellerSession, values: Mapping[str, Any]) -> None:
    """Keep these values of the theme's own settings, which `theme_settings.checked` has let in.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    put_on(session, replace(values_of(own(session)), theme_settings=dict(values)))


def sheet_of(session: ResellerSession, values: BrandValues) -> BrandSheet:
    """The stylesheet that the portal would have with these values, and for its own texts.

    Raises:
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
    """
    theme = installed_themes.named(values.theme)
    return brand_sheet.brand_sheet(
        values.look,
        pictures=values.pictures,
        theme=theme_settings.declarations(theme, values.theme_settings),
        rich=rich_in_use.styles(session),
    )


def rules_of(session: ResellerSession, styles: Iterable[Style]) -> str:
    """The rules of these styles alone, for a text that is not kept yet.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    light, dark = brand_sheet.palettes(look_of(own(session)))
    return rules(styles, light=light, dark=dark)


def redraw(session: ResellerSession) -> None:
    """Make the stylesheet anew, after the styles of a text of the reseller's have changed.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    brand = own(session)
    sheet = sheet_of(session, values_of(brand))
    brand.sheet, brand.sheet_hash = sheet.css, sheet.hash


def show_picture(session: ResellerSession, place: str, picture: Picture) -> None:
    """Show this picture in one of the brand's places (`PLACES`).

    Raises:
        NotFound: the reseller has no brand yet.
    """
    images.keep(session, picture)
    values = values_of(own(session))
    put_on(session, replace(values, pictures={**values.pictures, place: picture.hash}))


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


def values_of(brand: Brand) -> BrandValues:
    """Everything that was chosen."""
    pictures = {place: getattr(brand, place) for place in PLACES}
    return BrandValues(
        title=brand.title,
        theme=brand.theme,
        look=look_of(brand),
        pictures={place: name for place, name in pictures.items() if name},
        theme_settings=dict(brand.theme_settings or {}),
    )
