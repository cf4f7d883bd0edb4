"""The account that clients transfer to: its details, and whether clients are offered it."""

from __future__ import annotations

from typing import Any, Final

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.payments import accounts as payment_accounts
from portal.payments.bank import accounts
from portal.payments.bank.accounts import HOLDER_LENGTH_MAX, NOTE_LENGTH_MAX, Details
from portal.payments.bank.errors import BankUnfit, Unfit
from portal.tenancy import resellers
from portal.web.parts import till_words, transfer_details
from portal.web.parts.forms import REQUIRED, Form, legible, trimmed
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

_LATIN: Final = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}


class BankForm(Form):
    """What clients read when they are to transfer money."""

    holder = StringField(
        lazy_gettext("Account holder"),
        [DataRequired(REQUIRED), Length(max=HOLDER_LENGTH_MAX)],
        filters=[legible],
        description=lazy_gettext("As the bank has it: banks compare it with the IBAN."),
    )
    iban = StringField("IBAN", [Optional(), Length(max=50)], filters=[legible], render_kw=_LATIN)
    bic = StringField("BIC", [Optional(), Length(max=20)], filters=[legible], render_kw=_LATIN)
    number = StringField(
        lazy_gettext("Account number"),
        [Optional(), Length(max=34)],
        filters=[legible],
        description=lazy_gettext(
            "Only where your bank has no IBAN. Write the sort code or routing number with it."
        ),
        render_kw=_LATIN,
    )
    bank = StringField(
        lazy_gettext("Bank"),
        [Optional(), Length(max=100)],
        filters=[legible],
        description=lazy_gettext("Its name, and its address if people abroad need it."),
    )
    currency = SelectField(
        lazy_gettext("Currency of the account"),
        description=lazy_gettext("Clients can transfer in this currency and in no other."),
    )
    note = TextAreaField(
        lazy_gettext("What you say to it"),
        [Optional(), Length(max=NOTE_LENGTH_MAX)],
        filters=[trimmed],
        description=lazy_gettext("Clients read it beside the account. Plain text."),
    )

    def refuse(self, unfit: BankUnfit) -> None:
        """Say what is wrong beside the field."""
        words = {
            Unfit.HOLDER: gettext("Please write who holds the account, in 70 letters at most."),
            Unfit.IBAN: gettext(
                "This is no IBAN: a digit is wrong, or one is missing. Copy it from your bank."
            )
            if self.iban.data
            else gettext("Write the IBAN, or an account number further below."),
            Unfit.NUMBER: gettext(
                "Write either the IBAN or an account number of digits and letters, not both."
            ),
            Unfit.BANK: gettext("Without an IBAN, the bank's name is needed."),
            Unfit.BIC: gettext(
                "This is no BIC. It has 8 or 11 letters and digits, or stays empty."
            ),
        }
        self[unfit.field.value].errors = [words[unfit.field]]


@blueprint.get("/payments/bank")
@requires(Right.SETTINGS_MANAGE)
def bank_account() -> Answer:
    """The account as it is."""
    return _page(_form(formdata=None))


@blueprint.post("/payments/bank")
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def change_bank_account() -> Response:
    """Keep the account: whoever could change it could send all clients' money elsewhere."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form, status=422)
    details = Details(
        holder=form.holder.data,
        iban=form.iban.data or "",
        number=form.number.data or "",
        bank=form.bank.data or "",
        bic=form.bic.data or "",
        note=form.note.data or "",
    )
    try:
        accounts.change(session(), details, currency=form.currency.data, by=g.actor)
    except BankUnfit as unfit:
        form.refuse(unfit)
        return _page(form, status=422)
    flash(gettext("Saved. Who waits with a transfer reads it from now on, too."), "success")
    return _back()


@blueprint.post("/payments/bank/offer")
@requires(Right.SETTINGS_MANAGE)
def pause_bank_account() -> Response:
    """Keep it from clients for a while, or let them see it again."""
    is_offered = not accounts.is_offered(session())
    accounts.offer(session(), offered=is_offered, by=g.actor)
    said = (
        gettext("It can be paid by bank transfer.")
        if is_offered
        else gettext("No bank transfer can be begun now.")
    )
    flash(said, "success")
    return _back()


@blueprint.post("/payments/bank/remove")
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def remove_bank_account() -> Response:
    """Ask nobody any more to transfer to it."""
    accounts.remove(session(), by=g.actor)
    flash(gettext("Removed. Transfers that are waited for can still be confirmed."), "success")
    return _back()


def _back() -> Response:
    return redirect(url_for(".bank_account"), 303)


def _form(**options: Any) -> BankForm:
    own = accounts.own(session())
    kept: dict[str, Any] = {}
    if own is not None:
        kept = {
            "holder": own.holder,
            "iban": transfer_details.account_number(own) if own.iban else "",
            "number": own.number,
            "bank": own.bank,
            "bic": own.bic,
            "note": own.note,
            "currency": own.currency,
        }
    home = resellers.own(session()).currency
    form = BankForm(**{"currency": home, **kept, **options})
    known = {*till_words.currencies(session()), kept.get("currency", home)}
    till_words.fit(form, till_words.BANK)
    form.currency.choices = [SelectChoice(each, each) for each in sorted(known)]
    return form


def _page(form: BankForm, *, status: int = 200) -> Answer:
    own = accounts.own(session())
    return page(
        "reseller/bank_account.html",
        status,
        form=form,
        account=own,
        is_offered=own is not None and payment_accounts.by_id(session(), own.account_id).offered,
    )
