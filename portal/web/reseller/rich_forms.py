"""The form of a rich text: what was typed, a picture to be added to it, and what may be wrong."""

from __future__ import annotations

from typing import Final

from flask import Response, flash, jsonify, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField

from portal.http.unit_of_work import session
from portal.infra.errors import PortalError
from portal.notifications.errors import UnknownVariable
from portal.tenancy import images, pictures, rich_text
from portal.tenancy.picture_flaws import BYTES_MAX, InvalidPicture
from portal.tenancy.rich_text import STYLES_MAX, NestedTooDeep, TooManyStyles
from portal.tenancy.site_pages import ChangedMeanwhile, PageTooLong
from portal.tenancy.welcome import WelcomeTooLong
from portal.web.parts.forms import Form, up_to
from portal.web.reseller import editor_words, text_words

_NUMBER_DIGITS_MAX: Final = 9
_WHICH_PICTURES: Final = lazy_gettext(
    "Please choose a picture: PNG, JPEG, WebP or GIF, at most 1 MB."
)


class RichForm(Form):
    """A rich text, and how its preview is shown."""

    html = TextAreaField(lazy_gettext("Text"), render_kw={"rows": 16})
    based_on = HiddenField()
    picture = FileField(
        lazy_gettext("Add a picture"),
        description=_WHICH_PICTURES,
        render_kw=up_to(BYTES_MAX, lazy_gettext("The file is larger than 1 MB: save it smaller.")),
    )
    show = RadioField(
        lazy_gettext("Preview"),
        choices=[
            SelectChoice("light", lazy_gettext("Light")),
            SelectChoice("dark", lazy_gettext("Dark")),
            SelectChoice("phone", lazy_gettext("Phone")),
        ],
        default="light",
        validate_choice=False,
    )

    @property
    def editor_words(self) -> dict[str, str]:
        """What the editor's buttons say to whoever writes."""
        return editor_words.shown()

    @property
    def text(self) -> str:
        """What was typed."""
        return str(self.html.data or "").strip()

    def tell_of_what_is_left_out(self) -> None:
        """Say once what was typed and is no part of the text that was kept."""
        missed = rich_text.left_out(self.text, rich_text.cleaned(self.text).source)
        if missed.tags:
            tags = ", ".join(f"<{name}>" for name in missed.tags)
            flash(
                gettext("Left out, since no page of your portal may have it: %(tags)s.", tags=tags),
                "warning",
            )
        if missed.has_pictures:
            flash(
                gettext("Pictures from other websites are left out: upload them here instead."),
                "warning",
            )

    @property
    def based_on_version(self) -> int:
        """The version that was changed; 0 is none, and what nobody can have seen."""
        given = self.based_on.data or ""
        fits = given.isascii() and given.isdigit() and len(given) <= _NUMBER_DIGITS_MAX
        return int(given) if fits else 0

    def refuse(self, wrong: PortalError) -> None:
        """Say beside the text why it cannot be kept."""
        self.html.errors = [message(wrong)]


def message(wrong: PortalError) -> str:
    """Why a text cannot be kept, and how to mend it."""
    match wrong:
        case UnknownVariable(name=name, nearest=nearest):
            return text_words.unknown(name, nearest)
        case WelcomeTooLong() | PageTooLong():
            return str(gettext("The text is too long. Please shorten it."))
        case TooManyStyles():
            return str(
                gettext(
                    "The text has more than %(most)s different styles. Mark it all and remove"
                    " its formatting, then choose fewer.",
                    most=STYLES_MAX,
                )
            )
        case NestedTooDeep():
            return str(
                gettext("This markup is nested too deep. Paste the text without formatting.")
            )
        case ChangedMeanwhile():
            return str(
                gettext(
                    "Somebody has saved this text since you opened it. Copy what you wrote, load"
                    " the page anew and put it in there."
                )
            )
    raise wrong


def add_picture(form: RichForm) -> Response | None:
    """Keep the picture that was sent: an answer for the editor, or else it ends the typed text.

    None is for who has no editor: their page is to be shown again, with what was wrong beside it.
    """
    for_editor = request.accept_mimetypes.best == "application/json"
    try:
        sent = form.picture.data
        drawn = pictures.drawn(sent.read() if sent else b"")
    except InvalidPicture:
        said = str(_WHICH_PICTURES)
        if for_editor:
            answer = jsonify(message=said)
            answer.status_code = 422
            return answer
        form.picture.errors = [said]
        return None
    images.keep(session(), drawn)
    address = url_for("public.media", name=drawn.hash)
    if for_editor:
        return jsonify(location=address)
    form.html.data = f'{form.text}\n<p><img src="{address}" alt=""></p>'
    return None
