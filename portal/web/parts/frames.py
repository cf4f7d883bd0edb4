"""Answers that a page shows in a frame of its own, where nothing of theirs can run or be sent."""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from flask import Response

_STYLED: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'self'; sandbox"
)
_OWN: Final = (
    "default-src 'none'; style-src 'self' data:; img-src 'self' data:; font-src 'self';"
    " script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_DRAFT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'none'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'"
)


def mail(body: str, *, media_type: str = "text/html", status: int = 200) -> Response:
    """A mail as it is read: styles stand in it, pictures travel with it, all else is out."""
    answer = Response(body, status=status, content_type=f"{media_type}; charset=utf-8")
    return _framed(answer, _STYLED)


def sheet_url(css: str) -> str:
    """An address that holds a stylesheet itself, for a page in a frame."""
    return f"data:text/css;base64,{b64encode(css.encode()).decode()}"


def page(answer: Response) -> Response:
    """A page of the portal, drawn by its stylesheets and one in itself, and without its scripts."""
    return _framed(answer, _OWN)


def draft(answer: Response) -> Response:
    """A page of the portal as it might be: it runs its own scripts, and can change nothing."""
    return _framed(answer, _DRAFT)


def _framed(answer: Response, policy: str) -> Response:
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer
