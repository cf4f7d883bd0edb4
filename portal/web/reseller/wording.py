"""Which languages the pages are in, and their menu and labels in the reseller's own words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from flask import Response as FlaskResponse
from flask import flash, g, redirect, url_for
from flask_babel import force_locale, gettext, lazy_gettext, ngettext
from werkzeug import Response
from werkzeug.exceptions import NotFound
from wtforms import Field, SelectChoice, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput

from portal.accounts.roles import Audience, Right
from portal.http import language as languages
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra import translation
from portal.infra.translation import PARTIAL, SOURCE_LANGUAGE
from portal.provisioning import settling, writing
from portal.tenancy import own_words, resellers, wordable
from portal.tenancy.own_words import (
    LabelTooLong,
    LabelUnreadable,
    OwnWordsError,
    TooManyOwnWords,
    ValueMissing,
)
from portal.tenancy.wordable import Label
from portal.web.parts.forms import Form
from portal.web.parts.language_names import name_of
from portal.web.parts.navigation import SECTIONS
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

TITLES: Final = {
    "menu": lazy_gettext("The menu of your clients"),
    "visitors": lazy_gettext("Sign-in, sign-up and other pages for visitors"),
    "home": lazy_gettext("Home"),
    "send": lazy_gettext("Send"),
    "messages": lazy_gettext("Messages"),
    "money": lazy_gettext("Prices, usage and balance"),
    "account": lazy_gettext("Account"),
    "everywhere": lazy_gettext("On every page"),
}
"""What the parts are called; a test holds them against the parts that there are."""
_PLACE: Final = "/wording/<string(maxlength=10):language>/<string(maxlength=20):label_part>"


class LanguagesForm(Form):
    """The languages that visitors and clients may choose, beside the reseller's own."""

    languages = SelectMultipleField(lazy_gettext("Languages"), option_widget=CheckboxInput())

    def __init__(self, *, own: str, offered: tuple[str, ...] | None = None) -> None:
        super().__init__(**({} if offered is None else {"languages": list(offered)}))
        self.languages.choices = [
            SelectChoice(code, said_name(code))
            for code in translation.all_languages()
            if code != own
        ]


class WordsForm(Form):
    """A field for each label of a part; those are added for each request."""

    def read(self) -> dict[str, str]:
        """What was typed for each label; where one cannot say it, its field says why."""
        found = {}
        for field in self:
            if isinstance(field, LabelField):
                try:
                    found[field.message] = own_words.checked(field.message, field.data or "")
                except OwnWordsError as wrong:
                    field.errors = [said_of(wrong)]
        return found


class LabelField(StringField):
    """One label's own words."""

    def __init__(self, *args: object, message: str, **options: object) -> None:
        super().__init__(*args, **options)
        self.message = message


@dataclass(frozen=True)
class PartInLanguage:
    """A part of the pages in one language, with how many of its labels have own words."""

    language: str
    language_name: str
    own: int


def said_name(code: str) -> str:
    """A language by its own name, with how far the pages are in it."""
    if code in PARTIAL:
        return str(
            gettext("%(language)s (pages of clients and visitors only)", language=name_of(code))
        )
    return name_of(code)


def said_of(wrong: OwnWordsError) -> str:
    """What is wrong with a label's words, and how to mend it."""
    match wrong:
        case LabelTooLong(most=most):
            return str(gettext("At most %(most)s characters, please.", most=most))
        case LabelUnreadable():
            return str(gettext("Please take out line breaks and what cannot be seen."))
        case ValueMissing(name=name):
            return str(
                gettext("Please keep [%(name)s]: the portal puts a value in its place.", name=name)
            )
        case TooManyOwnWords():
            most = own_words.KEPT_MAX
            return str(gettext("You can change at most %(most)s labels in all.", most=most))
    raise wrong


def labels_of(part: str) -> tuple[Label, ...]:
    """The labels of a part, of the menu only those that clients have.

    Raises:
        NotFound: there is no such part.
    """
    found = wordable.by_part().get(part)
    if found is None:
        raise NotFound
    if part != "menu":
        return found
    with force_locale(SOURCE_LANGUAGE):
        shown = [
            str(label)
            for section in SECTIONS[Audience.CLIENT]
            for label in (section.label, *(each.label for each in section.pages))
        ]
    by_message = {each.message: each for each in found}
    return tuple(by_message[each] for each in dict.fromkeys(shown) if each in by_message)


