"""The forms of payments: accounts with providers, what clients may pay in, and refunds."""

from __future__ import annotations

import re
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.ledger import units
from portal.payments.errors import AccountUnfit, Unfit
from portal.payments.refunds import REASON_LENGTH_MAX
from portal.tenancy.deposit_rules import (
    AMOUNTS_MAX,
    LEAST_MIN,
    MOST_MAX,
    TEXT_LENGTH_MAX,
    DepositRules,
)
from portal.web.parts import once
from portal.web.parts.amounts import AmountField
from portal.web.parts.formats import money
from portal.web.parts.forms import REQUIRED, Form, legible, trimmed
from portal.web.reseller import refund_texts

_SHORT: Final = Length(max=20)
_BETWEEN: Final = re.compile(r"[,;\n]")


class AmountsField(StringField):
    """A list of amounts with commas between them; what was typed stays in `data`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amounts: tuple[int, ...] = ()

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read the list: a comma parts amounts, so that only a point can part fractions.

        Raises:
            ValidationError: naming what is no amount, or saying what is wrong with the list.
        """
        typed = [each.strip() for each in _BETWEEN.split(self.data or "")]
        found: list[int] = []
        for each in typed:
            if not each:
                raise ValidationError(
                    gettext("An amount is missing between two commas, or at an end of the list.")
                )
            try:
                amount = units.parse(each)
            except units.NotAnAmount:
                raise ValidationError(
                    gettext("%(typed)s is no amount. Write as in 10, 20, 12.50.", typed=each[:20])
                ) from None
            if amount in found:
                raise ValidationError(gettext("%(typed)s is there twice.", typed=each))
            found.append(amount)
        if len(found) > AMOUNTS_MAX:
            raise ValidationError(gettext("At most %(most)s amounts.", most=AMOUNTS_MAX))
        self.amounts = tuple(found)


