"""A client that staff take in themselves: who it is, how it pays, what it begins to send from."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, g, redirect
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.accounts import passwords
from portal.accounts.client_making import NewClient
from portal.accounts.errors import NameTaken, WeakPassword
from portal.accounts.models import SubAccount
from portal.accounts.roles import Right
from portal.accounts.statuses import BalanceManagement
from portal.accounts.sub_accounts import UserInvalid
from portal.billing.assignments import OtherCurrency
from portal.http import language
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.ledger import units
from portal.pricing import selling, shelf
from portal.provisioning import onboarding
from portal.provisioning.onboarding import FirstSubAccount
from portal.tenancy import resellers, settings
from portal.web.parts import once
from portal.web.parts.amounts import AmountField
from portal.web.parts.forms import (
    REQUIRED,
    is_email,
    is_good_password,
    legible,
    trimmed,
    weakness,
)
from portal.web.parts.pages import page
from portal.web.reseller.client_data import ClientDataForm
from portal.web.reseller.client_forms import MANAGEMENTS
from portal.web.reseller.client_money_forms import ThresholdField
from portal.web.reseller.pages import address_of, blueprint
from portal.web.reseller.sub_account import sub_account_page
from portal.web.reseller.sub_account_forms import NAME_LENGTH_MAX

_SECTIONS: Final = (
    ("who", (
        "firstname", "lastname", "company", "tax_id", "address", "postal_code", "city", "state",
        "country", "phone", "email", "password", "language", "time_zone",
    )),
    ("pays", (
        "currency", "management", "credit_limit", "low_balance_threshold", "low_balance_email",
        "next_billing_on",
    )),
    ("sends", ("sub_account_name", "sub_account_user", "package", "setup_fee")),
)  # fmt: skip
_UNCOUNTED: Final = {"key", "csrf_token", "password"}
"""What makes no other request of the same form; of a password not even a trace is kept."""


class NewClientForm(ClientDataForm):
    """All of it on one page; `key` makes a second click do nothing."""

    password = PasswordField(
        lazy_gettext("Password"),
        [Optional(), is_good_password],
        description=lazy_gettext(
            "At least 8 characters; you tell the client. Empty: it chooses its own, by the"
            " invitation."
        ),
        render_kw={"autocomplete": "new-password"},
    )
    currency = SelectField(lazy_gettext("Currency"))
    management = RadioField(
        lazy_gettext("Balance management"), [DataRequired(REQUIRED)], choices=MANAGEMENTS
    )
    credit_limit = AmountField(
        lazy_gettext("Credit limit"),
        [Optional(), Length(max=20)],
        description=lazy_gettext("For SOFT: how far below zero. Empty is without a limit."),
    )
    low_balance_threshold = ThresholdField(
        lazy_gettext("Mail at a balance of"),
        [Optional(), Length(max=20)],
        description=lazy_gettext("Empty: no such mail."),
    )
    low_balance_email = StringField(
        lazy_gettext("Mail goes to"),
        [Optional(), is_email],
        filters=[trimmed],
        description=lazy_gettext("Empty: to the client's own address."),
    )
    sub_account_name = StringField(
        lazy_gettext("Name of the first sub-account"),
        [DataRequired(REQUIRED), Length(max=NAME_LENGTH_MAX)],
        filters=[legible],
    )
    sub_account_user = StringField(
        lazy_gettext("Its user name"),
        [Optional(), Length(max=80)],
        filters=[trimmed],
        description=lazy_gettext(
            "3 to 80 small letters, digits and . _ @ - Empty: the client's number."
        ),
    )
    package = SelectField(lazy_gettext("Package"), default="")
    setup_fee = BooleanField(lazy_gettext("Charge the package's set-up fee now"))
    invited = BooleanField(
        lazy_gettext("Mail the client an invitation, with which it chooses its password")
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self) -> None:
        super().__init__(_usual())
        sold = shelf.sold(session(), on=selling.today(session()))
        own = resellers.own(session()).currency
        priced = {unit for each in sold for unit in each.conditions.amounts}
        self.currency.choices = [own, *sorted(priced - {own})]
        self.package.choices = [
            SelectChoice("", gettext("none: your default fees")),
            *(
                SelectChoice(
                    str(each.package.id),
                    f"{each.package.name} ({', '.join(sorted(each.conditions.amounts))})",
                )
                for each in sold
            ),
        ]
        if g.actor.viewing is not None:
            self.invited.data = False
            del self.password
            self.invited.description = gettext(
                "While you visit, nobody is invited. The reseller's own people do that afterwards."
            )
        self.email.description = gettext("The client signs in with it, too.")

    def validate_password(self, field: PasswordField) -> None:
        """Refuse a password that is made of what stands beside it.

        Raises:
            ValidationError: it is.
        """
        email = self.email.data or ""
        names = (self.firstname.data or "", self.lastname.data or "")
        try:
            passwords.refuse_weak(field.data, about=(email, email.partition("@")[0], *names))
        except WeakPassword as weak:
            raise ValidationError(weakness(weak)) from None

    def is_whole(self) -> bool:
        """Whether the client has a name; else the form says so."""
        if not self.company.data and not self.lastname.data:
            self.company.errors = [gettext("Give a company or a last name.")]
        return not self.errors

    def new(self) -> NewClient:
        """The client as it was typed."""
        return NewClient(
            data=self.written(),
            currency=self.currency.data,
            management=BalanceManagement(self.management.data),
            credit_limit=self.credit_limit.micros,
            low_balance_threshold=self.low_balance_threshold.micros,
            low_balance_email=self.low_balance_email.data or "",
            invited=self.invited.data,
            password=(self.password.data or "") if "password" in self else "",
        )

    def first(self) -> FirstSubAccount:
        """Its sub-account as it was typed."""
        return FirstSubAccount(
            name=self.sub_account_name.data,
            user=self.sub_account_user.data or "",
            package_id=int(self.package.data) if self.package.data else None,
            setup_fee=self.setup_fee.data,
        )


@blueprint.route("/clients/new", methods=["GET", "POST"])
@requires(Right.CLIENTS_MANAGE)
def new_client() -> Response:
    """The form; the page that answers it shows the API password, which no other does."""
    form = NewClientForm()
    if form.validate_on_submit() and form.is_whole():
        made = _made(form)
        if made is not None:
            return made
    return page(
        "reseller/client_new.html",
        422 if form.is_submitted() else 200,
        form=form,
        sections={
            name: [form[each] for each in fields if each in form] for name, fields in _SECTIONS
        },
    )


def _usual() -> dict[str, Any]:
    """What most clients of this reseller begin with."""
    reseller, chosen = resellers.own(session()), settings.read(session())
    threshold = chosen.low_balance_threshold
    return {
        "country": reseller.country,
        "language": language.offered()[0],
        "time_zone": reseller.time_zone,
        "currency": reseller.currency,
        "management": chosen.default_balance_management,
        "low_balance_threshold": ""
        if threshold is None
        else units.decimal_string(threshold, reseller.currency),
        "sub_account_name": onboarding.FIRST_NAME,
        "invited": True,
    }


def _made(form: NewClientForm) -> Response | None:
    """Make it once; None: it was refused, and the form says why."""
    shown_once: list[tuple[SubAccount, str]] = []

    def take_in() -> int:
        shown_once.append(
            onboarding.take_in(session(), new=form.new(), first=form.first(), by=g.actor)
        )
        return shown_once[0][0].client_id

    try:
        client_id = once.act(
            session(),
            owner_id=g.actor.person_id,
            endpoint="web.new_client",
            key=form.key.data,
            asked={each.name: str(each.data) for each in form if each.name not in _UNCOUNTED},
            verb=take_in,
        )
    except NameTaken as taken:
        _say_taken(form, taken)
    except UserInvalid:
        form.sub_account_user.errors = [
            gettext("A user name has small letters, digits and . _ @ - only.")
        ]
    except OtherCurrency as other:
        form.package.errors = [
            gettext("The package has prices in %(package)s only.", package=other.package)
        ]
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        form.form_errors.append(gettext("This is being done already."))
    else:
        if not shown_once:
            flash(gettext("The client was made already."), "success")
            return redirect(address_of(client_id), 303)
        (sub_account, api_password) = shown_once[0]
        # Whoever is in staff's place gets no way in: staff make a new password when they need one.
        shown = api_password if g.actor.viewing is None else None
        return sub_account_page(client_id, sub_account.id, new_password=shown)
    return None


def _say_taken(form: NewClientForm, taken: NameTaken) -> None:
    if taken.field == "email":
        form.email.errors = [gettext("Somebody signs in with this address already.")]
    else:
        form.sub_account_user.errors = [gettext("This is taken already.")]
