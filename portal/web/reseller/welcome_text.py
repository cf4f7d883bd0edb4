"""The welcome text: what clients read first, in each language."""

from __future__ import annotations

from typing import Final

from flask import Response as FlaskResponse
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound

from portal.accounts.roles import Right
from portal.http import language as languages
from portal.http.actor import requires
from portal.http.limits import takes_files
from portal.http.unit_of_work import session
from portal.infra.errors import PortalError
from portal.notifications import greeting
from portal.provisioning import writing
from portal.tenancy import branding, welcome
from portal.tenancy.rich_styles import Style
from portal.web.parts import frames
from portal.web.parts.language_names import name_of
from portal.web.parts.pages import page
from portal.web.reseller import text_words
from portal.web.reseller.pages import blueprint
from portal.web.reseller.rich_forms import RichForm, add_picture

_LANGUAGE: Final = "/welcome/<string(maxlength=10):language>"


@blueprint.route("/welcome", methods=["GET", "POST"], defaults={"language": ""})
@blueprint.route(_LANGUAGE, methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
@takes_files
def welcome_text(language: str) -> Response:
    """The text in one language, the reseller's own where none is named."""
    chosen = _language(language)
    form = _form(chosen)
    if not form.is_submitted():
        return _page(form, chosen)
    if not form.validate():
        return _page(form, chosen, 422)
    try:
        writing.keep_welcome(session(), language=chosen, html=form.text, by=g.actor)
    except PortalError as wrong:
        form.refuse(wrong)
        return _page(form, chosen, 422)
    flash(gettext("The welcome text is saved. Your clients see it from now on."), "success")
    form.tell_of_what_is_left_out()
    return redirect(url_for("reseller.welcome_text", language=chosen), 303)


@blueprint.route(f"{_LANGUAGE}/preview", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
@takes_files
def welcome_frame(language: str) -> Response:
    """The text as a client would see it, in what is typed or as it is kept."""
    chosen = _language(language)
    form = _form(chosen)
    html = form.text if form.is_submitted() else welcome.for_reader(session(), language=chosen)
    samples = {name: value.text for name, value in greeting.VALUES.items()}
    styles = frozenset[Style]()
    try:
        styles = welcome.checked(html).styles
        greeting.check(html)
    except PortalError as wrong:
        form.refuse(wrong)
        html = ""
    return frames.page(
        page(
            "reseller/rich_frame.html",
            422 if form.html.errors else 200,
            html=greeting.filled(session(), html, values=samples),
            rules_url=frames.sheet_url(branding.rules_of(session(), styles)),
            errors=form.html.errors,
            mode="dark" if form.show.data == "dark" else "light",
            heading=gettext("Dashboard"),
            text_language=chosen,
        )
    )


@blueprint.post(f"{_LANGUAGE}/picture")
@requires(Right.SETTINGS_MANAGE)
@takes_files
def welcome_picture(language: str) -> Response:
    """A picture for the text: for the editor its address, without one the page with it added."""
    chosen = _language(language)
    form = _form(chosen)
    return add_picture(form) or _page(form, chosen, 422 if form.picture.errors else 200)


def _language(asked: str) -> str:
    if asked and asked not in languages.offered():
        raise NotFound
    return asked or welcome.own_language(session())


def _form(language: str) -> RichForm:
    return RichForm(html=welcome.written(session(), language=language))


def _page(form: RichForm, language: str, status: int = 200) -> FlaskResponse:
    own = welcome.own_language(session())
    return page(
        "reseller/welcome_text.html",
        status,
        form=form,
        language=language,
        language_name=name_of(language),
        own_language_name=name_of(own),
        is_own=language == own,
        written_in=[own, *welcome.languages(session())],
        spoken=[(code, name_of(code)) for code in languages.offered()],
        variables=[(name, text_words.variable(name)) for name in greeting.VALUES],
    )
