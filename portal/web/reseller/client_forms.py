"""What staff may do about a client, as forms.

Several stand on one page, so each field has an id of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.impersonation import REASON_LENGTH_MAX
from portal.accounts.statuses import BalanceManagement
from portal.web.parts import once
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.reseller.package_choices import PackageChoices

TEXT_LENGTH_MAX = 200
_REASON_MISSING = lazy_gettext("Please give a reason.")


def _line(
    label: str,
    *,
    id: str,  # noqa: A002 - WTForms' own name for it
    missing: str = REQUIRED,
    length_max: int = TEXT_LENGTH_MAX,
    description: str = "",
) -> StringField:
    """One line that must be there."""
    return StringField(
        label,
        [DataRequired(missing), Length(max=length_max)],
        filters=[legible],
        id=id,
        description=description,
    )


def _amount(id: str) -> AmountField:  # noqa: A002 - as above
    return AmountField(lazy_gettext("Amount"), [DataRequired(REQUIRED), Length(max=20)], id=id)


def _key() -> HiddenField:
    return HiddenField(
        default=once.new_key,
        validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)],
    )


class ActivateForm(Form):
    """With which package the client begins: the cheapest, unless another one is chosen."""

    package = SelectField(
        lazy_gettext("Package"),
        description=lazy_gettext("It says what a message costs this client."),
    )
    setup_fee = BooleanField(
        lazy_gettext("Charge the package's set-up fee now"), id="activate-setup-fee"
    )

    def __init__(self, packages: PackageChoices, **options: object) -> None:
        super().__init__(package=packages.cheapest(), **options)
        self.package.choices = packages.all()


class SubAccountForm(Form):
    """A device, a program or a department of the client."""

    name = _line(lazy_gettext("Name"), id="sub-account-name", length_max=60)
    user = _line(
        lazy_gettext("User name"),
        id="sub-account-user",
        length_max=80,
        description=lazy_gettext("3 to 80 small letters, digits and . _ @ -"),
    )
    package = SelectField(lazy_gettext("Package"), id="sub-account-package")
    setup_fee = BooleanField(
        lazy_gettext("Charge the package's set-up fee now"), id="sub-account-setup-fee"
    )

    def __init__(self, packages: PackageChoices, **options: object) -> None:
        super().__init__(package=packages.cheapest(), **options)
        self.package.choices = packages.all()


class RefuseForm(Form):
    """Why somebody who signed up is turned down."""

    reason = _line(lazy_gettext("Reason"), id="refuse-reason", missing=_REASON_MISSING)


class SuspendForm(Form):
    """Why a client is stopped by hand."""

    reason = _line(lazy_gettext("Reason"), id="suspend-reason", missing=_REASON_MISSING)


class ReverseForm(Form):
    """Why a transaction is taken back."""

    reason = _line(lazy_gettext("Reason"), id="reverse-reason", missing=_REASON_MISSING)


class ViewAsForm(Form):
    """Why staff takes the client's place; looking alone needs no reason."""

    reason = StringField(
        lazy_gettext("Reason"),
        [Optional(), Length(max=REASON_LENGTH_MAX)],
        filters=[legible],
        id="view-as-reason",
        description=lazy_gettext("Without a reason you can look only. The client sees it."),
    )


class PaymentForm(Form):
    """Money that came in by other ways; `key` makes a second click do nothing."""

    amount = _amount("payment-amount")
    currency = SelectField(lazy_gettext("Currency"), id="payment-currency")
    description = _line(lazy_gettext("Description"), id="payment-description")
    key = _key()

    def __init__(self, currencies: Sequence[str], **options: object) -> None:
        super().__init__(**options)
        self.currency.choices = list(currencies)
        if not self.currency.data:
            self.currency.data = currencies[0]


class ChargeForm(Form):
    """Money that is taken by hand; `key` makes a second click do nothing."""

    amount = _amount("charge-amount")
    description = _line(lazy_gettext("Description"), id="charge-description")
    key = _key()


MANAGEMENTS: Final = (
    SelectChoice(BalanceManagement.SOFT.value, lazy_gettext("SOFT: may go below zero")),
    SelectChoice(BalanceManagement.HARD.value, lazy_gettext("HARD: suspended at zero")),
)


class BalanceForm(Form):
    """SOFT or HARD."""

    management = RadioField(
        lazy_gettext("Balance management"),
        [DataRequired(REQUIRED)],
        choices=MANAGEMENTS,
        id="balance-management",
    )
    credit_limit = AmountField(
        lazy_gettext("Credit limit"),
        [Optional(), Length(max=20)],
        id="balance-credit-limit",
        description=lazy_gettext("For SOFT: how far below zero. Empty is without a limit."),
    )
