"""The ticks of the sign-up form: pages of the reseller's that have to be accepted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flask import url_for
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Form
from wtforms.validators import ValidationError

from portal.tenancy.text_models import PageVersion
from portal.web.parts.page_names import TITLES

_SAID: Final[Mapping[str, str]] = {
    "terms": lazy_gettext("I accept the terms."),
    "privacy": lazy_gettext("I have read how my data are treated."),
}


class ConsentField(BooleanField):
    """A tick for one page; what it sends is the version that its reader was shown."""

    def __init__(self, *args: Any, asked: PageVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = f"{asked.language}-{asked.version}"
        self.given = ""
        self.url = url_for("public.written_page", page=asked.page)
        self.title = TITLES[asked.page]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the version that was ticked, if any was."""
        self.given = valuelist[0] if valuelist else ""
        self.data = self.given == self.shown

    def pre_validate(self, form: Form) -> None:
        """See that what is in force was ticked.

        Raises:
            ValidationError: nothing was, or words that have been changed meanwhile.
        """
        del form
        if not self.given:
            raise ValidationError(gettext("Please tick this, or you cannot sign up."))
        if not self.data:
            raise ValidationError(
                gettext("This text has just been changed. Please read it and tick it again.")
            )

    def _value(self) -> str:
        return self.shown


def fields(asked: Iterable[PageVersion]) -> dict[str, Any]:
    """A tick for each page that has to be accepted, by its name in the form."""
    return {f"accept_{each.page}": ConsentField(_SAID[each.page], asked=each) for each in asked}
