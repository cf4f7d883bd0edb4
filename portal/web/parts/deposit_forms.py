"""The form on which a client chooses what to pay in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.ledger import units
from portal.tenancy.deposit_rules import DepositRules
from portal.web.parts import deposit_words, once
from portal.web.parts.amounts import AmountField
from portal.web.parts.formats import money
from portal.web.parts.forms import REQUIRED, Form


class DepositForm(Form):
    """What to pay in: by one of the buttons, from the menu, or another amount."""

    currency = SelectField(lazy_gettext("Currency"))
    amount = SelectField(lazy_gettext("Amount"), validate_choice=False)
    pick = StringField(validators=[Optional(), Length(max=20)])
    """The button that was pressed, if it was one of an amount."""
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def chosen(self, listed: Sequence[int]) -> int | None:
        """The amount in millionths; None if it is none that is offered, and the form says so."""
        other = self.other.micros if "other" in self else None
        if other is not None and not self.pick.data:
            return int(other)
        text = self.pick.data or self.amount.data or ""
        currency = self.currency.data or ""
        found = next((each for each in listed if _written(each, currency) == text), None)
        if found is None:
            self.amount.errors = [gettext("Please choose one of these amounts.")]
        return found

    @property
    def keeps(self) -> bool:
        """Whether the card is to be kept."""
        return "keep" in self and bool(self["keep"].data)

    def refuse_amount(self) -> None:
        """Say that an amount is not taken, beside where it was written."""
        field = self.other if "other" in self and self.other.data else self.amount
        field.errors = [gettext("This amount is not offered. Please choose another one.")]


def deposit_form(
    *,
    rules: DepositRules,
    currencies: Sequence[str],
    currency: str,
    amounts: Sequence[int],
    terms: str,
    ways: Sequence[str],
    keeps: bool = False,
    **options: Any,
) -> DepositForm:
    """The form with what the reseller offers; `terms` is the version to be ticked, if any is.

    `ways` are the kinds of accounts that can be paid to: of several, one is chosen. `keeps` says
    whether a card can be kept with one of them.
    """
    fields: dict[str, Any] = {}
    if len(ways) > 1:
        fields["way"] = RadioField(
            lazy_gettext("Pay with"),
            choices=[SelectChoice(each, deposit_words.WAYS[each]) for each in ways],
            default=ways[0],
        )
    if rules.other_amounts:
        fields["other"] = AmountField(
            lazy_gettext("Another amount"),
            [Optional(), Length(max=20)],
            description=gettext(
                "From %(least)s to %(most)s.",
                least=money(rules.least, currency),
                most=money(rules.most, currency),
            ),
        )
    if keeps:
        fields["keep"] = BooleanField(
            lazy_gettext("Keep this card for later"),
            description=lazy_gettext(
                "The payment service keeps it. Nothing is charged by itself unless you switch"
                " automatic top-up on."
            ),
        )
    if terms:
        fields["accept_terms"] = BooleanField(
            lazy_gettext("I accept the terms."),
            [DataRequired(lazy_gettext("Please tick this to pay in."))],
        )
    made = type("OfferedDepositForm", (DepositForm,), fields)
    form: DepositForm = made(**options)
    form.currency.choices = [SelectChoice(each, each) for each in currencies]
    form.currency.data = form.currency.data or currency
    form.amount.choices = [
        SelectChoice(_written(each, currency), money(each, currency)) for each in amounts
    ]
    return form


def _written(amount: int, currency: str) -> str:
    return units.decimal_string(amount, currency) if currency in units.CURRENCIES else ""
