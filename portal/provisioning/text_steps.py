"""Compare the texts of a portal: greetings in further languages, own pages, labels of pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.infra.db import ResellerSession
from portal.provisioning.reading import PortalFolder
from portal.provisioning.steps import Remark, Step, kept
from portal.tenancy import branding, own_words, resellers, rich_text, site_pages, welcome


def of_texts(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    """Greetings, pages and labels; one that the folder does not have is kept."""
    exists = resellers.own_if_any(session) is not None
    yield from _of_greetings(session, folder, exists=exists)
    yield from _of_pages(session, folder)
    yield from _of_labels(session, folder)


def _of_greetings(
    session: ResellerSession, folder: PortalFolder, *, exists: bool
) -> Iterator[Step | Remark]:
    for language, html in folder.greetings.items():
        present = welcome.written(session, language=language) if exists else ""
        if rich_text.cleaned(html).source != present:
            yield Step(
                f"change the welcome text in {language!r}",
                partial(welcome.keep, session, html, language=language),
            )
    for language in welcome.languages(session):
        if language not in folder.greetings:
            yield kept(f"the welcome text in {language!r}")


def _of_pages(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    for (page, language), html in folder.pages.items():
        before = site_pages.latest(session, page, language=language)
        if rich_text.cleaned(html).source != (before.html if before else ""):
            number = before.version + 1 if before else 1
            yield Step(
                f"write the page {page!r} in {language!r}, version {number}",
                partial(_write, session, page, language, html),
            )
    for each in site_pages.all_in_force(session):
        if (each.page, each.language) not in folder.pages:
            yield kept(f"the page {each.page!r} in {each.language!r}")


def _of_labels(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    for language, texts in folder.words.items():
        present = own_words.written(session, language=language)
        changed = {
            message: text
            for message, text in texts.items()
            if own_words.kept_of(message, text, language=language) != present.get(message, "")
        }
        if changed:
            yield Step(
                f"change labels of pages in {language!r}: {len(changed)}",
                partial(own_words.keep, session, changed, language=language),
            )
    for language in own_words.languages(session):
        left = own_words.written(session, language=language).keys() - folder.words.get(language, {})
        if left:
            yield kept(f"own words in {language!r} for labels ({len(left)})")


def _write(session: ResellerSession, page: str, language: str, html: str) -> None:
    site_pages.write(session, page, language=language, html=html, person_id=None, person_name="")
    branding.redraw(session)
