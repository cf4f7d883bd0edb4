"""A portal's own pages: terms, privacy, imprint and help, each in versions and languages."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.exc import IntegrityError

from portal.infra import clock, translation
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.tenancy import resellers, rich_text
from portal.tenancy.rich_text import RichText
from portal.tenancy.text_models import PageVersion

PAGES: Final = rich_text.PAGES
CONSENTABLE: Final = ("terms", "privacy")
"""Pages that somebody who signs up may have to accept."""
LENGTH_MAX: Final = 100_000


class PageTooLong(PortalError):
    """The text has more than `LENGTH_MAX` characters."""

    code = "page_too_long"

    def __init__(self, length: int) -> None:
        super().__init__(f"the page has {length:,} characters, at most {LENGTH_MAX:,}")


class ChangedMeanwhile(PortalError):
    """Somebody else has saved a version since the one that was changed."""

    code = "changed_meanwhile"


def all_in_force(session: ResellerSession) -> list[PageVersion]:
    """What every page says now, in each language that it is written in."""
    newest = (
        select(PageVersion)
        .ext(distinct_on(PageVersion.page, PageVersion.language))
        .order_by(PageVersion.page, PageVersion.language, PageVersion.version.desc())
    )
    return [each for each in session.scalars(newest) if each.html]


def written(session: ResellerSession) -> tuple[str, ...]:
    """The pages that there are in any language, in the order of `PAGES`."""
    newest = (
        select(PageVersion.page, PageVersion.html != "")
        .ext(distinct_on(PageVersion.page, PageVersion.language))
        .order_by(PageVersion.page, PageVersion.language, PageVersion.version.desc())
    )
    found = {page for page, has_text in session.execute(newest) if has_text}
    return tuple(page for page in PAGES if page in found)


def in_force(session: ResellerSession, page: str, *, language: str) -> PageVersion | None:
    """What a page says to a reader of this language; None where nothing is written.

    In the reader's language, else in the reseller's own, else in the first that there is: terms
    that somebody cannot read hold all the same.
    """
    found = {each.language: each for each in all_in_force(session) if each.page == page}
    own = translation.nearest(resellers.own(session).language)
    order = (translation.nearest(language), own, *sorted(found))
    return next((found[each] for each in order if each in found), None)


def latest(session: ResellerSession, page: str, *, language: str) -> PageVersion | None:
    """The newest version in exactly this language, empty if it was taken away; None before one."""
    return session.scalars(_versions(page, language).limit(1)).one_or_none()


def versions(
    session: ResellerSession, page: str, *, language: str, limit: int = 50
) -> list[PageVersion]:
    """The versions of a page in a language, the newest first."""
    return list(session.scalars(_versions(page, language).limit(limit)))


def version(
    session: ResellerSession, page: str, *, language: str, number: int
) -> PageVersion | None:
    """One version of a page in a language."""
    return session.get(PageVersion, (session.reseller_id, page, language, number))


def checked(html: str) -> RichText:
    """What would be kept of a text.

    Raises:
        PageTooLong: it is.
        InvalidRichText: nobody writes such a text by hand.
    """
    if len(html) > LENGTH_MAX:
        raise PageTooLong(len(html))
    return rich_text.cleaned(html)


def write(
    session: ResellerSession,
    page: str,
    *,
    language: str,
    html: str,
    person_id: int | None,
    person_name: str,
    based_on: int | None = None,
) -> PageVersion | None:
    """Let a page say this from now on; an empty text takes it away. None if it says so already.

    The brand's stylesheet has to be drawn anew afterwards (`branding.redraw`). `based_on` is the
    version that was changed, 0 for none, where it is known.

    Raises:
        PageTooLong: it is.
        InvalidRichText: nobody writes such a text by hand.
        ChangedMeanwhile: there is a newer version than the one that was changed.
    """
    source = checked(html).source
    before = latest(session, page, language=language)
    number = before.version if before else 0
    if (before.html if before else "") == source:
        return None
    if based_on is not None and based_on != number:
        raise ChangedMeanwhile
    made = PageVersion(
        page=page,
        language=language,
        version=number + 1,
        html=source,
        created_at=clock.now(),
        person_id=person_id,
        person_name=person_name,
    )
    try:
        with session.begin_nested():  # the key decides who was first
            session.add(made)
    except IntegrityError:
        raise ChangedMeanwhile from None
    return made


def _versions(page: str, language: str) -> Select[PageVersion]:
    return (
        select(PageVersion)
        .where(PageVersion.page == page, PageVersion.language == language)
        .order_by(PageVersion.version.desc())
    )
