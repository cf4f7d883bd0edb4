"""A mail in a frame, as a program would show it that is light or dark."""

from __future__ import annotations

import base64
from html import escape
from typing import Final

from flask import Response

from portal.http.unit_of_work import session
from portal.notifications import rendering
from portal.notifications.rendering import Rendered
from portal.tenancy import images
from portal.web.parts import frames

_DARK_ONLY: Final = "@media (prefers-color-scheme: dark)"
_BAR: Final = (
    '<div style="padding:10px 16px;font:14px/20px system-ui,sans-serif;color:#1f2937;'
    'background:#f3f4f6;border-bottom:1px solid #d1d5db"><b>{subject}</b><br>{sender}</div>'
)


def shown(made: Rendered, *, sender: str, dark: bool) -> Response:
    """The mail below its subject and sender; its picture stands in the page itself."""
    # Which of the two a mail program is in the page decides here, not the reader's own browser.
    mode = "@media all" if dark else "@media not all"
    page = _with_picture(made.html).replace(_DARK_ONLY, mode)
    bar = _BAR.format(subject=escape(made.subject), sender=escape(sender))
    head, tag, rest = page.partition("<body")
    opening, end, body = rest.partition(">")
    return frames.mail(f"{head}{tag}{opening}{end}{bar}{body}")


def _with_picture(page: str) -> str:
    enclosed = rendering.enclosed(page)
    if enclosed is None:
        return page
    address, name = enclosed
    picture = images.by_hash(session(), name)
    packed = base64.b64encode(picture.content).decode()
    return page.replace(address, f"data:{picture.media_type};base64,{packed}")
