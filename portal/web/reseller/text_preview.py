"""A mail with somebody's data as they would read it: in a light or a dark program, or as text."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlsplit

from flask import Response, g
from flask_babel import gettext

from portal.accounts import access, letters
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.errors import NotFound
from portal.notifications import outbox, rendering
from portal.notifications.catalogue import Audience, Notice
from portal.notifications.wording import Words
from portal.tenancy import images, links
from portal.web.parts import frames

SHOWN: Final = ("light", "dark", "phone", "text")
_DARK_ONLY: Final = "@media (prefers-color-scheme: dark)"
_BAR: Final = (
    '<div style="padding:10px 16px;font:14px/20px system-ui,sans-serif;color:#1f2937;'
    'background:#f3f4f6;border-bottom:1px solid #d1d5db"><b>{subject}</b><br>{sender}</div>'
)


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
    mode = "@media all" if how == "dark" else "@media not all"
    # Which of the two a mail program is in the page decides here, not the reader's own browser.
    page = _with_picture(made.html).replace(_DARK_ONLY, mode)
    bar = _BAR.format(subject=escape(made.subject), sender=escape(g.tenant.brand.title))
    head, tag, rest = page.partition("<body")
    opening, end, body = rest.partition(">")
    return frames.mail(f"{head}{tag}{opening}{end}{bar}{body}")


def refused(messages: list[str]) -> Response:
    """The frame that says why there is nothing to be shown."""
    return frames.mail("\n".join(messages), media_type="text/plain", status=422)


def _with_picture(page: str) -> str:
    """The picture that travels with a mail stands in the page itself."""
    enclosed = rendering.enclosed(page)
    if enclosed is None:
        return page
    address, name = enclosed
    picture = images.by_hash(session(), name)
    packed = base64.b64encode(picture.content).decode()
    return page.replace(address, f"data:{picture.media_type};base64,{packed}")
