"""What a reseller has chosen of its theme's settings, as templates read it: `theme.<id>`."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.infra.theme_settings import Configurable, Kind, Values, in_force
from portal.tenancy import rich_text


def shown(theme: Configurable, values: Values) -> dict[str, Any]:
    """A value for every setting: a picture as its address or none, a rich text as markup."""
    chosen = in_force(theme, values)
    for setting in theme.settings:
        if setting.type is Kind.IMAGE:
            chosen[setting.id] = _address(chosen[setting.id])
        elif setting.type is Kind.RICH_TEXT:
            chosen[setting.id] = rich_text.shown(chosen[setting.id])
    return chosen


def _address(name: str) -> str | None:
    return url_for("public.media", name=name) if name else None
