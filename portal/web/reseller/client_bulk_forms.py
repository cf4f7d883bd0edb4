"""What is to be done to the clients that are ticked, as a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.accounts.client_list import CHOSEN_MAX
from portal.pricing.models import Package
from portal.provisioning.client_bulk import Act, Wish
from portal.web.parts import once
from portal.web.parts.forms import REQUIRED, Form, text
from portal.web.reseller.client_money_forms import ThresholdField

_IDS_LENGTH_MAX = 20


class BulkForm(Form):
    """One act, and what it needs."""

    act = SelectField(
        lazy_gettext("What to do"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice("", lazy_gettext("Choose …")),
            SelectChoice(Act.SUSPEND.value, lazy_gettext("Suspend them")),
            SelectChoice(Act.LIFT.value, lazy_gettext("Lift the suspension by staff")),
            SelectChoice(Act.PACKAGE.value, lazy_gettext("Assign a package")),
            SelectChoice(Act.LOW_BALANCE.value, lazy_gettext("Set the low-balance mail")),
        ],
        id="bulk-act",
    )
    reason = text(lazy_gettext("Reason, for suspending"), length_max=200)
    package = SelectField(lazy_gettext("Package, for assigning"), default="", id="bulk-package")
    setup_fee = BooleanField(
        lazy_gettext("Charge the set-up fee of each sub-account that gets it"),
        id="bulk-setup-fee",
    )
    threshold = ThresholdField(
        lazy_gettext("Mail at a balance of"),
        [Optional(), Length(max=20)],
        id="bulk-threshold",
        description=lazy_gettext("For the low-balance mail. Empty: no such mail."),
    )
    everything = BooleanField(
        lazy_gettext("All that the filter shows, on every page"), id="bulk-everything"
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self, packages: Sequence[Package], **options: object) -> None:
        super().__init__(**options)
        self.package.choices = [
            SelectChoice("", lazy_gettext("none")),
            *(SelectChoice(str(each.id), each.name) for each in packages),
        ]

    def is_whole(self) -> bool:
        """Whether what the act needs is there; else the form says what is missing."""
        if self.act.data == Act.SUSPEND and not self.reason.data:
            self.reason.errors = [gettext("Please give a reason.")]
        if self.act.data == Act.PACKAGE and not self.package.data:
            self.package.errors = [gettext("Choose a package.")]
        return not self.errors

    def wish(self, *, on: date) -> Wish:
        """What was asked for."""
        act = Act(self.act.data)
        return Wish(
            act=act,
            on=on,
            reason=self.reason.data or "",
            package_id=int(self.package.data) if act is Act.PACKAGE else None,
            setup_fee=self.setup_fee.data,
            threshold=self.threshold.micros,
        )


def ticked() -> list[int]:
    """The ids of the clients that are ticked, one more than may be at most."""
    given = request.form.getlist("client")[: CHOSEN_MAX + 1]
    return [
        int(each)
        for each in given
        if each.isascii() and each.isdigit() and len(each) < _IDS_LENGTH_MAX
    ]
