"""Forms about host names."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext, lazy_gettext
from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, Length

from portal.http.wiring import current
from portal.tenancy import hostname_rules
from portal.tenancy.hostname_rules import NameUnfit
from portal.web.parts.forms import REQUIRED, Form, trimmed
from portal.web.parts.hostname_rows import REFUSALS

_PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}


class NameField(StringField):
    """A host name that its reader may have; `read` is how it is stored."""

    read: str = ""

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Refuse what nobody may have, saying what to write instead.

        Raises:
            ValidationError: it is refused.
        """
        if not self.data:
            return
        try:
            self.read = hostname_rules.read(self.data, zone=current().settings.zone)
        except NameUnfit as unfit:
            raise ValidationError(str(REFUSALS[unfit.why])) from None
        above = hostname_rules.above(self.read)
        if current().tenants.are_of_others(above, reseller_id=g.tenant.reseller_id):
            raise ValidationError(
                gettext("Another portal has this name, or the domain that it is in.")
            )


class AskForm(Form):
    """The name that somebody wants for the portal."""

    name = NameField(
        lazy_gettext("Name"),
        [DataRequired(REQUIRED)],
        filters=[trimmed],
        description=lazy_gettext("A name in a domain of yours, as in sms.example.com."),
        render_kw=_PLAIN,
    )


class ReleaseForm(Form):
    """The name once more, so that nobody releases another than they mean."""

    typed = StringField(
        lazy_gettext("Write the name to confirm"),
        [DataRequired(REQUIRED), Length(max=hostname_rules.LENGTH_MAX)],
        filters=[trimmed],
        render_kw=_PLAIN,
    )

    def names(self, name: str) -> bool:
        """Whether the name was typed as it is; else the field says so."""
        if self.typed.data.lower() == name:
            return True
        self.typed.errors = [gettext("This is not the name. Write %(name)s.", name=name)]
        return False
