"""Forms about one sub-account; several stand on one page, so each field has an id of its own."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.web.parts.forms import REQUIRED, Form, legible, trimmed
from portal.web.reseller.package_choices import PackageChoices

NAME_LENGTH_MAX = 60


class SubAccountDataForm(Form):
    """What it is called, and what its messages come from where they do not say."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(REQUIRED), Length(max=NAME_LENGTH_MAX)],
        filters=[legible],
        id="data-name",
    )
    default_sender = StringField(
        lazy_gettext("Default sender"),
        [Optional(), Length(max=16)],
        filters=[trimmed],
        id="data-sender",
        description=lazy_gettext("What messages come from that name no sender themselves."),
    )


class SubAccountPackageForm(Form):
    """What its messages cost from today on."""

    package = SelectField(lazy_gettext("Package"), id="package-package")
    setup_fee = BooleanField(lazy_gettext("Charge the set-up fee now"), id="package-setup-fee")

    def __init__(self, packages: PackageChoices, **options: object) -> None:
        super().__init__(**options)
        self.package.choices = packages.all()


class StockNumberForm(Form):
    """Which number of the stock messages come in on."""

    number = SelectField(lazy_gettext("Number"), [InputRequired(REQUIRED)], id="number-number")
    setup_fee = BooleanField(lazy_gettext("Charge the set-up fee now"), id="number-setup-fee")

    def __init__(self, numbers: Sequence[tuple[str, str]], **options: object) -> None:
        super().__init__(**options)
        self.number.choices = [SelectChoice(value, label) for value, label in numbers]
