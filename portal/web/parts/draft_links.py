"""Signed addresses of the previews of drafts: whoever has one sees the draft, and nothing else."""

from __future__ import annotations

from typing import Final

from flask import g
from itsdangerous import BadSignature, URLSafeSerializer

from portal.http.wiring import current
from portal.infra.errors import NotFound

LIVE: Final = 0
"""In place of a draft: the brand as it is."""


def sign(draft_id: int) -> str:
    """What stands for a draft in an address, on this portal alone."""
    return str(_signer().dumps(draft_id))


def read(token: str) -> int:
    """The draft that an address is about, or `LIVE`; whether it is still there others see.

    Raises:
        NotFound: it is none that was made here.
    """
    try:
        found = _signer().loads(token)
    except BadSignature:
        raise NotFound("brand preview", None) from None
    assert isinstance(found, int)  # nothing else was ever signed with this salt
    return found


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current().settings.secret, salt=f"brand-draft:{g.tenant.reseller_id}")
