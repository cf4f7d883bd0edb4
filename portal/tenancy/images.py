"""Pictures of a brand: kept once, found by the name that their content gives them."""

from __future__ import annotations

from sqlalchemy import select

from portal.infra import clock
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy.models import Image
from portal.tenancy.pictures import Picture


def keep(session: ResellerSession, picture: Picture) -> None:
    """Keep a picture of the session's reseller; the same one twice is one."""
    if session.get(Image, (session.reseller_id, picture.hash)) is None:
        session.add(
            Image(
                hash=picture.hash,
                media_type=picture.media_type,
                width=picture.width,
                height=picture.height,
                content=picture.content,
                created_at=clock.now(),
            )
        )
        session.flush()  # a brand refers to it


def size_of(session: ResellerSession, name: str) -> tuple[int, int] | None:
    """The width and height of a picture in pixels, without reading it; None if there is none."""
    found = session.execute(select(Image.width, Image.height).where(Image.hash == name))
    row = found.one_or_none()
    return (row.width, row.height) if row else None


def by_hash(session: ResellerSession, name: str) -> Image:
    """A picture of the session's reseller.

    Raises:
        NotFound: it has none of this name.
    """
    found = session.get(Image, (session.reseller_id, name))
    if found is None:
        raise NotFound("image", name)
    return found
