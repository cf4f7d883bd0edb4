"""A brand as pages show it: title, stylesheet, and the address of each of its pictures."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from portal.tenancy import branding
from portal.tenancy.brand_values import CONTENT_LOGO, FAVICON, LOGIN_LOGO, LOGO, picture_of
from portal.tenancy.models import Brand


@dataclass(frozen=True, kw_only=True)
class BrandShown:
    """Whose portal it is, as far as pages show it; each picture with its twin for dark grounds."""

    title: str
    sheet_url: str
    home_url: str
    logo_url: str | None
    logo_dark_url: str | None
    login_logo_url: str | None
    """Where people sign in: a picture of its own, or the logo."""
    login_logo_dark_url: str | None
    content_logo_url: str | None
    """Above the pages: a picture of its own, or the logo."""
    content_logo_dark_url: str | None
    has_content_logo: bool
    """Whether the one above the pages is one of its own, beside the logo in the bar."""
    favicon_url: str | None
    """A square picture for the tabs of browsers; without one they ask for `/favicon.ico`."""
    favicon_dark_url: str | None


def shown(brand: Brand, *, sheet_url: str | None = None) -> BrandShown:
    """A brand, with the stylesheet at this address or else its own."""
    pictures = branding.values_of(brand).pictures

    def picture(slot: str, mode: str) -> str | None:
        name = picture_of(pictures, slot, mode)
        return url_for("public.media", name=name) if name else None

    def icon(mode: str) -> str | None:
        name = pictures.get(f"{FAVICON}_{mode}")
        return url_for("public.media", name=name) if name else None

    return BrandShown(
        title=brand.title,
        sheet_url=sheet_url or url_for("public.brand_sheet", version=brand.sheet_hash),
        home_url=url_for("public.home"),
        logo_url=picture(LOGO, "light"),
        logo_dark_url=picture(LOGO, "dark"),
        login_logo_url=picture(LOGIN_LOGO, "light"),
        login_logo_dark_url=picture(LOGIN_LOGO, "dark"),
        content_logo_url=picture(CONTENT_LOGO, "light"),
        content_logo_dark_url=picture(CONTENT_LOGO, "dark"),
        has_content_logo=f"{CONTENT_LOGO}_light" in pictures,
        favicon_url=icon("light"),
        favicon_dark_url=icon("dark"),
    )
