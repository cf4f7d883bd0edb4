"""The words of the portal's mails: which there are, and each in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Response as FlaskResponse
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from portal.accounts import attempts, client_list
from portal.accounts.roles import Right
from portal.http import language as languages
from portal.http.actor import personally, requires
from portal.http.unit_of_work import own_transaction, session
from portal.infra.throttle import TooOften
from portal.notifications import catalogue, outbox, word_diff, wording
from portal.notifications.catalogue import Audience, Notice
from portal.notifications.word_diff import Piece
from portal.notifications.wording import Words
from portal.provisioning import writing
from portal.web.parts.forms import Form
from portal.web.parts.language_names import name_of
from portal.web.parts.pages import page
from portal.web.reseller import text_preview, text_words
from portal.web.reseller.pages import blueprint

CLIENTS_OFFERED: Final = 50
_PLACE: Final = "/texts/<string(maxlength=40):notice>/<string(maxlength=10):language>"


class TextForm(Form):
    """A mail's words, and how its preview is shown."""

    subject = StringField(lazy_gettext("Subject"), [InputRequired(text_words.MISSING)])
    body = TextAreaField(
        lazy_gettext("Text"), [InputRequired(text_words.MISSING)], render_kw={"rows": 16}
    )
    client = SelectField(lazy_gettext("With the data of"), validate_choice=False)
    show = RadioField(
        lazy_gettext("Preview"),
        choices=[
            SelectChoice("light", lazy_gettext("Light")),
            SelectChoice("dark", lazy_gettext("Dark")),
            SelectChoice("phone", lazy_gettext("Phone")),
            SelectChoice("text", lazy_gettext("Plain text")),
        ],
        default="light",
        validate_choice=False,
    )

    def words(self, notice: Notice, language: str) -> Words | None:
        """What was typed, if a mail can be written in it; otherwise the fields say why not."""
        typed = wording.tidy(self.subject.data or "", self.body.data or "", language=language)
        wrong = wording.flaws(notice.key, typed)
        for each in wrong:
            field = self.subject if each.field == "subject" else self.body
            field.errors = [text_words.message(each)]
        return None if wrong else typed

    @property
    def client_id(self) -> int | None:
        """The client whose data the preview shows."""
        chosen = self.client.data or ""
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None


@dataclass(frozen=True)
class InLanguage:
    """A mail in one language, as the list shows it."""

    code: str
    name: str
    is_own: bool


@dataclass(frozen=True)
class MailRow:
    """A mail as the list shows it."""

    key: str
    about: text_words.About
    languages: list[InLanguage]


@dataclass(frozen=True)
class Difference:
    """The reseller's words beside those of the theme."""

    subject: list[Piece]
    body: list[Piece]


@blueprint.get("/texts")
@requires(Right.SETTINGS_MANAGE)
def texts() -> FlaskResponse:
    """All mails, in groups."""
    own = set(wording.all_own(session()))
    return page(
        "reseller/texts.html",
        groups=[
            (
                group.title,
                [
                    MailRow(
                        key,
                        about,
                        [
                            InLanguage(code, name_of(code), (key, code) in own)
                            for code in languages.offered()
                        ],
                    )
                    for key, about in group.mails.items()
                ],
            )
            for group in text_words.GROUPS
        ],
    )


@blueprint.route(_PLACE, methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def text(notice: str, language: str) -> Response:
    """The words of one mail in one language."""
    found = _notice(notice, language)
    form = _form(found, language)
    if not form.validate_on_submit():
        return _page(found, language, form, 422 if form.is_submitted() else 200)
    words = form.words(found, language)
    if words is None:
        return _page(found, language, form, 422)
    writing.reword(
        session(), notice, language=language, subject=words.subject, body=words.body, by=g.actor
    )
    flash(gettext("The mail is written in these words from now on."), "success")
    return redirect(url_for("reseller.text", notice=notice, language=language), 303)


@blueprint.route(f"{_PLACE}/preview", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def text_frame(notice: str, language: str) -> Response:
    """The mail as it would be read, in what is typed or, asked for by itself, as it is written."""
    found = _notice(notice, language)
    form = _form(found, language)
    if form.is_submitted():
        words = form.words(found, language)
        if words is None:
            return text_preview.refused([*form.subject.errors, *form.body.errors])
    else:
        form.process(request.args, data={})
        words = _written(notice, language)
    filled = text_preview.values(found, client_id=form.client_id)
    return text_preview.shown(found, words, filled=filled, how=form.show.data or "light")


@blueprint.post(f"{_PLACE}/test")
@personally
@requires(Right.SETTINGS_MANAGE)
def try_text(notice: str, language: str) -> Response:
    """What is typed, as a mail to who typed it; nothing is kept of the words."""
    found = _notice(notice, language)
    form = _form(found, language)
    words = form.words(found, language)
    if words is None:
        return _page(found, language, form, 422)
    try:
        with own_transaction() as beside:
            attempts.count_for_account(
                beside, "test-mail", account=g.actor.email, limit=attempts.PER_ACCOUNT
            )
    except TooOften:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return _page(found, language, form, 429)
    filled = text_preview.values(found, client_id=form.client_id)
    outbox.write_test(session(), notice, words, to=g.actor.email, values=filled)
    return _page(found, language, form, sent_to=g.actor.email)


@blueprint.post(f"{_PLACE}/restore")
@requires(Right.SETTINGS_MANAGE)
def restore_text(notice: str, language: str) -> Response:
    """Back to the words that came with the portal."""
    _notice(notice, language)
    writing.restore(session(), notice, language=language, by=g.actor)
    flash(gettext("The mail has the words again that it came with."), "success")
    return redirect(url_for("reseller.text", notice=notice, language=language), 303)


def _notice(key: str, language: str) -> Notice:
    found = catalogue.NOTICES.get(key)
    if found is None or found.audience is Audience.OPERATOR or language not in languages.offered():
        raise NotFound
    return found


def _written(key: str, language: str) -> Words:
    """The words of exactly this language: the reseller's own, else the theme's."""
    return wording.own(session(), key, language=language) or _default(key, language)


def _default(key: str, language: str) -> Words:
    return wording.default(key, language=language, theme=g.tenant.brand.theme)


def _form(notice: Notice, language: str) -> TextForm:
    words = _written(notice.key, language)
    form = TextForm(subject=words.subject, body=words.body, client="")
    found = client_list.search(session(), limit=CLIENTS_OFFERED)
    form.client.choices = [
        SelectChoice("", gettext("a sample")),
        *(SelectChoice(str(each.client.id), each.client.name) for each in found),
    ]
    return form


def _page(
    notice: Notice, language: str, form: TextForm, status: int = 200, *, sent_to: str = ""
) -> FlaskResponse:
    own = wording.own(session(), notice.key, language=language)
    return page(
        "reseller/text.html",
        status,
        form=form,
        notice=notice.key,
        language=language,
        language_name=name_of(language),
        about=text_words.ABOUT[notice.key],
        variables=[(name, text_words.variable(name)) for name in notice.values],
        required=sorted(notice.required),
        for_clients=notice.audience is Audience.CLIENT,
        others=[
            InLanguage(code, name_of(code), is_own=False)
            for code in languages.offered()
            if code != language
        ],
        difference=_difference(own, _default(notice.key, language)) if own else None,
        default_has_changed=wording.default_has_changed(session(), notice.key, language=language),
        sent_to=sent_to,
    )


def _difference(own: Words, default: Words) -> Difference:
    return Difference(
        word_diff.pieces(default.subject, own.subject), word_diff.pieces(default.body, own.body)
    )
