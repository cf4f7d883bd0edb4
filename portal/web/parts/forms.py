"""Forms and fields of all pages: trimmed, bounded, and free of what nobody can see."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from babel.support import NullTranslations, Translations
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, StringField
from wtforms.i18n import messages_path
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)

from portal.accounts import passwords
from portal.accounts.errors import WeakPassword
from portal.accounts.login import EMAIL_LENGTH_MAX
from portal.http.language import locale
from portal.infra.legible import one_line

# One address and nothing else: what mail programs read as two, or as a name with one, is none.
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])",
    re.ASCII,
)
REQUIRED: Final = lazy_gettext("Please fill this in.")
LEAST: Final = passwords.LENGTH_MIN
MOST: Final = passwords.LENGTH_MAX


class Form(FlaskForm):
    """A form with the token that protects it."""

    class Meta:
        """How WTForms goes about it: its own words are read once, and not for every form anew."""

        def get_translations(self, form: object) -> NullTranslations:
            """What WTForms says itself, in the language of the answer."""
            del form
            return _librarys_words(str(locale()))


@lru_cache(maxsize=256)
def _librarys_words(language: str) -> NullTranslations:
    return Translations.load(messages_path(), [language], domain="wtforms")


def trimmed(value: Any) -> Any:
    """Text without blanks at its ends."""
    return value.strip() if isinstance(value, str) else value


def legible(value: Any) -> Any:
    """One line of text without control characters, and without what changes how others are read."""
    return one_line(value) if isinstance(value, str) else value


def text(
    label: object,
    *,
    length_max: int,
    required: bool = False,
    render_kw: dict[str, str] | None = None,
) -> StringField:
    """A field for one line."""
    presence = DataRequired(REQUIRED) if required else Optional()
    validators = [presence, Length(max=length_max)]
    return StringField(label, validators, filters=[legible], render_kw=render_kw)


def up_to(bytes_max: int, said: object) -> dict[str, object]:
    """What a file's field carries, so that one that is larger is told of before it is sent."""
    return {"data-bytes-max": bytes_max, "data-too-large": said}


def email(label: object, *, render_kw: dict[str, str] | None = None) -> EmailField:
    """A field for one e-mail address."""
    validators = [DataRequired(REQUIRED), is_email]
    return EmailField(label, validators, filters=[trimmed], render_kw=render_kw)


def phone(
    label: object, *, required: bool = False, render_kw: dict[str, str] | None = None
) -> StringField:
    """A field for a telephone number, read as from the country in the same form."""
    presence = DataRequired(REQUIRED) if required else Optional()
    validators = [presence, Length(max=40), is_phone]
    return StringField(label, validators, filters=[trimmed], render_kw=render_kw)


def new_password(label: object) -> PasswordField:
    """A field for a password that somebody chooses."""
    return PasswordField(
        label,
        [InputRequired(REQUIRED), is_good_password],
        description=lazy_gettext("At least 8 characters. A few words in a row are good."),
        render_kw={"autocomplete": "new-password"},
    )


def is_email(_: FlaskForm, field: Field) -> None:
    """Refuse what is not exactly one address.

    Raises:
        ValidationError: it is none, or longer than addresses get.
    """
    given = field.data or ""
    if len(given) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(given) or ".." in given:
        raise ValidationError(gettext("This is no e-mail address, as in name@example.com."))


def is_good_password(_: FlaskForm, field: Field) -> None:
    """Refuse what is guessed first.

    Raises:
        StopValidation: saying why; what the form itself asks of it is then not asked.
    """
    try:
        passwords.refuse_weak(field.data or "")
    except WeakPassword as weak:
        raise StopValidation(weakness(weak)) from None


def weakness(weak: WeakPassword) -> str:
    """Why a password is refused, for the person who chose it."""
    words = {
        "short": gettext("A password has at least %(least)s characters.", least=LEAST),
        "long": gettext("A password has at most %(most)s characters.", most=MOST),
        "common": gettext("This is one of the passwords that are tried first."),
        "personal": gettext("This is too easy to guess for somebody who knows you."),
    }
    return str(words[weak.why])


def is_phone(form: FlaskForm, field: Field) -> None:
    """Refuse what cannot be a telephone number; it becomes E.164.

    It is read as from the country in the form, else from the form's `usual_country`, if it has one.

    Raises:
        ValidationError: it cannot be one.
    """
    country = getattr(form, "country", None)
    read_in = (country.data if country else None) or getattr(form, "usual_country", None)
    try:
        parsed = phonenumbers.parse(field.data or "", read_in)
    except phonenumbers.NumberParseException:
        parsed = None
    written = field.data or ""
    if parsed is None or not written.isascii() or not phonenumbers.is_possible_number(parsed):
        raise ValidationError(gettext("This is no telephone number, as in +49 151 23456789."))
    field.data = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def countries() -> list[tuple[str, str]]:
    """Every country's code and name, in the order of the reader's language."""
    names = locale().territories
    known = [(code, names[code]) for code in phonenumbers.SUPPORTED_REGIONS if code in names]
    return sorted(known, key=lambda each: _sorted_as(each[1]))


def _sorted_as(name: str) -> str:
    """Å stands with A, since Python's own order would put it behind Z."""
    return "".join(
        each
        for each in unicodedata.normalize("NFD", name).lower()
        if not unicodedata.combining(each)
    )
