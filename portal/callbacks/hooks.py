"""What all calls of providers share: their blueprint, and answers without a word."""

from __future__ import annotations

from flask import Blueprint, Response

BODY_BYTES_MAX = 64 * 1024

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")


def answered(status: int) -> Response:
    """An empty answer: a gateway may hand what is in it on to a phone."""
    return Response("", status=status, content_type="text/plain")
