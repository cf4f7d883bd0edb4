"""The form for visiting a reseller's portal."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import Length, Optional

from portal.accounts.impersonation import REASON_LENGTH_MAX
from portal.web.parts.forms import Form, legible


class VisitForm(Form):
    """Why somebody of the operator's visits; looking alone needs no reason."""

    reason = StringField(
        lazy_gettext("Reason"),
        [Optional(), Length(max=REASON_LENGTH_MAX)],
        filters=[legible],
        id="visit-reason",
        description=lazy_gettext("Without a reason you can look only. The reseller reads it."),
    )
