"""What several pages ask for beside a password: a code, or a passkey."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.accounts import second_step
from portal.web.parts.forms import REQUIRED, trimmed

WRONG_CODE: Final = lazy_gettext(
    "This code is not right, or was used already. The app shows a new one every half minute."
)
WRONG_PASSKEY: Final = lazy_gettext(
    "That passkey does not open this account here, or it took too long. Please try again."
)
_HELP: Final = lazy_gettext(
    "The six digits that your app shows. Without the app: one of your codes on paper."
)


def code_field(description: str = _HELP) -> StringField:
    """A field for a code of an app, or for one from paper."""
    return StringField(
        lazy_gettext("Code"),
        [InputRequired(REQUIRED), Length(max=second_step.CODE_LENGTH_MAX)],
        filters=[trimmed],
        description=description,
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "none",
            "spellcheck": "false",
            "dir": "ltr",
        },
    )
