"""Write a mail in the reseller's name: stored and queued in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

import structlog

from portal.infra import clock, ids, mime, queue
from portal.infra.db import ResellerSession
from portal.infra.mail_errors import Trouble
from portal.notifications import attaching, catalogue, mail_senders, rendering, wording
from portal.notifications.attaching import Paper
from portal.notifications.models import Mail
from portal.notifications.placeholders import Ours, Theirs, Value
from portal.notifications.rendering import Rendered
from portal.notifications.wording import Words
from portal.tenancy import branding, hostnames, images, resellers, site_pages
from portal.tenancy.models import Brand

JOB: Final = "mails.send"
TEST_MARK: Final = "[Test]"

logger = structlog.get_logger(__name__)


def write(
    session: ResellerSession,
    notice: str,
    *,
    to: str,
    language: str,
    values: Mapping[str, str],
    client_id: int | None = None,
    reply_to: str = "",
    papers: Sequence[Paper] = (),
) -> None:
    """Write a notice to one address and queue its sending; rolled back, neither has happened.

    `reply_to` takes the place of the reseller's own address for answers; `papers` go with it.

    `values` holds the notice's variables as they shall be read, amounts formatted already;
    `[portal]` is known here, one that is not given is empty, and one that the notice does not have
    is left out. An address that is none was let in by mistake elsewhere: the mail is stored with
    that error and never sent, since no payment or message shall fail for it.

    Raises:
        UnknownNotice: there is no such notice.
        NotFound: the reseller has no brand or no host name yet.
        ValueError: a variable is missing that the notice is about.
    """
    words = _chosen(session, notice, language)
    mail = _stored(session, notice, words, to=to, values=values, client_id=client_id)
    mail.reply_to = _address_or_none(reply_to) or mail.reply_to
    mail.papers = attaching.named(papers)
    _queue(session, mail)


def write_to_send(
    session: ResellerSession, notice: str, *, to: str, language: str, values: Mapping[str, str]
) -> Mail:
    """The same, but that its caller sends it at once: nothing is queued.

    Raises:
        UnknownNotice, NotFound, ValueError: as `write` does.
    """
    words = _chosen(session, notice, language)
    return _stored(session, notice, words, to=to, values=values, client_id=None)


def write_test(
    session: ResellerSession, notice: str, words: Words, *, to: str, values: Mapping[str, str]
) -> None:
    """Write a notice in words that are only tried, marked as a test in its subject.

    Raises:
        UnknownNotice, NotFound, ValueError: as `write` does.
    """
    marked = replace(words, subject=f"{TEST_MARK} {words.subject}")
    _queue(session, _stored(session, notice, marked, to=to, values=values, client_id=None))


def rendered(
    session: ResellerSession, notice: str, words: Words, *, values: Mapping[str, str]
) -> Rendered:
    """A notice in these words as it would be read, with nothing kept and nothing sent.

    Raises:
        UnknownNotice, NotFound, ValueError: as `write` does.
    """
    declared, brand = catalogue.notice(notice), branding.own(session)
    return rendering.render(
        words,
        _typed(declared, {**values, "portal": brand.title}),
        frame=replace(
            _frame(session, brand, language=words.language),
            imprint_url=_imprint_url(session, beside=values.get("url", "")),
        ),
    )


def sample(
    session: ResellerSession,
    notice: str,
    *,
    brand: Brand,
    language: str,
    values: Mapping[str, str],
) -> Rendered:
    """A notice with sample values as it would be read in another brand, with nothing kept.

    `values` are those that are to be others than the notice's own samples.

    Raises:
        UnknownNotice: there is no such notice.
        NotFound: the reseller has no host name yet.
    """
    declared, words = catalogue.notice(notice), _chosen(session, notice, language)
    samples = {name: value.text for name, value in declared.values.items()}
    return rendering.render(
        words,
        _typed(declared, {**samples, **values, "portal": brand.title}),
        frame=_frame(session, brand, language=words.language),
    )


def _chosen(session: ResellerSession, notice: str, language: str) -> Words:
    return wording.chosen(
        session,
        notice,
        language=language,
        own_language=resellers.own(session).language,
        theme=branding.own(session).theme,
    )


def _stored(
    session: ResellerSession,
    notice: str,
    words: Words,
    *,
    to: str,
    values: Mapping[str, str],
    client_id: int | None,
) -> Mail:
    reseller, brand = resellers.own(session), branding.own(session)
    sender = mail_senders.own(session)
    made = rendered(session, notice, words, values=values)
    mail = Mail(
        id=ids.new(),
        notice=notice,
        client_id=client_id,
        recipient=to,
        sender_name=sender.name or brand.title,
        reply_to=sender.reply_to or _address_or_none(reseller.email),
        subject=made.subject,
        html=made.html,
        text=made.text,
        created_at=clock.now(),
    )
    session.add(mail)
    try:
        mail.recipient = mime.address(to)
    except mime.InvalidAddress as invalid:
        mail.error, mail.refused_at = str(invalid), clock.now()
        mail.trouble = Trouble.ADDRESS.value
        logger.warning("mail has no address", mail_id=mail.id, notice=notice)
        if catalogue.notice(notice).confidential:
            mail.html = mail.text = ""
    return mail


def send_soon(session: ResellerSession, mail: Mail) -> None:
    """Have a mail that is stored and not settled tried as soon as the worker gets to it.

    It has one job, however often this is asked.
    """
    number = {"reseller_id": session.reseller_id, "mail_id": mail.id}
    if not queue.hasten(session, JOB, **number):
        queue.enqueue(session, JOB, reseller_id=session.reseller_id, mail_id=mail.id)


def _queue(session: ResellerSession, mail: Mail) -> None:
    if mail.refused_at is None:
        queue.enqueue(session, JOB, reseller_id=session.reseller_id, mail_id=mail.id)


def _address_or_none(text: str) -> str:
    try:
        return mime.address(text)
    except mime.InvalidAddress:
        return ""


def _typed(notice: catalogue.Notice, given: Mapping[str, str]) -> dict[str, Value]:
    missing = notice.required - given.keys()
    if missing:
        raise ValueError(f"{notice.key} needs {', '.join(sorted(missing))}")
    return {
        name: (Ours if isinstance(sample, Ours) else Theirs)(given.get(name, ""))
        for name, sample in notice.values.items()
    }


def _imprint_url(session: ResellerSession, *, beside: str) -> str:
    """Where the portal's imprint is, on the same host as a link; empty where it has none."""
    found = urlsplit(beside)
    if not found.netloc or "imprint" not in site_pages.written(session):
        return ""
    return f"{found.scheme}://{found.netloc}/imprint"


def _frame(session: ResellerSession, brand: Brand, *, language: str) -> rendering.Frame:
    size = images.size_of(session, brand.logo_light) if brand.logo_light else None
    return rendering.Frame(
        title=brand.title,
        host=hostnames.primary_of(session),
        language=language,
        theme=brand.theme,
        sheet_hash=brand.sheet_hash,
        theme_settings=json.dumps(brand.theme_settings, sort_keys=True),
        look=branding.look_of(brand),
        logo=rendering.Logo(brand.logo_light, *size) if brand.logo_light and size else None,
    )
