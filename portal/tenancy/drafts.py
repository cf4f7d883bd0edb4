"""Drafts of a brand: each person works on one of their own, until it is published."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from portal.infra import clock, ids, installed_themes
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound
from portal.tenancy import brand_values, branding, versions
from portal.tenancy.brand_values import BrandValues
from portal.tenancy.models import Brand
from portal.tenancy.studio_models import BrandDraft

KEPT_FOR: Final = timedelta(hours=24)


def of(session: ResellerSession, person_id: int) -> BrandDraft | None:
    """Somebody's draft, unless they left it alone for a day."""
    return session.scalars(
        select(BrandDraft).where(
            BrandDraft.person_id == person_id, BrandDraft.changed_at > clock.now() - KEPT_FOR
        )
    ).one_or_none()


def by_id(session: ResellerSession, draft_id: int) -> BrandDraft:
    """A draft of the session's reseller.

    Raises:
        NotFound: there is none such, or its day is over.
    """
    found = session.get(BrandDraft, (session.reseller_id, draft_id))
    if found is None or ends_at(found) <= clock.now():
        raise NotFound("brand draft", draft_id)
    return found


def ends_at(draft: BrandDraft) -> datetime:
    """When it is forgotten, and links to its preview end."""
    return draft.changed_at + KEPT_FOR


def values_for(session: ResellerSession, person_id: int) -> BrandValues:
    """What somebody works on: their draft, or else the brand as it is."""
    draft = of(session, person_id)
    if draft is None:
        return branding.values_of(branding.own(session))
    return brand_values.from_json(draft.values)


def keep(session: ResellerSession, values: BrandValues, *, person_id: int) -> BrandDraft:
    """Make this somebody's draft, for a day from now on.

    Raises:
        InvalidColour, InvalidLook: a value of the look is none that a brand may have.
        NotFound: the reseller has no brand yet.
    """
    live = versions.locked(session)  # so that nobody begins two drafts at once
    sheet = branding.sheet_of(session, values)
    forget_old(session)
    draft = of(session, person_id)
    if draft is None:
        draft = BrandDraft(id=ids.new(), person_id=person_id, based_on=live.version)
        session.add(draft)
    draft.values = brand_values.as_json(values)
    draft.sheet, draft.sheet_hash = sheet.css, sheet.hash
    draft.changed_at = clock.now()
    session.flush()
    return draft


def drawn(draft: BrandDraft) -> Brand:
    """The brand that a draft would make, to draw pages with; it belongs to no session."""
    values = brand_values.from_json(draft.values)
    return Brand(
        reseller_id=draft.reseller_id,
        title=values.title,
        theme=values.theme,
        colours=brand_values.look_as_json(values.look),
        theme_settings=dict(values.theme_settings),
        welcome="",
        sheet=draft.sheet,
        sheet_hash=draft.sheet_hash,
        **values.pictures,
    )


def discard(session: ResellerSession, *, person_id: int) -> None:
    """Forget somebody's draft; links to its preview end with it."""
    session.execute(delete(BrandDraft).where(BrandDraft.person_id == person_id))


def draws_with(session: ResellerSession, theme: str) -> bool:
    """Whether some draft is drawn with this theme, or with one that builds on it."""
    since = clock.now() - KEPT_FOR
    kept = session.scalars(
        select(BrandDraft.values["theme"].astext).where(BrandDraft.changed_at > since)
    )
    return installed_themes.are_drawn_with(kept, theme)


def forget_old(session: ResellerSession) -> None:
    """Delete drafts whose day is over; in a session across resellers, those of all."""
    session.execute(
        delete(BrandDraft)
        .where(BrandDraft.changed_at <= clock.now() - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
