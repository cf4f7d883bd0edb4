"""What the portal's own pages are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext

TITLES: Final[Mapping[str, str]] = {
    "terms": lazy_gettext("Terms"),
    "privacy": lazy_gettext("Privacy"),
    "imprint": lazy_gettext("Imprint"),
    "help": lazy_gettext("Help"),
}
"""By the names of their addresses, in the order in which they are linked."""
