"""Compare what the portal looks like: title, theme, colours, logos, welcome text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.provisioning.reading import PortalFolder
from portal.provisioning.steps import Remark, Step, kept
from portal.tenancy import branding, rich_text, versions, welcome
from portal.tenancy.brand_sheet import Look
from portal.tenancy.brand_values import PLACES
from portal.tenancy.models import Brand

_NAMES: Final = {
    "logo_light": "logo",
    "logo_dark": "logo for dark grounds",
    "login_logo_light": "logo of the sign-in page",
    "login_logo_dark": "logo of the sign-in page for dark grounds",
    "content_logo_light": "logo above the pages",
    "content_logo_dark": "logo above the pages for dark grounds",
    "favicon_light": "favicon",
    "favicon_dark": "favicon for dark tabs",
    "login_background_light": "background of the sign-in page",
    "login_background_dark": "background of the sign-in page in the dark mode",
}
assert tuple(_NAMES) == PLACES


def of_brand(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    """The brand, drawn anew where it is another one, and kept as a version then."""
    present = _present(session)
    look = list(_of_look(session, present, folder))
    yield from look
    if any(isinstance(each, Step) for each in look):
        yield Step("keep this look as a version", partial(versions.keep_live, session))
    if present is not None:
        yield from _of_greeting(session, present, folder)


def _of_look(
    session: ResellerSession, present: Brand | None, folder: PortalFolder
) -> Iterator[Step | Remark]:
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
    values = branding.values_of(present) if present else None
    yield from _of_theme_settings(session, folder, values.theme_settings if values else {})
    yield from _of_pictures(session, folder, values.pictures if values else {})


def _of_present(
    session: ResellerSession, present: Brand, folder: PortalFolder, *, look: Look
) -> Iterator[Step | Remark]:
    portal = folder.portal
    if (present.title, present.theme) != (portal.name, portal.theme):
        yield Step(
            f"call it {portal.name!r} with the theme {portal.theme!r}",
            partial(branding.rename, session, title=portal.name, theme=portal.theme),
        )
    if "brand" in portal.model_fields_set and _differs(session, present, look):
        yield Step(f"draw it anew in {look.seed}", partial(branding.change_look, session, look))


def _of_greeting(
    session: ResellerSession, present: Brand, folder: PortalFolder
) -> Iterator[Step | Remark]:
    if folder.welcome is None:
        if present.welcome:
            yield kept("the welcome text")
    elif rich_text.cleaned(folder.welcome).source != present.welcome:
        yield Step("change the welcome text", partial(welcome.keep, session, folder.welcome))


def _of_pictures(
    session: ResellerSession, folder: PortalFolder, present: Mapping[str, str]
) -> Iterator[Step | Remark]:
    for place in PLACES:
        picture = folder.pictures.get(place)
        if picture is None:
            if place in present:
                yield kept(f"the {_NAMES[place]}")
        elif picture.hash != present.get(place):
            yield Step(
                f"show the {_NAMES[place]}, {len(picture.content):,} bytes when drawn anew",
                partial(branding.show_picture, session, place, picture),
            )


def _of_theme_settings(
    session: ResellerSession, folder: PortalFolder, present: Mapping[str, Any]
) -> Iterator[Step | Remark]:
    wanted = folder.portal.brand.theme_settings
    if "theme_settings" not in folder.portal.brand.model_fields_set:
        if present:
            yield kept("what was chosen for the theme")
    elif wanted != present:
        yield Step(
            f"choose {', '.join(sorted(wanted)) or 'nothing'} for the theme",
            partial(branding.choose_for_theme, session, wanted),
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


def _differs(session: ResellerSession, present: Brand, look: Look) -> bool:
    """Whether other values were chosen, or the same ones are drawn otherwise than they were."""
    same = branding.look_of(present) == look
    return (
        not same
        or branding.sheet_of(session, replace(branding.values_of(present), look=look)).hash
        != present.sheet_hash
    )


def _present(session: ResellerSession) -> Brand | None:
    try:
        return branding.own(session)
    except NotFound:
        return None
