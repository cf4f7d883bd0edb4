"""Forms about quotas: which sub-accounts, and what is done to those that are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.quotas import Mode
from portal.pricing.models import Package
from portal.reports.balances import SubAccountFilter
from portal.web.parts import once
from portal.web.parts.counts import ChangeField
from portal.web.parts.filters import Filters
from portal.web.parts.forms import REQUIRED, Form, legible, text, trimmed

MODES = [
    SelectChoice(Mode.PREPAID.value, lazy_gettext("Prepaid in messages")),
    SelectChoice(Mode.UNLIMITED.value, lazy_gettext("Unlimited")),
    SelectChoice(Mode.MONEY.value, lazy_gettext("Money")),
]


class QuotaFilters(Filters):
    """Which sub-accounts."""

    q = text(lazy_gettext("Client, sub-account or number"), length_max=100)
    package = SelectField(lazy_gettext("Package"), default="")
    mode = SelectField(
        lazy_gettext("Pays with"),
        choices=[SelectChoice("", lazy_gettext("All")), *MODES],
        default="",
    )

    def __init__(self, packages: Sequence[Package]) -> None:
        super().__init__()
        names = [SelectChoice(str(each.id), each.name) for each in packages]
        self.package.choices = [SelectChoice("", lazy_gettext("All")), *names]

    def chosen(self) -> SubAccountFilter:
        """What was chosen."""
        return SubAccountFilter(
            text=self.q.data or "",
            package_id=int(self.package.data) if self.package.data else None,
            mode=Mode(self.mode.data) if self.mode.data else None,
        )


class _ChosenForm(Form):
    """The sub-accounts that were ticked are beside it, under the name `sub_account`."""

    everything = BooleanField()
    """All that the filter lets through, also those on other pages."""
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )


class TopUpForm(_ChosenForm):
    """Messages for those that were ticked, or fewer of them."""

    parts = ChangeField(
        lazy_gettext("Messages"),
        [DataRequired(REQUIRED), Length(max=20)],
        filters=[trimmed],
        description=lazy_gettext(
            "For each one, counted in parts. With a minus they are taken away."
        ),
    )
    description = StringField(
        lazy_gettext("Description"),
        [Optional(), Length(max=200)],
        filters=[legible],
        description=lazy_gettext("Stands in the log beside it."),
    )


class ModeForm(_ChosenForm):
    """What those that were ticked pay with from now on."""

    mode = SelectField(lazy_gettext("From now on they pay with"), choices=MODES, id="new-mode")
