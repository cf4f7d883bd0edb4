"""The portal's own pages: terms, privacy, imprint and help, in versions and languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response as FlaskResponse
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound
from wtforms import BooleanField

from portal.accounts.roles import Right
from portal.http import language as languages
from portal.http.actor import requires
from portal.http.limits import takes_files
from portal.http.unit_of_work import session
from portal.infra.errors import PortalError
from portal.provisioning import settling, writing
from portal.tenancy import branding, rich_text, settings, site_pages
from portal.tenancy.rich_styles import Style
from portal.tenancy.text_models import PageVersion
from portal.web.parts import frames
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form
from portal.web.parts.language_names import name_of
from portal.web.parts.page_names import TITLES
from portal.web.parts.pages import page as drawn
from portal.web.reseller.pages import blueprint
from portal.web.reseller.rich_forms import RichForm, add_picture

_PLACE: Final = f"/pages/<any({', '.join(site_pages.PAGES)}):page>/<string(maxlength=10):language>"


class ConsentForm(Form):
    """What whoever signs up has to accept."""

    terms = BooleanField(TITLES["terms"])
    privacy = BooleanField(TITLES["privacy"])


@dataclass(frozen=True)
class InLanguage:
    """A page in one language: its newest version, if there is any text in it."""

    code: str
    name: str
    version: PageVersion | None


@dataclass(frozen=True)
class PageRow:
    """A page as the list shows it."""

    key: str
    title: str
    languages: list[InLanguage]
    is_written: bool


@blueprint.get("/pages")
@requires(Right.SETTINGS_MANAGE)
def pages() -> FlaskResponse:
    """The four pages, and which of them have to be accepted."""
    found = {(each.page, each.language): each for each in site_pages.all_in_force(session())}
    wanted = settings.read(session()).consent_pages
    rows = [
        PageRow(
            key,
            str(TITLES[key]),
            [InLanguage(code, name_of(code), found.get((key, code))) for code in _offered()],
            any(page == key for page, _ in found),
        )
        for key in site_pages.PAGES
    ]
    form = ConsentForm(formdata=None, data=dict.fromkeys(wanted, True))
    return drawn("reseller/pages.html", rows=rows, form=form)


@blueprint.post("/pages/consent")
@requires(Right.SETTINGS_MANAGE)
def choose_consent() -> Response:
    """Which pages have to be accepted at sign-up."""
    form = ConsentForm()
    wanted = [key for key in site_pages.CONSENTABLE if form[key].data]
    settling.change(session(), by=g.actor, consent_pages=wanted)
    flash(gettext("The settings are saved."), "success")
    return redirect(url_for("reseller.pages"), 303)


@blueprint.route(_PLACE, methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
@takes_files
def page_text(page: str, language: str) -> Response:
    """What a page says in one language, to read and to write."""
    _refuse_unspoken(language)
    form = _form(page, language)
    if not form.is_submitted():
        return _page(form, page, language)
    if not form.validate():
        return _page(form, page, language, 422)
    try:
        made = writing.write_page(
            session(),
            page,
            language=language,
            html=form.text,
            based_on=form.based_on_version,
            by=g.actor,
        )
    except PortalError as wrong:
        form.refuse(wrong)
        return _page(form, page, language, 409 if wrong.code == "changed_meanwhile" else 422)
    flash(_done(made), "success")
    form.tell_of_what_is_left_out()
    return redirect(url_for("reseller.page_text", page=page, language=language), 303)


@blueprint.get(f"{_PLACE}/<{ID}:number>")
@requires(Right.SETTINGS_MANAGE)
def page_version(page: str, language: str, number: int) -> FlaskResponse:
    """What a page said in one of its versions."""
    found = site_pages.version(session(), page, language=language, number=number)
    if found is None:
        raise NotFound
    return drawn(
        "reseller/page_version.html",
        version=found,
        title=TITLES[page],
        language_name=name_of(language),
        html=rich_text.shown(found.html),
    )


@blueprint.route(f"{_PLACE}/preview", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
@takes_files
def page_frame(page: str, language: str) -> Response:
    """The page as a visitor would see it, in what is typed or as it is kept."""
    _refuse_unspoken(language)
    form = _form(page, language)
    html, styles = form.text, frozenset[Style]()
    try:
        styles = site_pages.checked(html).styles
    except PortalError as wrong:
        form.refuse(wrong)
        html = ""
    return frames.page(
        drawn(
            "reseller/rich_frame.html",
            422 if form.html.errors else 200,
            html=rich_text.shown(html),
            rules_url=frames.sheet_url(branding.rules_of(session(), styles)),
            errors=form.html.errors,
            mode="dark" if form.show.data == "dark" else "light",
            heading=TITLES[page],
            text_language=language,
        )
    )


@blueprint.post(f"{_PLACE}/picture")
@requires(Right.SETTINGS_MANAGE)
@takes_files
def page_picture(page: str, language: str) -> Response:
    """A picture for the page: for the editor its address, without one the page with it added."""
    _refuse_unspoken(language)
    form = _form(page, language)
    return add_picture(form) or _page(form, page, language, 422 if form.picture.errors else 200)


def _offered() -> tuple[str, ...]:
    return languages.offered()


def _refuse_unspoken(language: str) -> None:
    if language not in _offered():
        raise NotFound


def _form(page: str, language: str) -> RichForm:
    newest = site_pages.latest(session(), page, language=language)
    if newest is None:
        return RichForm(html="", based_on="0")
    return RichForm(html=newest.html, based_on=str(newest.version))


def _page(form: RichForm, page: str, language: str, status: int = 200) -> FlaskResponse:
    return drawn(
        "reseller/page_text.html",
        status,
        form=form,
        page=page,
        title=TITLES[page],
        language=language,
        language_name=name_of(language),
        spoken=[(code, name_of(code)) for code in _offered()],
        versions=site_pages.versions(session(), page, language=language),
    )


def _done(made: PageVersion | None) -> str:
    if made is None:
        return str(gettext("The page says this already: nothing was changed."))
    if not made.html:
        return str(gettext("The page is taken away in this language. Its versions are kept."))
    return str(gettext("Version %(number)s is in force from now on.", number=made.version))
