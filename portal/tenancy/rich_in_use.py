"""Which styles the texts of a portal are written in: the brand's stylesheet has a rule for each."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from portal.infra.db import ResellerSession
from portal.tenancy import site_pages
from portal.tenancy.models import Brand
from portal.tenancy.rich_styles import Style
from portal.tenancy.rich_text import InvalidRichText, cleaned
from portal.tenancy.text_models import WelcomeText


def styles(session: ResellerSession) -> frozenset[Style]:
    """The styles of the greetings and of the pages in force, in all languages."""
    found: set[Style] = set()
    for source in _sources(session):
        try:
            found |= cleaned(source).styles
        except InvalidRichText:
            continue  # older than the rules: it is not shown either
    return frozenset(found)


def _sources(session: ResellerSession) -> Iterator[str]:
    yield session.scalar(select(Brand.welcome)) or ""
    yield from session.scalars(select(WelcomeText.html))
    yield from (each.html for each in site_pages.all_in_force(session))
