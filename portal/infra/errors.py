"""The root of what features refuse with."""

from __future__ import annotations


class PortalError(Exception):
    """Something was refused for a reason that its caller can act on.

    Subclasses carry facts as attributes; each door translates them once.
    """

    code = "refused"


class NotFound(PortalError):
    """There is no such record, or it belongs to somebody else: the two look the same."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no {kind} {key}")
        self.kind = kind
        self.key = key