@blueprint.get("/wording")
@requires(Right.SETTINGS_MANAGE)
def wording() -> FlaskResponse:
    """The languages, and the parts of the pages in each."""
    form = LanguagesForm(own=_own_language(), offered=languages.offered())
    return _overview(form)


@blueprint.post("/wording/languages")
@requires(Right.SETTINGS_MANAGE)
def offer_languages() -> Response:
    """Which languages visitors and clients may choose from now on."""
    own = _own_language()
    form = LanguagesForm(own=own)
    if not form.validate_on_submit():
        return _overview(form, 422)
    chosen = [own, *(form.languages.data or [])]
    ordered = [each for each in translation.all_languages() if each in chosen]
    # All whole ones is what is meant by naming none: then one that is added later is among them.
    kept = [] if ordered == list(translation.languages()) else ordered
    settling.change(session(), by=g.actor, languages=kept)
    flash(gettext("The languages are saved."), "success")
    return redirect(url_for("reseller.wording"), 303)


def _own_language() -> str:
    return translation.nearest(resellers.own(session()).language)


def _overview(form: LanguagesForm, status: int = 200) -> FlaskResponse:
    own = {code: own_words.written(session(), language=code) for code in languages.offered()}
    return page(
        "reseller/wording.html",
        status,
        form=form,
        own_language=name_of(_own_language()),
        parts=[
            (
                part,
                title,
                [
                    PartInLanguage(
                        code, name_of(code), sum(each.message in own[code] for each in labels)
                    )
                    for code in own
                ],
            )
            for part, title in TITLES.items()
            if (labels := labels_of(part))
        ],
    )


@blueprint.route(_PLACE, methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def wording_part(language: str, label_part: str) -> Response:
    """The labels of one part in one language, to read and to change."""
    _refuse_others(language)
    form = _form(labels_of(label_part), language)
    if not form.is_submitted():
        return _page(form, language, label_part)
    if not form.validate():
        return _page(form, language, label_part, 422)
    texts = form.read()
    if any(field.errors for field in form):
        return _page(form, language, label_part, 422)
    return _kept(texts, language=language, part=label_part, form=form)


@blueprint.post(f"{_PLACE}/restore")
@requires(Right.SETTINGS_MANAGE)
def restore_wording(language: str, label_part: str) -> Response:
    """Back to the words that a part came with."""
    _refuse_others(language)
    texts = {each.message: "" for each in labels_of(label_part)}
    writing.keep_words(session(), texts, language=language, by=g.actor)
    flash(gettext("These pages have the words again that they came with."), "success")
    return redirect(_address(language, label_part), 303)


def _kept(texts: dict[str, str], *, language: str, part: str, form: WordsForm) -> Response:
    try:
        changed = writing.keep_words(session(), texts, language=language, by=g.actor)
    except TooManyOwnWords as wrong:
        form.form_errors.append(said_of(wrong))
        return _page(form, language, part, 422)
    flash(
        ngettext("One label is changed.", "%(num)s labels are changed.", changed)
        if changed
        else gettext("Nothing is changed."),
        "success",
    )
    return redirect(_address(language, part), 303)


def _refuse_others(language: str) -> None:
    if language not in languages.offered():
        raise NotFound


def _form(labels: tuple[Label, ...], language: str) -> WordsForm:
    own = own_words.written(session(), language=language)
    fields: dict[str, object] = {
        _name_of(each): LabelField(
            own_words.came_with(each.message, language=language),
            default=own.get(each.message, ""),
            message=each.message,
            render_kw={"maxlength": str(each.length_max), "lang": language, "dir": "auto"},
        )
        for each in labels
    }
    # WTForms reads the fields of a class: every request has a class of its own.
    made: WordsForm = type("WordsOfPart", (WordsForm,), fields)()
    return made


def _name_of(label: Label) -> str:
    """Short and of letters, and the same however many labels an update brings."""
    return f"w{hashlib.sha256(label.message.encode()).hexdigest()[:12]}"


def _page(form: WordsForm, language: str, part: str, status: int = 200) -> FlaskResponse:
    fields: list[Field] = [each for each in form if isinstance(each, LabelField)]
    return page(
        "reseller/wording_part.html",
        status,
        form=form,
        fields=fields,
        own=sum(bool(each.object_data) for each in fields),
        part=part,
        title=TITLES[part],
        language=language,
        language_name=name_of(language),
        others=[(code, name_of(code)) for code in languages.offered() if code != language],
    )


def _address(language: str, part: str) -> str:
    return url_for("reseller.wording_part", language=language, label_part=part)
