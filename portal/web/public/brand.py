"""The files that a brand's pages are drawn with: stylesheet, pictures, static files, favicon."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from typing import Final

from flask import Response, g, request, send_file
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from portal.http.actor import anonymous
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.infra.static_files import StaticFile
from portal.infra.themes import ROOT_THEME
from portal.tenancy import branding, drafts, images, pictures, versions
from portal.tenancy.models import Brand
from portal.tenancy.palette import palette
from portal.web.public.pages import blueprint

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_A_MINUTE: Final = "public, max-age=60"
_FOR_A_DAY: Final = "public, max-age=86400"
_SHRINKING: Final = frozenset({"text/css", "text/javascript", "image/svg+xml"})
_NEARLY_SQUARE: Final = 1.5
_INERT: Final = "default-src 'none'; sandbox"
_ICON: Final = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="{ground}"/>'
    '<text x="16" y="23" text-anchor="middle" font-family="sans-serif" font-weight="700"'
    ' font-size="20" fill="{ink}">{letter}</text></svg>\n'
)


@blueprint.get("/brand/<string(maxlength=40):version>.css")
@anonymous
def brand_sheet(version: str) -> Response:
    """The brand's colours. A page from before a change gets today's, and asks again soon."""
    brand = g.tenant.brand
    if version != brand.sheet_hash:  # a page from before a change, or of one that we missed so far
        brand = branding.own(session())
    sheet = Response(brand.sheet, content_type="text/css; charset=utf-8")
    return _kept(sheet, _FOR_EVER if version == brand.sheet_hash else _FOR_A_MINUTE)


@blueprint.get("/a/<string(maxlength=40):version>/<string(maxlength=40):theme>/<path:path>")
@anonymous
def static_file(version: str, theme: str, path: str) -> Response:
    """A static file of a theme that the portal wears or wore, or of one below it; of no other."""
    registry = current().themes
    own = g.tenant.brand.theme if g.tenant.brand.theme in registry.names else ROOT_THEME
    is_live = theme in {each.id for each in registry.theme(own).chain}
    if not is_live and not _is_or_was_worn(theme):
        raise NotFound
    found = registry.find_static(theme, path)
    if found is None:
        raise NotFound
    answer = _packed(found) or send_file(found.file, conditional=True, etag=found.version)
    return _kept(answer, _FOR_EVER if version == found.version else _FOR_A_MINUTE)


def _is_or_was_worn(theme: str) -> bool:
    """Whether a draft, or an open page from before a change, may ask for files of this theme."""
    return drafts.draws_with(session(), theme) or versions.drew_with(session(), theme)


def _packed(found: StaticFile) -> Response | None:
    """The file as gzip, for whoever takes that; pictures gain nothing by it."""
    media_type = mimetypes.guess_type(found.path)[0]
    if media_type not in _SHRINKING or not request.accept_encodings["gzip"]:
        return None
    answer = Response(found.gzipped(), content_type=f"{media_type}; charset=utf-8")
    answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(f"{found.version}-gzip")
    answer.vary.add("Accept-Encoding")
    return answer


@blueprint.get("/media/<string(maxlength=40):name>.webp", endpoint="photo")
@blueprint.get("/media/<string(maxlength=40):name>.png")
@anonymous
def media(name: str) -> Response:
    """A picture of the portal's reseller, named by its content; opened by itself, it is inert."""
    image = images.by_hash(session(), name)
    answer = Response(image.content, content_type=image.media_type)
    answer.headers["Content-Security-Policy"] = _INERT
    return _kept(answer, _FOR_EVER)


@blueprint.get("/favicon.ico")
@anonymous
def favicon() -> Response:
    """The brand's icon, or its logo if that is about square, or its first letter on its colour."""
    brand = g.tenant.brand
    name = brand.favicon_light or _square_logo(brand)
    if name:
        drawn = pictures.icon_file(images.by_hash(session(), name).content)
        return _kept(Response(drawn, content_type="image/x-icon"), _FOR_A_DAY)
    ground, ink = _icon_colours(branding.look_of(brand).seed)
    letter = next((each for each in brand.title if each.isalnum()), "").upper()
    letters = _ICON.format(ground=ground, ink=ink, letter=letter)
    return _kept(Response(letters, content_type="image/svg+xml"), _FOR_A_DAY)


def _square_logo(brand: Brand) -> str | None:
    size = images.size_of(session(), brand.logo_light) if brand.logo_light else None
    if size is None or max(size) > _NEARLY_SQUARE * min(size):
        return None
    return str(brand.logo_light)


@lru_cache(maxsize=1024)
def _icon_colours(seed: str) -> tuple[str, str]:
    tokens = palette(seed, dark=False)
    return tokens["primary"], tokens["on-primary"]


def _kept(answer: Response, how: str) -> Response:
    g.is_file = True  # it is the same for everybody on this host
    answer.headers["Cache-Control"] = how
    answer.make_conditional(request)
    return answer
