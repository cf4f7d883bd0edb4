"""Write a mail in the reseller's name: stored and queued in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog

from portal.infra import clock, ids, mime, queue
from portal.infra.db import ResellerSession
from portal.notifications import catalogue, rendering, wording
from portal.notifications.models import Mail
from portal.notifications.placeholders import Ours, Theirs, Value
from portal.tenancy import branding, hostnames, images, resellers
from portal.tenancy.models import Brand

JOB: Final = "mails.send"

logger = structlog.get_logger(__name__)


def write(
    session: ResellerSession,
    notice: str,
    *,
    to: str,
    language: str,
    values: Mapping[str, str],
    client_id: int | None = None,
) -> None:
    """Write a notice to one address and queue its sending; rolled back, neither has happened.

    `values` holds the notice's variables as they shall be read, amounts formatted already;
    `[portal]` is known here, one that is not given is empty, and one that the notice does not have
    is left out. An address that is none was let in by mistake elsewhere: the mail is stored with
    that error and never sent, since no payment or message shall fail for it.

    Raises:
        UnknownNotice: there is no such notice.
        NotFound: the reseller has no brand or no host name yet.
        ValueError: a variable is missing that the notice is about.
    """
    declared = catalogue.notice(notice)
    reseller = resellers.own(session)
    brand = branding.own(session)
    words = wording.chosen(
        session,
        notice,
        language=language,
        own_language=reseller.language,
        theme=brand.theme,
    )
    rendered = rendering.render(
        words,
        _typed(declared, {**values, "portal": brand.title}),
        frame=_frame(session, brand, language=words.language),
    )
    mail = Mail(
        id=ids.new(),
        notice=notice,
        client_id=client_id,
        recipient=to,
        sender_name=brand.title,
        reply_to=_address_or_none(reseller.email),
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        created_at=clock.now(),
    )
    session.add(mail)
    try:
        mail.recipient = mime.address(to)
    except mime.InvalidAddress as invalid:
        mail.error, mail.refused_at = str(invalid), clock.now()
        logger.warning("mail has no address", mail_id=mail.id, notice=notice)
        return
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


def _frame(session: ResellerSession, brand: Brand, *, language: str) -> rendering.Frame:
    size = images.size_of(session, brand.logo_light) if brand.logo_light else None
    return rendering.Frame(
        title=brand.title,
        host=hostnames.primary_of(session),
        language=language,
        theme=brand.theme,
        sheet_hash=brand.sheet_hash,
        look=branding.look_of(brand),
        logo=rendering.Logo(brand.logo_light, *size) if brand.logo_light and size else None,
    )
