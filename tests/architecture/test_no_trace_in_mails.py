"""No mail that a portal writes names the operator or another reseller."""

from __future__ import annotations

import email.policy
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.infra.db import Database
from portal.infra.mail import FolderMailer
from portal.notifications import catalogue
from portal.notifications.models import Mail
from portal.tasks import context, mails
from tests.architecture import every_mail
from tests.architecture.canaries import OTHER, OTHER_HOST, Planted, traces
from tests.architecture.conftest import SETTINGS
from tests.cast import HARBOUR, SUNNY, Cast

# It walks what other tests count already; counted as well, it takes half as long again.
pytestmark = pytest.mark.no_cover

OPERATOR = catalogue.Audience.OPERATOR
SUNNY_HOST = "sunny.localhost"
OF_MAILS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(
    marked: Database, planted: Planted, cast: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Every mail that Sunny can write, in both languages, and one of Harbour's, handed over."""
    del planted
    root = tmp_path_factory.mktemp("mails")
    try:
        for staff, host, languages in (
            (cast.sam, SUNNY_HOST, ("en", "de")),
            (cast.hanna, OTHER_HOST, ("en",)),
        ):
            reseller_id = staff.reseller_id
            mailer = FolderMailer(root / str(reseller_id))
            context.use(database=marked, settings=SETTINGS, mailer=mailer)
            for language in languages:
                every_mail.write(marked, staff=staff, host=host, language=language)
            with marked.session(reseller_id) as session:
                waiting = session.scalars(select(Mail.id).where(Mail.sent_at.is_(None))).all()
            for mail_id in waiting:
                mails.send(reseller_id, mail_id)
        yield root
    finally:
        context._in_use.clear()


def read(file: Path) -> tuple[set[str], str]:
    """The names of a mail's headers, and everything in it: as it is sent, and decoded."""
    raw = file.read_bytes()
    message = message_from_bytes(raw, policy=email.policy.default)
    names, words = set(), [file.name, raw.decode("ascii")]
    for part in message.walk():
        names.update(part.keys())
        words += [f"{name}: {value}" for name, value in part.items()]
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            words.append(content.decode("utf-8", "replace"))
    return names, "\n".join(words)


def test_every_notice_is_among_the_mails(marked: Database, folder: Path) -> None:
    """A new one is entered in what is written above, but for those that only the operator gets."""
    written = {key for key, each in catalogue.NOTICES.items() if each.audience is not OPERATOR}
    with marked.session(SUNNY) as session:
        taken = Mail.refused_at.is_(None)  # one is planted that the relay did not take
        sent = session.execute(select(Mail.notice, Mail.sent_at, Mail.error).where(taken)).all()
    assert {mail.notice for mail in sent} == written
    assert {mail.error for mail in sent} == {""}
    assert len(list((folder / str(SUNNY)).glob("*.eml"))) == len(sent) >= 22


def test_mails_of_the_other_reseller_name_it(folder: Path, planted: Planted) -> None:
    files = list((folder / str(HARBOUR)).glob("*.eml"))
    assert len(files) >= 11
    assert all(OTHER in traces(read(file)[1], planted) for file in files)


def test_no_mail_names_another(folder: Path, planted: Planted) -> None:
    for file in (folder / str(SUNNY)).glob("*.eml"):
        names, words = read(file)
        assert traces(words, planted) == set(), words[:2000]
        assert names <= OF_MAILS
        assert "sunny.localhost" in words
