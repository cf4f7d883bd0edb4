"""Change the texts of a portal as somebody, so that it is written down."""

from __future__ import annotations

from collections.abc import Mapping

from portal.accounts import activity
from portal.accounts.actor import Actor
from portal.infra.db import ResellerSession
from portal.notifications import greeting, wording
from portal.notifications.wording import Words
from portal.tenancy import branding, own_words, site_pages, welcome
from portal.tenancy.text_models import PageVersion


def keep_welcome(session: ResellerSession, *, language: str, html: str, by: Actor) -> None:
    """Greet the clients of a language with this text; what changes nothing is not written down.

    Raises:
        UnknownVariable: with the nearest one that there is.
        WelcomeTooLong, InvalidRichText: it cannot be kept.
    """
    greeting.check(html)
    if welcome.keep(session, html, language=language):
        activity.record(session, by=by, what="welcome.changed", description=language)


def write_page(
    session: ResellerSession, page: str, *, language: str, html: str, based_on: int, by: Actor
) -> PageVersion | None:
    """Let a page say this from now on, as a new version; None if it says so already.

    Raises:
        PageTooLong, InvalidRichText: it cannot be kept.
        ChangedMeanwhile: there is a newer version than the one that was changed.
    """
    made = site_pages.write(
        session,
        page,
        language=language,
        html=html,
        person_id=by.person_id,
        person_name=by.name,
        based_on=based_on,
    )
    if made is not None:
        branding.redraw(session)
        activity.record(
            session,
            by=by,
            what="page.changed",
            description=f"{page}, {language}, {made.version}",
        )
    return made


def reword(
    session: ResellerSession, notice: str, *, language: str, subject: str, body: str, by: Actor
) -> Words:
    """Write a mail in these words from now on; the same ones again are not written down.

    Raises:
        UnknownNotice, UnknownLanguage: the portal has none of that name.
        WordingError: the words cannot be kept.
    """
    before = wording.own(session, notice, language=language)
    words = wording.save(session, notice, language=language, subject=subject, body=body)
    if words != before:
        activity.record(session, by=by, what="mail.reworded", description=f"{notice}, {language}")
    return words


def restore(session: ResellerSession, notice: str, *, language: str, by: Actor) -> None:
    """Write a mail in the words that come with the theme again; nothing happens if it is."""
    if wording.own(session, notice, language=language) is not None:
        wording.restore(session, notice, language=language)
        activity.record(session, by=by, what="mail.restored", description=f"{notice}, {language}")


def keep_words(
    session: ResellerSession, texts: Mapping[str, str], *, language: str, by: Actor
) -> int:
    """Let labels say these texts in a language from now on; how many now say something else.

    Raises:
        OwnWordsError: one cannot say this, or there would be too many.
    """
    changed = own_words.keep(session, texts, language=language)
    if changed:
        activity.record(session, by=by, what="words.changed", description=language, changes=changed)
    return changed
