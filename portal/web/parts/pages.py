"""Draw a page in the brand of the portal that it is on, with what every template may use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from babel import Locale
from flask import Response, g, get_flashed_messages, request, url_for
from flask_babel import get_translations, gettext
from flask_wtf.csrf import generate_csrf
from jinja2_fragments import render_block

from portal.accounts.actor import Actor
from portal.accounts.roles import Audience
from portal.http import errors, language, security
from portal.http.errors import Said
from portal.http.wiring import current
from portal.infra import clock
from portal.infra.templates import ThemedEnvironment
from portal.infra.themes import ROOT_THEME
from portal.tenancy.display import Service
from portal.tenancy.models import Brand
from portal.web.parts import brand_shown, formats, navigation, theme_values, waiting
from portal.web.parts.language_names import name_of
from portal.web.parts.page_names import TITLES

_HTML: Final = "text/html; charset=utf-8"
_TOO_LARGE: Final = 413
_ERRORS: Final = "errors/"
"""Templates of pages that ask the database for nothing, since it may be what has failed."""


@dataclass(frozen=True)
class ActorShown:
    """Who is signed in, as far as pages show it."""

    actor: Actor

    @property
    def name(self) -> str:
        """Their own name, also in a client's place; who comes from the console has none here."""
        return str(gettext("Visitor")) if self.is_visitor else self.actor.name

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
        """Whose place they have taken, a client's or a reseller's."""
        return self.actor.viewing.place_of if self.actor.viewing else None

    @property
    def is_visitor(self) -> bool:
        """Whether they come from the console, and not from this portal."""
        return self.actor.is_on_visit

    @property
    def may_act(self) -> bool:
        """Whether they may do more than look."""
        return self.actor.viewing is None or self.actor.viewing.may_act

    @property
    def viewing_minutes(self) -> int:
        """How many minutes are left of their time in another's place."""
        if self.actor.viewing is None:
            return 0
        return max(0, -(-(self.actor.viewing.until - clock.now()) // timedelta(minutes=1)))

    def can(self, right: str) -> bool:
        """Whether they have this right now."""
        return self.actor.can(right)

    def shows(self, service: str) -> bool:
        """Whether they are offered this service."""
        return self.actor.display.shows(Service(service))

    @property
    def sees_money(self) -> bool:
        """Whether they are shown amounts."""
        return self.actor.display.money

    @property
    def sees_details(self) -> bool:
        """Whether they are shown what only some people need, as alphabets and prefixes."""
        return not self.actor.display.is_simple


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is wrong with the whole installation, and where one reads more of it."""

    text: str
    act: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A page that footers lead to."""

    label: str
    url: str


@dataclass(frozen=True, kw_only=True)
class LanguageShown:
    """A language that the page can be read in."""

    code: str
    label: str
    current: bool
    url: str

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`: how it is written."""
        return str(Locale.parse(self.code).text_direction)


def base_environment() -> ThemedEnvironment:
    """What the environments of all themes are overlays of; made once, before any of them."""
    environment = ThemedEnvironment(
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=False,
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension brings it
        gettext=language.in_page,
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
        rounded=formats.rounded,
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


def leading_on(url: str, heading: str) -> Response:
    """A page that goes on to another host name of this installation.

    It is no redirection, since browsers let forms lead to no other host where the policy says so.
    """
    return page("public/leading_on.html", url=url, heading=heading)


def fragment(template: str, block: str, status: int = 200, **context: object) -> Response:
    """One block of a page, for a script that puts it in the place of the same block."""
    # What is to be said once is said on the next whole page.
    text = render_block(_environment(), template, block, **{**_shared(), "flashes": [], **context})
    return Response(text, status=status, content_type=_HTML)


def sample(
    template: str, *, brand: Brand, sheet_url: str, shown: str, mode: str, **context: object
) -> Response:
    """A page as it would be in another brand, to whoever `g.actor` pretends to be.

    `shown` is the page that the bar has as the open one, `mode` light or dark whatever its reader
    has chosen. Nothing that is to be said once is said here, and nothing waits.
    """
    g.tenant = replace(g.tenant, brand=brand)
    own = {
        "brand": brand_shown.shown(brand, sheet_url=sheet_url),
        "navigation": navigation.items(g.actor, {}, shown=shown),
        "drawn_in": mode,
        "flashes": [],
    }
    text = _environment().get_template(template).render({**_shared(), **own, **context})
    return Response(text, content_type=_HTML)


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
    # Two pages that are not there look alike, so that what was asked for is not named in them.
    back = security.form_that_was_sent() if status == _TOO_LARGE else None
    asks = _ask_url(g.get("actor"), None)
    return page("errors/error.html", status, **facts, ask_url=asks, back_url=back)


def nowhere() -> Response:
    """The answer to a name of nobody: it names nobody either."""
    return _unbranded("errors/unbranded.html", 421)


def _unbranded(template: str, status: int, **context: object) -> Response:
    text = _environment().get_template(template).render(context)
    return Response(text, status=status, content_type=_HTML)


def _environment() -> ThemedEnvironment:
    wiring = current()
    return wiring.themes.environment_for(_theme(), wiring.templates)


def _theme() -> str:
    tenant = g.get("tenant")
    theme: str = tenant.brand.theme if tenant else ROOT_THEME
    # One that was taken out leaves the default: its resellers still have a portal.
    return theme if theme in current().themes.names else ROOT_THEME


def _shared() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    brand = g.tenant.brand
    return {
        "brand": brand_shown.shown(brand),
        "theme": theme_values.shown(current().themes.theme(_theme()), brand.theme_settings or {}),
        "actor": ActorShown(actor) if actor else None,
        "alarm": g.get("alarm"),
        "shown": g.tenant.settings.display,
        "may_sign_up": g.tenant.settings.sign_up.open and not g.tenant.is_operator,
        "may_reset_password": g.tenant.settings.password_reset,
        "ask_url": _ask_url(actor, request.path),
        "languages": _languages(),
        "written_pages": [
            Linked(label=str(TITLES[each]), url=url_for("public.written_page", page=each))
            for each in g.tenant.pages
        ],
    }


def _ask_url(actor: Actor | None, shown: str | None) -> str:
    """Where a client asks about the page that it sees; empty where nobody is to be asked."""
    asks = actor is not None and actor.audience is Audience.CLIENT and actor.viewing is None
    if not asks or not g.tenant.settings.ask_us or request.endpoint == "client.ask":
        return ""
    return url_for("client.ask", page=shown if request.method in {"GET", "HEAD"} else None)


def _languages() -> list[LanguageShown]:
    chosen = language.language()
    return [
        LanguageShown(
            code=code,
            label=name_of(code),
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
