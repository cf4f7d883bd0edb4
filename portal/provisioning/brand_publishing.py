"""Publish a brand as somebody, so that it is written down."""

from __future__ import annotations

from dataclasses import replace

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra import installed_themes, theme_settings
from portal.infra.db import ResellerSession
from portal.infra.errors import NotFound, PortalError
from portal.tenancy import brand_sheet, brand_values, drafts, offered_themes, versions
from portal.tenancy.studio_models import BrandVersion


class HardToRead(PortalError):
    """Some texts of the draft cannot be read well, and nobody has said to publish them so."""

    code = "hard_to_read"

    def __init__(self, inks: list[str]) -> None:
        super().__init__(f"hard to read: {', '.join(inks)}")
        self.inks = inks


def publish(
    session: ResellerSession, *, seen: int, by: Actor, though_hard_to_read: bool = False
) -> BrandVersion | None:
    """Make somebody's draft the brand, and end the draft; None if nothing of it is new.

    `seen` is the version that was live when they looked.

    Raises:
        NotFound: they have no draft.
        HardToRead: a text chosen by hand has too little contrast, and `though_hard_to_read` is off.
        ThemeNotOffered: its theme is none that the reseller may choose any more; the draft stays.
        PublishedMeanwhile: another version is live now; the draft stays.
    """
    person_id = by.person_id or 0
    draft = drafts.of(session, person_id)
    if draft is None:
        raise NotFound("brand draft of", person_id)
    values = brand_values.from_json(draft.values)
    inks = brand_sheet.unreadable(values.look)
    if inks and not though_hard_to_read:
        raise HardToRead(inks)
    offered_themes.refuse_others(session, values.theme)
    version = versions.publish(
        session, values, seen=seen, person_id=by.person_id, person_name=_name(session, by)
    )
    drafts.discard(session, person_id=person_id)
    if version is not None:
        activity.record(session, by=by, what="brand.published", version=version.number)
    return version


def restore(session: ResellerSession, number: int, *, seen: int, by: Actor) -> BrandVersion | None:
    """Publish an earlier version once more, as a new one; None if the portal looks like it already.

    What its theme no longer takes of its settings is left out.

    Raises:
        NotFound: there is no version of this number.
        ThemeNotOffered: its theme is none that the reseller may choose any more.
        PublishedMeanwhile: another version than the one `seen` is live now.
    """
    kept = brand_values.from_json(versions.by_number(session, number).values)
    theme = installed_themes.named(kept.theme)
    offered_themes.refuse_others(session, theme.id)
    values = replace(
        kept,
        theme=theme.id,
        theme_settings=theme_settings.carried_over(theme, kept.theme_settings),
    )
    version = versions.publish(
        session,
        values,
        seen=seen,
        person_id=by.person_id,
        person_name=_name(session, by),
        restores=number,
    )
    if version is not None:
        activity.record(
            session, by=by, what="brand.restored", version=version.number, restored=number
        )
    return version


def _name(session: ResellerSession, by: Actor) -> str:
    """A reseller's staff reads it, so it does not name the operator's."""
    return by.name if by.reseller_id == session.reseller_id else ""
