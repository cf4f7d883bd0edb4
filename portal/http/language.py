"""Which language and time zone an answer is in, and its texts in that language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import flask
from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from markupsafe import escape
from werkzeug.wrappers import Response

from portal.accounts.roles import Audience
from portal.http import security
from portal.http.actor import FOR_PROGRAMS
from portal.infra import translation

PARAMETER: Final = "lang"
COOKIE: Final = "lang"
_COOKIE_SECONDS: Final = 365 * 24 * 3600
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class _Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """The messages that mails are written with as well, in the request's language."""

    def get_translations(self) -> NullTranslations:
        return translation.catalogue(_spoken())

    def gettext(self, string: str, **variables: object) -> str:
        own = _own_words().get(string)
        if own is not None:
            return own % variables if variables else own
        return str(super().gettext(string, **variables))


class _Languages(Babel):  # type: ignore[misc]  # Flask-Babel has no types
    """Flask-Babel over our own catalogues."""

    domain_instance = _Catalogues()


def translate(app: Flask) -> None:
    """Set an application up for languages."""
    _Languages(configure_jinja=False).init_app(
        app, locale_selector=_locale_name, timezone_selector=time_zone
    )


def in_page(message: str) -> str:
    """What a message says in a page, as markup that has yet to be filled in by `%`.

    Catalogues are trusted to be markup. What a reseller says in its own words is text, and its
    percent signs stand for themselves.
    """
    own = _own_words().get(message)
    if own is None:
        return str(translation.catalogue(_spoken()).ugettext(message))
    return str(escape(own if "%(" in message else own.replace("%", "%%")))


def _spoken() -> str:
    locale = get_locale()
    return str(locale) if locale else translation.SOURCE_LANGUAGE


def _own_words() -> Mapping[str, str]:
    """What labels say in the reseller's own words: to its clients and visitors, and to people."""
    tenant = g.get("tenant") if has_request_context() else None
    if tenant is None or not tenant.own_words or request.blueprint in FOR_PROGRAMS:
        return _NONE
    actor = g.get("actor")
    if actor is not None and actor.audience is not Audience.CLIENT:
        return _NONE
    found: Mapping[str, str] = tenant.own_words.get(translation.nearest(_spoken()), _NONE)
    return found


def offered() -> tuple[str, ...]:
    """The languages of this portal: its reseller's own, then those it chose, or all there are."""
    tenant = g.get("tenant")
    spoken = translation.languages()
    if tenant is None:
        return spoken
    known = translation.all_languages()
    chosen = [each for each in tenant.settings.languages if each in known]
    return tuple(
        dict.fromkeys([translation.nearest(tenant.reseller.language), *(chosen or spoken)])
    )


def language() -> str:
    """The language asked for, else chosen before, else the person's, else the browser's."""
    if "language" not in g:
        g.language = _chosen()
    return str(g.language)


def _chosen() -> str:
    languages = offered()
    person_language = g.get("person_language")
    wishes = [
        request.args.get(PARAMETER),
        request.cookies.get(security.cookie_name(COOKIE)),
        translation.nearest(person_language) if person_language else None,
        request.accept_languages.best_match(languages),
    ]
    return next((wish for wish in wishes if wish in languages), languages[0])


def remember(response: flask.Response) -> flask.Response:
    """Keep a language that was asked for in the address."""
    if request.args.get(PARAMETER) in offered():
        keep(response, language())
    return response


def keep(response: Response, code: str) -> None:
    """Answer this browser in this language from now on."""
    security.set_cookie(response, COOKIE, code, age_seconds=_COOKIE_SECONDS)


def locale() -> Locale:
    """How the answer writes dates and amounts: its language, as in the reseller's country."""
    return _locale(_locale_name())


def time_zone() -> str:
    """The time zone of the answer: the client's, else the reseller's."""
    known = g.get("person_time_zone")
    if known:
        return str(known)
    tenant = g.get("tenant")
    return tenant.reseller.time_zone if tenant else "UTC"


def _locale_name() -> str:
    tenant = g.get("tenant")
    return _name_of(language(), tenant.reseller.country if tenant else "")


@lru_cache(maxsize=256)
def _name_of(code: str, country: str) -> str:
    try:
        return str(Locale.parse(f"{code.partition('_')[0]}_{country}"))
    except (UnknownLocaleError, ValueError):
        return code


@lru_cache(maxsize=256)
def _locale(name: str) -> Locale:
    return Locale.parse(name)
