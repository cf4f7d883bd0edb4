"""Where whoever gets money finds who has paid it."""

from __future__ import annotations

from flask import url_for


def url(*, client_id: int | None, payer_id: int | None) -> str:
    """The page of a client for its reseller, or that of a reseller for the operator."""
    if payer_id is not None:
        return url_for("operator.reseller", reseller_id=payer_id)
    return url_for("reseller.client", client_id=client_id)
