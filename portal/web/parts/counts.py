"""Fields for whole numbers: digits, where it makes sense a sign, and nothing else."""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import gettext
from wtforms import StringField
from wtforms.validators import StopValidation

_MINUS: Final = "\N{MINUS SIGN}"
_CHANGE: Final = re.compile(rf"[-{_MINUS}]?[0-9]{{1,9}}", re.ASCII)
_WRITTEN: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class WholeField(StringField):
    """Up to nine digits; `int` alone would also read `1_0`, spaces, and digits of other scripts.

    `count` is what was read where the form is valid.
    """

    count: int = 0

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed."""
        if not self.data:
            return
        if _WRITTEN.fullmatch(self.data) is None or int(self.data) == 0:
            raise StopValidation(gettext("Write a whole number above zero, as in 250."))
        self.count = int(self.data)


class ChangeField(StringField):
    """The same with a minus for what is taken away; `change` is what was read."""

    change: int = 0

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed."""
        if not self.data:
            return
        if _CHANGE.fullmatch(self.data) is None or int(self.data.replace(_MINUS, "-")) == 0:
            raise StopValidation(gettext("Write a whole number, as in 250, or -250 to take away."))
        self.change = int(self.data.replace(_MINUS, "-"))
