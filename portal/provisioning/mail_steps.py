"""Compare in which words mails are written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from portal.infra.db import ResellerSession
from portal.notifications import wording
from portal.notifications.wording import Words
from portal.provisioning.reading import PortalFolder
from portal.provisioning.steps import Remark, Step, kept


def of_mails(session: ResellerSession, folder: PortalFolder) -> Iterator[Step | Remark]:
    """Words of its own are kept; a text that is the theme's again goes back to the theme's."""
    for notice, texts in folder.mails.items():
        for words in texts:
            yield from _of_mail(session, notice, words, theme=folder.portal.theme)
    in_folder = {
        (notice, words.language) for notice, texts in folder.mails.items() for words in texts
    }
    for notice, language in wording.all_own(session):
        if (notice, language) not in in_folder:
            yield kept(f"an own text for the mail {notice!r} in {language!r}")


def _of_mail(session: ResellerSession, notice: str, words: Words, *, theme: str) -> Iterator[Step]:
    present = wording.own(session, notice, language=words.language)
    if words == wording.default(notice, language=words.language, theme=theme):
        if present is not None:
            yield Step(
                f"write the mail {notice!r} in {words.language!r} as the theme has it again",
                partial(wording.restore, session, notice, language=words.language),
            )
    elif words != present:
        yield Step(
            f"write the mail {notice!r} in {words.language!r} in its own words",
            partial(
                wording.save,
                session,
                notice,
                language=words.language,
                subject=words.subject,
                body=words.body,
            ),
        )