class StripeForm(Form):
    """The keys of an account with Stripe; none is ever shown again."""

    secret_key = PasswordField(
        lazy_gettext("Secret key"),
        [Optional(), Length(max=260)],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    signing_secret = PasswordField(
        lazy_gettext("Signing secret of the webhook"),
        [Optional(), Length(max=260)],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    connected = StringField(
        lazy_gettext("Connected account"),
        [Optional(), Length(max=70)],
        filters=[trimmed],
        description=lazy_gettext(
            "Only with Stripe Connect: the account's number, as in acct_1A2B."
        ),
    )

    def __init__(self, *, has_secrets: bool = False, **options: object) -> None:
        super().__init__(**options)
        kept = lazy_gettext("Empty: it stays as it is.")
        self.secret_key.description = (
            kept
            if has_secrets
            else lazy_gettext("At Stripe under Developers, API keys. It begins with sk_ or rk_.")
        )
        self.signing_secret.description = (
            kept
            if has_secrets
            else lazy_gettext("Stripe shows it beside the webhook. It begins with whsec_.")
        )

    def refuse(self, unfit: AccountUnfit) -> None:
        """Say what is wrong beside the field."""
        words = {
            Unfit.SECRET_KEY: gettext(
                "This is no secret key. It begins with sk_test_, sk_live_, rk_test_ or rk_live_."
            ),
            Unfit.SIGNING_SECRET: gettext("This is no signing secret. It begins with whsec_."),
            Unfit.CONNECTED: gettext("This is no account's number. It begins with acct_."),
        }
        self[unfit.field.value].errors = [words[unfit.field]]


class PayPalForm(Form):
    """The credentials of an app at PayPal; none is ever shown again."""

    place = RadioField(
        lazy_gettext("Where"),
        choices=[
            SelectChoice("live", lazy_gettext("Live: real money")),
            SelectChoice(
                "test", lazy_gettext("Test: PayPal's site for trying things out, no real money")
            ),
        ],
        default="live",
    )
    client_id = StringField(
        lazy_gettext("Client ID"),
        [Optional(), Length(max=260)],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    client_secret = PasswordField(
        lazy_gettext("Secret"),
        [Optional(), Length(max=260)],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )
    webhook_id = StringField(
        lazy_gettext("Webhook ID"),
        [Optional(), Length(max=70)],
        filters=[trimmed],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *, has_secrets: bool = False, **options: object) -> None:
        super().__init__(**options)
        kept = lazy_gettext("Empty: it stays as it is.")
        where = lazy_gettext("At PayPal's developer site under Apps and credentials, in your app.")
        self.client_id.description = kept if has_secrets else where
        self.client_secret.description = kept if has_secrets else where
        self.webhook_id.description = (
            kept
            if has_secrets
            else lazy_gettext("PayPal shows it beside the webhook, once you have added it.")
        )

    def refuse(self, unfit: AccountUnfit) -> None:
        """Say what is wrong beside the field."""
        words = {
            Unfit.CLIENT_ID: gettext("This is no client ID. It is a long row of letters."),
            Unfit.CLIENT_SECRET: gettext("This is no secret. It is a long row of letters."),
            Unfit.WEBHOOK_ID: gettext("This is no webhook ID. It is not the webhook's address."),
        }
        self[unfit.field.value].errors = [words[unfit.field]]


class RulesForm(Form):
    """What clients may pay in."""

    amounts = AmountsField(
        lazy_gettext("Amounts"),
        [DataRequired(REQUIRED), Length(max=400)],
        filters=[legible],
        description=lazy_gettext(
            "With commas between them, as in 10, 20, 50. Each becomes a button."
        ),
    )
    other_amounts = BooleanField(lazy_gettext("Another amount may be written, too"))
    least = AmountField(lazy_gettext("Smallest amount"), [DataRequired(REQUIRED), _SHORT])
    most = AmountField(lazy_gettext("Largest amount"), [DataRequired(REQUIRED), _SHORT])
    currencies = SelectMultipleField(
        lazy_gettext("Currencies"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=lazy_gettext(
            "None ticked: all that a client's packages have prices in. A client always pays in a"
            " currency that it can send with."
        ),
    )
    refund_text = TextAreaField(
        lazy_gettext("What you say of refunds"),
        [Optional(), Length(max=TEXT_LENGTH_MAX)],
        filters=[trimmed],
        description=lazy_gettext(
            "Clients read it before they pay. Plain text, in the language of your portal."
        ),
    )
    ask_terms = BooleanField(
        lazy_gettext("Clients accept your terms with each deposit, if you have written any")
    )

    automatic = BooleanField(
        lazy_gettext("Clients may keep a card and have it charged when their balance runs low"),
        description=lazy_gettext(
            "Each client decides for itself, and within limits for each month. Only with Stripe."
        ),
    )

    def rules(self) -> DepositRules | None:
        """What was written; None if it does not fit together, and the form says why."""
        least, most = self.least.amount, self.most.amount
        if least < LEAST_MIN:
            self.least.errors = [gettext("The smallest amount is 1 or more.")]
        elif most > MOST_MAX:
            self.most.errors = [gettext("The largest amount is 100000 or less.")]
        elif most < least:
            self.most.errors = [gettext("The largest amount is below the smallest.")]
        else:
            beyond = (each for each in self.amounts.amounts if not least <= each <= most)
            outside = next(beyond, None)
            if outside is not None:
                self.amounts.errors = [
                    gettext(
                        "%(amount)s is not between the smallest and the largest amount.",
                        amount=units.decimal_string(outside, "USD"),
                    )
                ]
        if self.errors:
            return None
        return DepositRules(
            amounts=self.amounts.amounts,
            other_amounts=self.other_amounts.data,
            least=least,
            most=most,
            currencies=tuple(self.currencies.data or ()),
            refund_text=self.refund_text.data or "",
            refund_texts=refund_texts.written(self),
            ask_terms=self.ask_terms.data,
            automatic=self.automatic.data,
        )


class RefundForm(Form):
    """How much to give back, and why; its amount is put in when what is left is known."""

    reason = StringField(
        lazy_gettext("Reason"),
        [DataRequired(REQUIRED), Length(max=REASON_LENGTH_MAX)],
        filters=[legible],
        description=lazy_gettext("The client reads it on the statement."),
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )


def refund_form(*, left: int, currency: str, **options: Any) -> RefundForm:
    """The form for a deposit of which so much is left, which it begins with."""
    amount = AmountField(
        lazy_gettext("Amount"),
        [DataRequired(REQUIRED), _SHORT],
        description=gettext("At most %(left)s.", left=money(left, currency)),
    )
    made: type[RefundForm] = type("AmountRefundForm", (RefundForm,), {"amount": amount})
    begins_with = {"amount": units.decimal_string(left, currency), **options}
    return made(**begins_with)
