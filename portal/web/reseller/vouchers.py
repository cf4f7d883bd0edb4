"""Codes that are worth money: made one by one or many at once, listed, withdrawn."""

from __future__ import annotations

from datetime import date

from flask import Response as Answer
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug import Response
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.errors import AmountNotPositive
from portal.accounts.roles import Right
from portal.billing import vouchers as verbs
from portal.billing.models import Voucher
from portal.billing.vouchers import CodeTaken, CodeUnfit, Listed
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.ledger.units import decimal_string
from portal.pricing import price_lists, selling
from portal.tenancy import resellers
from portal.web.parts import downloads, numbered_pages, once
from portal.web.parts.addresses import ID
from portal.web.parts.amounts import AmountField
from portal.web.parts.counts import WholeField
from portal.web.parts.forms import REQUIRED, Form, legible, trimmed
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

AT_ONCE_MAX = 500


class VouchersForm(Form):
    """A voucher, or many alike with codes of their own."""

    amount = AmountField(lazy_gettext("Worth"), [DataRequired(REQUIRED), Length(max=20)])
    currency = SelectField(lazy_gettext("Currency"))
    uses = WholeField(
        lazy_gettext("Uses"),
        [DataRequired(REQUIRED), Length(max=20)],
        default="1",
        filters=[trimmed],
        description=lazy_gettext("How many clients can use it, each once."),
    )
    expires_on = DateField(
        lazy_gettext("Last day"),
        [Optional()],
        description=lazy_gettext("Empty: it does not expire."),
    )
    count = WholeField(
        lazy_gettext("How many codes"),
        [DataRequired(REQUIRED), Length(max=20)],
        default="1",
        filters=[trimmed],
    )
    code = StringField(
        lazy_gettext("Code"),
        [Optional(), Length(max=60)],
        filters=[legible],
        description=lazy_gettext(
            "Empty: a code that nobody guesses. Yours: 6 to 40 letters from A to Z and digits."
        ),
    )
    description = StringField(
        lazy_gettext("Description"),
        [Optional(), Length(max=200)],
        filters=[legible],
        description=lazy_gettext("The client reads it on the statement."),
    )
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        own = resellers.own(session()).currency
        others = set(price_lists.wholesale_currencies(session())) - {own}
        self.currency.choices = [own, *sorted(others)]

    def fits(self) -> bool:
        """Whether its fields fit together; else they say why not."""
        if self.count.count > AT_ONCE_MAX:
            self.count.errors = [gettext("At most %(most)s at once.", most=AT_ONCE_MAX)]
        elif self.code.data and self.count.count > 1:
            self.code.errors = [
                gettext("Two vouchers cannot have one code. Leave it empty, or make one voucher.")
            ]
        elif self.expires_on.data and self.expires_on.data < selling.today(session()):
            self.expires_on.errors = [gettext("This day is over. Choose today or a later day.")]
        return not self.errors


@blueprint.get("/vouchers")
@requires(Right.WALLET_READ)
def vouchers() -> Response:
    """All vouchers, the newest first, or those of one batch."""
    return _page()


@blueprint.get("/vouchers.csv")
@requires(Right.WALLET_READ)
def vouchers_csv() -> Answer:
    """The same as a file."""
    heads = [
        gettext("Code"),
        gettext("Worth"),
        gettext("Currency"),
        gettext("Used"),
        gettext("Uses left"),
        gettext("Last day"),
        gettext("Description"),
        gettext("Withdrawn"),
    ]
    rows = [
        [
            verbs.written(each.voucher.code),
            decimal_string(each.voucher.amount, each.voucher.currency),
            each.voucher.currency,
            str(each.used),
            str(each.voucher.uses_left),
            each.voucher.expires_on.isoformat() if each.voucher.expires_on else "",
            each.voucher.description,
            each.voucher.withdrawn_at.date().isoformat() if each.voucher.withdrawn_at else "",
        ]
        for each in _listed()
    ]
    return downloads.csv("vouchers", [heads, *rows])


@blueprint.post("/vouchers")
@requires(Right.MONEY_POST)
def create_vouchers() -> Response:
    """Make as many as were asked for, and show them."""
    form = VouchersForm()
    if form.validate_on_submit() and form.fits():
        made = _made_once(form)
        if made is not None:
            first, last = made
            flash(
                ngettext(
                    "%(num)d voucher is made.", "%(num)d vouchers are made.", form.count.count
                ),
                "success",
            )
            return redirect(url_for("reseller.vouchers", first=first, last=last), 303)
    return _page(status=422, form=form)


@blueprint.post(f"/vouchers/<{ID}:voucher_id>/withdraw")
@requires(Right.MONEY_POST)
def withdraw_voucher(voucher_id: int) -> Response:
    """Let nobody use it any more."""
    verbs.withdraw(session(), voucher_id=voucher_id, by=g.actor)
    flash(gettext("The voucher is withdrawn. What it brought stays."), "success")
    return redirect(url_for("reseller.vouchers"), 303)


def _page(*, status: int = 200, form: VouchersForm | None = None) -> Response:
    shown = numbered_pages.cut(_listed())
    return page(
        "reseller/vouchers.html",
        status,
        shown=shown,
        rows=shown.rows,
        written=verbs.written,
        today=selling.today(session()),
        batch=_batch(),
        form=form or VouchersForm(formdata=None),
    )


def _batch() -> dict[str, int]:
    """The first and the last id that the address asks for."""
    asked = {name: request.args.get(name, "") for name in ("first", "last")}
    return {
        name: int(text)
        for name, text in asked.items()
        if text.isascii() and text.isdigit() and len(text) < 20
    }


def _listed() -> list[Listed]:
    batch = _batch()
    first, last = batch.get("first", 0), batch.get("last")
    return [
        each
        for each in verbs.listed(session())
        if each.voucher.id >= first and (last is None or each.voucher.id <= last)
    ]


def _made_once(form: VouchersForm) -> tuple[int, int] | None:
    """The first and the last id of what was made; None: it was refused, and the form says why."""
    expires_on: date | None = form.expires_on.data

    def make() -> dict[str, str]:
        made = [_made(form, expires_on) for _ in range(form.count.count)]
        ids = [each.id for each in made]
        return {"first": str(min(ids)), "last": str(max(ids))}

    try:
        kept = once.answer(
            session(),
            owner_id=g.actor.person_id,
            endpoint="web.vouchers",
            key=form.key.data,
            asked={
                each.name: str(each.data or "")
                for each in form
                if each.name not in {"key", "csrf_token"}
            },
            verb=make,
        )
    except AmountNotPositive:
        form.amount.errors = [gettext("An amount is above zero.")]
    except CodeTaken:
        form.code.errors = [gettext("Another voucher has this code, or had it. Choose another.")]
    except CodeUnfit:
        form.code.errors = [gettext("A code has 6 to 40 letters from A to Z and digits.")]
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        form.form_errors.append(gettext("This is being done already."))
    else:
        return int(kept["first"]), int(kept["last"])
    return None


def _made(form: VouchersForm, expires_on: date | None) -> Voucher:
    return verbs.create(
        session(),
        amount=form.amount.amount,
        currency=form.currency.data,
        uses=form.uses.count,
        expires_on=expires_on,
        by=g.actor,
        code=form.code.data or "",
        description=form.description.data or "",
    )
