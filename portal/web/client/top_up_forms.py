"""The form on which a client says when its kept card is charged, and with how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.ledger import units
from portal.payments.top_up_rules import COUNT_MAX, Wish
from portal.tenancy.deposit_rules import DepositRules
from portal.web.parts.amounts import AmountField
from portal.web.parts.formats import money
from portal.web.parts.forms import REQUIRED, Form

_NUMBER = lazy_gettext("Write a number from 1 to 31.")


class AutomaticForm(Form):
    """When, how much, and how often at most; its amounts are made by `top_up_form`."""

    count_max = IntegerField(
        lazy_gettext("At most so many times a month"),
        [InputRequired(_NUMBER), NumberRange(1, COUNT_MAX, _NUMBER)],
    )

    def wish(self) -> Wish:
        """What was written, where the form has been found valid."""
        amount: Any = self["amount"]
        return Wish(
            threshold=self["threshold"].amount,
            amount=amount.amount if isinstance(amount, AmountField) else int(amount.data),
            count_max=self.count_max.data or 0,
            sum_max=self["sum_max"].amount,
        )


def top_up_form(
    *, rules: DepositRules, currency: str, amounts: Sequence[int], **options: Any
) -> AutomaticForm:
    """The form with the amounts that the reseller takes in the client's currency."""
    required = [DataRequired(REQUIRED), Length(max=20)]
    amount: Any = SelectField(
        lazy_gettext("Charge"),
        choices=[SelectChoice(str(each), money(each, currency)) for each in amounts],
    )
    if rules.other_amounts:
        amount = AmountField(
            lazy_gettext("Charge"),
            required,
            description=gettext(
                "From %(least)s to %(most)s.",
                least=money(rules.least, currency),
                most=money(rules.most, currency),
            ),
        )
    fields = {
        "threshold": AmountField(lazy_gettext("When the balance falls below"), required),
        "amount": amount,
        "sum_max": AmountField(lazy_gettext("At most so much a month"), required),
    }
    form: AutomaticForm = type("OfferedAutomaticForm", (AutomaticForm,), fields)(**options)
    return form


def decimal(amount: int, currency: str) -> str:
    """An amount as programs write it; nothing where the currency is unknown."""
    return units.decimal_string(amount, currency) if currency in units.CURRENCIES else ""
