"""Pictures of a brand by the place that shows them: each is drawn as its place needs it."""

from __future__ import annotations

from portal.infra.db import ResellerSession
from portal.tenancy import images, pictures
from portal.tenancy.brand_sheet import LOGIN_BACKGROUND
from portal.tenancy.brand_values import FAVICON, PLACES
from portal.tenancy.pictures import Picture


def drawn_for(place: str, given: bytes) -> Picture:
    """The picture of a file as this place shows it: a square icon, a large photo, or a logo.

    Raises:
        InvalidPicture: the file is none that a portal shows.
    """
    assert place in PLACES, place
    if place.startswith(FAVICON):
        return pictures.icon(given)
    if place.startswith(LOGIN_BACKGROUND):
        return pictures.photo(given)
    return pictures.drawn(given)


def colours_in(session: ResellerSession, name: str | None) -> tuple[str, ...]:
    """The brand colours of a picture that is kept, best first; none without a picture."""
    if name is None:
        return ()
    return pictures.colours_of(images.by_hash(session, name).content)
