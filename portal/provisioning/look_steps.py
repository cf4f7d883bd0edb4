"""Compare what the portal looks like: title, theme, colours, logos, welcome text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.provisioning.reading import PortalFolder
from portal.provisioning.steps import Remark, Step, kept
from portal.tenancy import brand_sheet, branding, welcome
from portal.tenancy.brand_sheet import Look
from portal.tenancy.models import Brand
from portal.tenancy.pictures import Picture


def of_brand(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    """The brand, drawn anew where it is another one."""
    present = _present(session)
    portal, look = folder.portal, _wanted(folder)
    if present is None:
        greeting = " and greet with the text of welcome.html" if folder.welcome else ""
        yield Step(
            f"draw it in {look.seed} with the theme {portal.theme!r}{greeting}",
            partial(
                branding.set_up,
                session,
                title=portal.name,
                look=look,
                theme=portal.theme,
                welcome_html=folder.welcome or "",
            ),
        )
    else:
        yield from _of_present(session, present, folder, look=look)
    yield from _of_logo(
        session, folder.logo, present.logo_light if present else None, on_dark=False
    )
    yield from _of_logo(
        session, folder.logo_dark, present.logo_dark if present else None, on_dark=True
    )


def _of_present(
    session: ResellerSession, present: Brand, folder: PortalFolder, *, look: Look
) -> Iterator[Step | Remark]:
    portal = folder.portal
    if (present.title, present.theme) != (portal.name, portal.theme):
        yield Step(
            f"call it {portal.name!r} with the theme {portal.theme!r}",
            partial(branding.rename, session, title=portal.name, theme=portal.theme),
        )
    if "brand" in portal.model_fields_set and _differs(present, look):
        yield Step(f"draw it anew in {look.seed}", partial(branding.change_look, session, look))
    if folder.welcome is None:
        if present.welcome:
            yield kept("the welcome text")
    elif welcome.clean(folder.welcome) != present.welcome:
        yield Step("change the welcome text", partial(welcome.keep, session, folder.welcome))


def _of_logo(
    session: ResellerSession, picture: Picture | None, present: str | None, *, on_dark: bool
) -> Iterator[Step | Remark]:
    name = "logo for dark grounds" if on_dark else "logo"
    if picture is None:
        if present:
            yield kept(f"the {name}")
    elif picture.hash != present:
        yield Step(
            f"show the {name}, {len(picture.content):,} bytes when drawn anew",
            partial(branding.show_logo, session, picture, on_dark=on_dark),
        )


def _wanted(folder: PortalFolder) -> Look:
    """The look of the file; a seed that it does not name is the logo's first colour."""
    brand = folder.portal.brand
    return Look(
        seed=brand.seed or next(iter(folder.logo_colours), branding.SEED),
        own=dict(brand.own),
        own_dark=dict(brand.own_dark),
        radius_px=brand.radius,
        font=brand.font,
    )


def _differs(present: Brand, look: Look) -> bool:
    """Whether other values were chosen, or the same ones are drawn otherwise than they were."""
    same = branding.look_of(present) == look
    return not same or brand_sheet.brand_sheet(look).hash != present.sheet_hash


def _present(session: ResellerSession) -> Brand | None:
    try:
        return branding.own(session)
    except NotFound:
        return None
