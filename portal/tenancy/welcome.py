"""The welcome text that a reseller writes: rich text, in its own language and in others."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from portal.infra import translation
from portal.infra.db import ResellerSession
from portal.infra.errors import PortalError
from portal.tenancy import branding, resellers, rich_text
from portal.tenancy.models import Brand
from portal.tenancy.rich_text import RichText
from portal.tenancy.text_models import WelcomeText

LENGTH_MAX: Final = 20_000


class WelcomeTooLong(PortalError):
    """The text has more than `LENGTH_MAX` characters."""

    code = "welcome_too_long"

    def __init__(self, length: int) -> None:
        super().__init__(f"the welcome text has {length:,} characters, at most {LENGTH_MAX:,}")


def checked(html: str) -> RichText:
    """What would be kept of a text.

    Raises:
        WelcomeTooLong: it is.
        InvalidRichText: nobody writes such a text by hand.
    """
    if len(html) > LENGTH_MAX:
        raise WelcomeTooLong(len(html))
    return rich_text.cleaned(html)


def keep(session: ResellerSession, html: str, *, language: str | None = None) -> bool:
    """Make this the welcome text in a language, or without one in the reseller's own.

    An empty text in another language goes back to the reseller's own. The answer is whether
    anything has changed.

    Raises:
        WelcomeTooLong: it is.
        InvalidRichText: nobody writes such a text by hand.
    """
    source = checked(html).source
    if source == written(session, language=language):
        return False
    if language is None or language == own_language(session):
        session.scalars(select(Brand)).one().welcome = source
    else:
        _keep_row(session, language, source)
    session.flush()
    branding.redraw(session)
    return True


def written(session: ResellerSession, *, language: str | None = None) -> str:
    """What was written in exactly this language, or without one in the reseller's own."""
    if language is None or language == own_language(session):
        return session.scalar(select(Brand.welcome)) or ""
    row = session.get(WelcomeText, (session.reseller_id, language))
    return row.html if row else ""


def for_reader(session: ResellerSession, *, language: str) -> str:
    """The text for a reader of a language: in it, else in the reseller's own; maybe empty."""
    return written(session, language=language) or written(session)


def languages(session: ResellerSession) -> list[str]:
    """The languages that there is a text of its own in, beside the reseller's."""
    return list(session.scalars(select(WelcomeText.language).order_by(WelcomeText.language)))


def own_language(session: ResellerSession) -> str:
    """The language of the text that all others fall back to."""
    return translation.nearest(resellers.own(session).language)


def _keep_row(session: ResellerSession, language: str, source: str) -> None:
    row = session.get(WelcomeText, (session.reseller_id, language))
    if row is None:
        session.add(WelcomeText(language=language, html=source))
    elif source:
        row.html = source
    else:
        session.delete(row)
