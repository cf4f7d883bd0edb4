"""The fonts that a portal may be set in: families that every machine has, by a name of ours."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FONTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "system": 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif',
        "serif": 'ui-serif,Georgia,"Noto Serif",serif',
        "rounded": 'ui-rounded,"SF Pro Rounded",system-ui,sans-serif',
    }
)
"""What stands in the stylesheet, by the name that is stored."""
