"""A mail with somebody's data as they would read it: in a light or a dark program, or as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g
from flask_babel import gettext

from portal.accounts import access, letters
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.errors import NotFound
from portal.notifications import mail_senders, outbox
from portal.notifications.catalogue import Audience, Notice
from portal.notifications.wording import Words
from portal.tenancy import links
from portal.web.parts import frames, mail_frames

SHOWN: Final = ("light", "dark", "phone", "text")


def values(notice: Notice, *, client_id: int | None) -> dict[str, str]:
    """What a notice says of a client, else of the sample; its link leads to this portal."""
    found = {name: value.text for name, value in notice.values.items()}
    if "url" in found:
        origin = links.origin_of(session(), current().settings)
        found["url"] = f"{origin}{urlsplit(found['url']).path}"
    if client_id is None or notice.audience is not Audience.CLIENT:
        return found
    try:
        client = access.client_by_id(session(), actor=g.actor, client_id=client_id)
    except NotFound:
        return found
    known = letters.facts(session(), client)
    return {name: known.get(name, sample) for name, sample in found.items()}


def shown(notice: Notice, words: Words, *, filled: Mapping[str, str], how: str) -> Response:
    """The frame that shows the mail."""
    made = outbox.rendered(session(), notice.key, words, values=filled)
    if how == "text":
        said = gettext("Subject: %(subject)s", subject=made.subject)
        return frames.mail(f"{said}\n\n{made.text}", media_type="text/plain")
    sender = mail_senders.own(session()).name or g.tenant.brand.title
    return mail_frames.shown(made, sender=sender, dark=how == "dark")


def refused(messages: list[str]) -> Response:
    """The frame that says why there is nothing to be shown."""
    return frames.mail("\n".join(messages), media_type="text/plain", status=422)
