"""What one kind of mail is: for whom, and with which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from portal.notifications.placeholders import Value


@unique
class Audience(StrEnum):
    """Who a mail is for."""

    CLIENT = "client"
    STAFF = "staff"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One kind of mail."""

    key: str
    audience: Audience
    values: Mapping[str, Value]
    """The variables of its texts, each with a sample; whether the sample is `Ours` or `Theirs`
    says how far the value is trusted."""
    required: frozenset[str] = frozenset()
    """Variables that a body must have to be of any use."""
    confidential: bool = False
    """Whether its link opens an account: then nothing of the mail is kept once it is sent."""
