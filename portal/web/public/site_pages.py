"""Terms, privacy, imprint and help, where the reseller has written them."""

from __future__ import annotations

from flask import Response
from werkzeug.exceptions import NotFound

from portal.http.actor import public
from portal.http.language import language
from portal.http.unit_of_work import session
from portal.tenancy import rich_text, site_pages
from portal.web.parts.page_names import TITLES
from portal.web.parts.pages import page as drawn
from portal.web.public.pages import blueprint


@blueprint.get(f"/<any({', '.join(site_pages.PAGES)}):page>")
@public
def written_page(page: str) -> Response:
    """What the page says now, in the reader's language or else in one that it is written in."""
    found = site_pages.in_force(session(), page, language=language())
    if found is None:
        raise NotFound
    return drawn(
        "public/written_page.html",
        title=TITLES[page],
        version=found,
        html=rich_text.shown(found.html),
    )
