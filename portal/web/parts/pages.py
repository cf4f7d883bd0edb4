"""Draw a page in the brand of the portal that it is on, with what every template may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from babel import Locale
from flask import Response, g, get_flashed_messages, request, url_for
from flask_babel import get_translations
from flask_wtf.csrf import generate_csrf
from jinja2_fragments import render_block

from portal.accounts.actor import Actor
from portal.accounts.roles import Audience
from portal.http import errors, language
from portal.http.errors import Said
from portal.http.wiring import current
from portal.infra.templates import ThemedEnvironment
from portal.infra.themes import ROOT_THEME
from portal.web.parts import formats, navigation, waiting

_HTML: Final = "text/html; charset=utf-8"
_ERRORS: Final = "errors/"
"""Templates of pages that ask the database for nothing, since it may be what has failed."""


@dataclass(frozen=True, kw_only=True)
class BrandShown:
    """Whose portal it is, as far as pages show it."""

    title: str
    sheet_url: str
    logo_url: str | None
    logo_dark_url: str | None
    """The same, drawn for dark grounds, if there is one."""
    home_url: str


@dataclass(frozen=True)
class ActorShown:
    """Who is signed in, as far as pages show it."""

    actor: Actor

    @property
    def name(self) -> str:
        """Their own name, also in a client's place."""
        return self.actor.name

    @property
    def email(self) -> str:
        """Their own address."""
        return self.actor.email

    @property
    def is_client(self) -> bool:
        """Whether the pages are a client's."""
        return self.actor.audience is Audience.CLIENT

    @property
    def is_staff(self) -> bool:
        """Whether the pages are those of a reseller's staff."""
        return self.actor.audience is Audience.RESELLER

    @property
    def is_operator(self) -> bool:
        """Whether the pages are the console's."""
        return self.actor.audience is Audience.OPERATOR

    @property
    def viewing_as(self) -> str | None:
        """The client whose place they have taken."""
        return self.actor.viewing.client_name if self.actor.viewing else None

    def can(self, right: str) -> bool:
        """Whether they have this right now."""
        return self.actor.can(right)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is wrong with the whole installation, and where one reads more of it."""

    text: str
    act: str
    url: str


@dataclass(frozen=True, kw_only=True)
class LanguageShown:
    """A language that the page can be read in."""

    code: str
    label: str
    current: bool
    url: str


def base_environment() -> ThemedEnvironment:
    """What the environments of all themes are overlays of; made once, before any of them."""
    environment = ThemedEnvironment(
        autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=False
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension brings it
        gettext=lambda text: get_translations().ugettext(text),
        ngettext=lambda one, many, count: get_translations().ungettext(one, many, count),
        pgettext=lambda context, text: get_translations().upgettext(context, text),
        npgettext=lambda context, one, many, count: get_translations().unpgettext(
            context, one, many, count
        ),
        newstyle=True,
    )
    environment.globals.update(
        csrf_token=generate_csrf,
        url_for=url_for,
        money=formats.money,
        moment=formats.moment,
        day=formats.day,
        number=formats.number,
        phone=formats.phone,
    )
    return environment


def page(template: str, status: int = 200, **context: object) -> Response:
    """A page of this portal."""
    flashes = get_flashed_messages(with_categories=True)
    counts = {} if template.startswith(_ERRORS) else waiting.counts(g.get("actor"))
    shared = {**_shared(), "navigation": navigation.items(g.get("actor"), counts)}
    text = _environment().get_template(template).render({**shared, "flashes": flashes, **context})
    return Response(text, status=status, content_type=_HTML)


def fragment(template: str, block: str, status: int = 200, **context: object) -> Response:
    """One block of a page, for a script that puts it in the place of the same block."""
    # What is to be said once is said on the next whole page.
    text = render_block(_environment(), template, block, **{**_shared(), "flashes": [], **context})
    return Response(text, status=status, content_type=_HTML)


def error_page(status: int, said: Said) -> Response:
    """What a person sees when something is refused or has failed."""
    facts = {
        "code": status,
        "heading": said.heading,
        "text": said.text,
        "request_id": errors.request_id(),
    }
    if g.get("tenant") is None:  # it is not known whose portal it is, or cannot be asked for
        return _unbranded("errors/bare.html", status, **facts)
    return page("errors/error.html", status, **facts)


def nowhere() -> Response:
    """The answer to a name of nobody: it names nobody either."""
    return _unbranded("errors/unbranded.html", 421)


def _unbranded(template: str, status: int, **context: object) -> Response:
    text = _environment().get_template(template).render(context)
    return Response(text, status=status, content_type=_HTML)


def _environment() -> ThemedEnvironment:
    wiring = current()
    tenant = g.get("tenant")
    theme = tenant.brand.theme if tenant else ROOT_THEME
    if theme not in wiring.themes.names:
        theme = ROOT_THEME  # a theme that was taken out; its resellers still have a portal
    return wiring.themes.environment_for(theme, wiring.templates)


def _shared() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    brand = g.tenant.brand
    return {
        "brand": BrandShown(
            title=brand.title,
            sheet_url=url_for("public.brand_sheet", version=brand.sheet_hash),
            logo_url=_picture(brand.logo_light),
            logo_dark_url=_picture(brand.logo_dark),
            home_url=url_for("public.home"),
        ),
        "actor": ActorShown(actor) if actor else None,
        "alarm": g.get("alarm"),
        "languages": _languages(),
    }


def _picture(name: str | None) -> str | None:
    return url_for("public.media", name=name) if name else None


def _languages() -> list[LanguageShown]:
    chosen = language.language()
    return [
        LanguageShown(
            code=code,
            label=(Locale.parse(code).get_display_name() or code).capitalize(),
            current=code == chosen,
            url=_same_page_in(code),
        )
        for code in language.offered()
    ]


def _same_page_in(code: str) -> str:
    """This page in another language; where it only answers forms, the front page."""
    if request.method not in {"GET", "HEAD"} or request.endpoint is None:
        return url_for("public.home", lang=code)
    # Not by `url_for`, which would take names in the address for its own options.
    kept = [each for each in request.args.items(multi=True) if each[0] != language.PARAMETER]
    return f"{quote(request.path)}?{urlencode([*kept, (language.PARAMETER, code)])}"
