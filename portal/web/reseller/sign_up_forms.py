"""What staff may do about those who wait: for one in its row, or for all that are ticked."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import get_translations, gettext, lazy_gettext
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from portal.accounts import refusal_reasons
from portal.accounts.refusal_reasons import Ready
from portal.web.parts import paging
from portal.web.parts.forms import Form, legible
from portal.web.reseller.package_choices import PackageChoices

REASON_LENGTH_MAX = 200
_ID_DIGITS_MAX = 19


class LetInForm(Form):
    """With which package they begin: the one for sign-ups, else the cheapest."""

    package = SelectField(lazy_gettext("Package"))
    setup_fee = BooleanField(lazy_gettext("Charge the package's set-up fee now"))

    def __init__(
        self, packages: PackageChoices, *, usual: int | None, suffix: object, **options: Any
    ) -> None:
        choices = packages.all()
        known = {choice.value for choice in choices}
        chosen = str(usual) if str(usual) in known else packages.cheapest()
        super().__init__(package=chosen, **options)
        self.package.choices = choices
        _named_for(self, suffix)


class TurnDownForm(Form):
    """Why: a ready reason, own words, or both. They read it in the mail and when they sign in."""

    ready = SelectField(lazy_gettext("Reason"), [Optional()])
    own = StringField(
        lazy_gettext("In your own words"),
        [Length(max=REASON_LENGTH_MAX)],
        filters=[legible],
    )

    def __init__(self, *, suffix: object, **options: Any) -> None:
        super().__init__(**options)
        words = get_translations()
        self.ready.choices = [
            SelectChoice("", gettext("Only my own words")),
            *(SelectChoice(each.value, refusal_reasons.sentence(each, words)) for each in Ready),
        ]
        _named_for(self, suffix)

    @property
    def reason(self) -> Ready | None:
        """The ready one, if one was chosen."""
        return Ready(self.ready.data) if self.ready.data else None

    def validate_own(self, field: StringField) -> None:
        """Refuse to give no reason.

        Raises:
            ValidationError: there is none.
        """
        if not field.data and not self.ready.data:
            raise ValidationError(gettext("Choose a reason, or write one."))


def chosen() -> list[int]:
    """The clients that the form is about; what is no number is left out."""
    given = request.form.getlist("client")[: paging.ROWS_MAX]
    return [
        int(each)
        for each in given
        if each.isascii() and each.isdigit() and len(each) < _ID_DIGITS_MAX
    ]


def _named_for(form: Form, suffix: object) -> None:
    """Several such forms stand on one page, so that each field needs an id of its own."""
    for field in form:
        if field.name != "csrf_token":
            field.id = f"{field.name}-{suffix}"
            field.label.field_id = field.id
