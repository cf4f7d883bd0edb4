"""The versions of a brand: what was published, by whom, and what is live."""

from __future__ import annotations

from sqlalchemy import select

from portal.infra import clock, installed_themes
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.tenancy import brand_values, branding
from portal.tenancy.brand_values import BrandValues
from portal.tenancy.models import Brand
from portal.tenancy.studio_models import BrandVersion

LISTED_MAX = 20


class PublishedMeanwhile(PortalError):
    """Somebody else has published since one looked; `version` is the one that is live now."""

    code = "published_meanwhile"

    def __init__(self, version: BrandVersion) -> None:
        super().__init__(f"version {version.number} was published meanwhile")
        self.version = version


def publish(
    session: ResellerSession,
    values: BrandValues,
    *,
    seen: int,
    person_id: int | None,
    person_name: str,
    restores: int | None = None,
) -> BrandVersion | None:
    """Show the portal with these values, and keep them as a version; None if it shows them already.

    `seen` is the version that was live when its publisher looked.

    Raises:
        PublishedMeanwhile: another one is live now; nothing has changed.
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
        NotFound: the reseller has no brand yet, or no picture of such a name.
    """
    brand = locked(session)
    if brand.version != seen:
        raise PublishedMeanwhile(by_number(session, brand.version))
    keep_live(session)
    if values == branding.values_of(brand):
        return None
    branding.put_on(session, values)
    return _added(session, brand, person_id, person_name, restores)


def keep_live(session: ResellerSession) -> BrandVersion | None:
    """Keep the brand as it is as a version, if it is not the latest: it was changed by other means.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    brand = locked(session)
    latest = _latest(session)
    live = branding.values_of(brand)
    if latest is not None and brand_values.from_json(latest.values) == live:
        return None
    return _added(session, brand, None, "", None)


def listed(session: ResellerSession) -> list[BrandVersion]:
    """The newest versions, the newest first."""
    query = select(BrandVersion).order_by(BrandVersion.number.desc()).limit(LISTED_MAX)
    return list(session.scalars(query))


def drew_with(session: ResellerSession, theme: str) -> bool:
    """Whether one of the newest versions is drawn with this theme, or with one that builds on it.

    Pages from before a change are still open, and not every process knows of it at once.
    """
    newest = (
        select(BrandVersion.values["theme"].astext)
        .order_by(BrandVersion.number.desc())
        .limit(LISTED_MAX)
    )
    return installed_themes.are_drawn_with(session.scalars(newest), theme)


def by_number(session: ResellerSession, number: int) -> BrandVersion:
    """A version of the session's reseller.

    Raises:
        NotFound: there is none of this number.
    """
    found = session.get(BrandVersion, (session.reseller_id, number))
    if found is None:
        raise NotFound("brand version", number)
    return found


def locked(session: ResellerSession) -> Brand:
    """The brand as it is, which nobody else changes until this transaction ends.

    Raises:
        NotFound: the reseller has no brand yet.
    """
    session.flush()
    found = session.get(Brand, session.reseller_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("brand", session.reseller_id)
    return found


def _latest(session: ResellerSession) -> BrandVersion | None:
    return next(iter(listed(session)), None)


def _added(
    session: ResellerSession,
    brand: Brand,
    person_id: int | None,
    person_name: str,
    restores: int | None,
) -> BrandVersion:
    latest = _latest(session)
    version = BrandVersion(
        number=(latest.number if latest else 0) + 1,
        values=brand_values.as_json(branding.values_of(brand)),
        restores=restores,
        created_at=clock.now(),
        person_id=person_id,
        person_name=person_name,
    )
    session.add(version)
    brand.version = version.number
    session.flush()
    return version
