"""What clients have paid in: the list, one deposit with all that was told of it, and refunds."""

from __future__ import annotations

from flask import Response as Answer
from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import DateField, SelectChoice, SelectField
from wtforms.validators import Optional

from portal.accounts.errors import AmountNotPositive
from portal.accounts.roles import Right
from portal.http import unit_of_work
from portal.http.actor import personally, requires
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.errors import PortalError
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.invoicing import invoice_lists
from portal.payments import asking, deposit_lists, deposits, events, refunds, registry
from portal.payments.bank import accounts as bank
from portal.payments.bank import booking, transfers
from portal.payments.deposit_lists import Chosen
from portal.payments.errors import (
    AmountNotOffered,
    NoProvider,
    NotRefundable,
    ProviderError,
    Refused,
    Unanswered,
)
from portal.payments.models import Deposit
from portal.payments.refunds import Wish
from portal.payments.statuses import State
from portal.tenancy import resellers
from portal.web.parts import (
    deposit_words,
    invoice_rows,
    once,
    paging,
    till_words,
    transfer_details,
)
from portal.web.parts.addresses import ID
from portal.web.parts.filters import Filters, beginning_of, end_of
from portal.web.parts.formats import money
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint
from portal.web.reseller.payment_forms import RefundForm, refund_form
from portal.web.reseller.payments import event_shown


class DepositFilters(Filters):
    """Which deposits."""

    state = SelectField(
        lazy_gettext("State"),
        choices=[
            SelectChoice("", lazy_gettext("All")),
            *(SelectChoice(each.value, words) for each, words in deposit_words.STATES.items()),
        ],
        default="",
    )
    since = DateField(lazy_gettext("From day"), [Optional()])
    until = DateField(lazy_gettext("To day"), [Optional()])


@blueprint.get("/deposits")
@requires(Right.WALLET_READ)
def deposits_list() -> Answer:
    """All deposits, the newest first, narrowed by what the address says."""
    form = DepositFilters()
    if not form.validate():
        return page(
            "reseller/deposits.html", 422, rows=[], form=form, is_narrowed=True,
            prev_url=None, next_url=None,
        )  # fmt: skip
    zone = resellers.own(session()).time_zone
    chosen = Chosen(
        states=(State(form.state.data),) if form.state.data else (),
        since=beginning_of(form.since.data, zone),
        until=end_of(form.until.data, zone),
    )
    found = deposit_lists.listed(session(), chosen, below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(found, id_of=lambda each: each.id)
    payers = deposit_lists.payers(session(), shown.rows)
    return page(
        "reseller/deposits.html",
        rows=[deposit_words.shown(each, payer_name=payers[each.id]) for each in shown.rows],
        form=form,
        is_narrowed=bool(request.args),
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/deposits/<{ID}:deposit_id>")
@requires(Right.WALLET_READ)
def deposit(deposit_id: int) -> Answer:
    """One deposit, and what can still be done with it."""
    found = deposits.by_id(session(), deposit_id)
    return _one(found, _form(found, formdata=None))


@blueprint.post(f"/deposits/<{ID}:deposit_id>/refund")
@personally
@requires(Right.MONEY_POST)
def refund_deposit(deposit_id: int) -> Response:
    """Give it back, whole or in part: asked of the provider, and booked when that has done it."""
    found = deposits.by_id(session(), deposit_id)
    form = _form(found)
    if not form.validate_on_submit():
        return _one(found, form, status=422)
    if bank.is_transfer(session(), found):
        return _given_back(found, form)
    unit_of_work.close()  # the provider is asked below, and no transaction may be open then
    try:
        wish = _wished(deposit_id, form)
    except PortalError as refused:
        _say(form, refused, currency=found.currency)
        return _one(deposits.by_id(session(), deposit_id), form, status=422)
    if wish is None:
        flash(gettext("This refund was asked for before."), "info")
    else:
        _give(wish)
    return redirect(url_for(".deposit", deposit_id=deposit_id), 303)


@blueprint.post(f"/deposits/<{ID}:deposit_id>/check")
@requires(Right.MONEY_POST)
def check_deposit(deposit_id: int) -> Response:
    """Ask the provider how it stands, now."""
    parts = current()
    with own_transaction() as before:
        question = asking.prepare(
            before, deposit_id=deposit_id, vault=parts.vault, installation=parts.settings
        )
    unit_of_work.close()
    try:
        seen = None if question is None else asking.ask(question)
    except ProviderError:
        flash(gettext("The payment service does not answer at the moment."), "danger")
        return redirect(url_for(".deposit", deposit_id=deposit_id), 303)
    with own_transaction() as after:
        news = asking.record_asked(after, deposit_id=deposit_id, seen=seen, by=g.actor)
    said = gettext("Something was new. See below.") if news else gettext("Nothing is new.")
    flash(said, "success" if news else "info")
    return redirect(url_for(".deposit", deposit_id=deposit_id), 303)


def _wished(deposit_id: int, form: RefundForm) -> Wish | None:
    """The refund, committed, as the provider is to be asked for it."""
    parts = current()
    with own_transaction() as before:
        refund_id = once.act(
            before,
            owner_id=g.actor.person_id,
            endpoint="web.refund",
            key=form.key.data,
            asked={"deposit": str(deposit_id), "amount": form.amount.data},
            verb=lambda: (
                refunds.ask(
                    before,
                    deposit_id=deposit_id,
                    amount=form.amount.amount,
                    reason=form.reason.data,
                    by=g.actor,
                ).id
            ),
        )
    with own_transaction() as before:
        return refunds.prepare(
            before, refund_id=refund_id, vault=parts.vault, installation=parts.settings
        )


def _given_back(found: Deposit, form: RefundForm) -> Response:
    """Book a refund that staff makes at the bank, since nobody can be asked to."""
    try:
        with own_transaction() as within:
            once.act(
                within,
                owner_id=g.actor.person_id,
                endpoint="web.refund",
                key=form.key.data,
                asked={"deposit": str(found.id), "amount": form.amount.data},
                verb=lambda: (
                    booking.give_back(
                        within,
                        deposit_id=found.id,
                        amount=form.amount.amount,
                        reason=form.reason.data,
                        by=g.actor,
                    ).id
                ),
            )
    except PortalError as refused:
        _say(form, refused, currency=found.currency)
        return _one(found, form, status=422)
    amount = money(form.amount.amount, found.currency)
    flash(gettext("%(amount)s is booked. Send it back at your bank now.", amount=amount), "success")
    return redirect(url_for(".deposit", deposit_id=found.id), 303)


def _give(wish: Wish) -> None:
    """Ask the provider, and say what it has answered."""
    try:
        taking = refunds.give(wish)
    except Unanswered:
        flash(
            gettext("The payment service does not answer. It is asked again by itself."), "warning"
        )
    except Refused as refused:
        with own_transaction() as after:
            refunds.record_refusal(after, wish)
        said = gettext("The payment service gives nothing back. It says: %(answer)s")
        flash(said % {"answer": refused.reason}, "danger")
    else:
        with own_transaction() as after:
            refunds.record(after, wish, taking)
        amount = money(wish.amount, wish.currency)
        flash(gettext("%(amount)s is refunded.", amount=amount), "success")


def _say(form: RefundForm, refused: PortalError, *, currency: str) -> None:
    """Write on the form why nothing was asked for.

    Raises:
        PortalError: what no form can mend.
    """
    match refused:
        case AmountNotPositive():
            form.amount.errors = [gettext("An amount is above zero.")]
        case AmountNotOffered():
            form.amount.errors = [gettext("There are no such small coins of this currency.")]
        case NotRefundable(left=left):
            rest = money(left, currency)
            form.amount.errors = [gettext("At most %(left)s is left to refund.", left=rest)]
        case NoProvider():
            form.form_errors.append(gettext("The keys of this account cannot be read any more."))
        case KeyReused():
            form.key.data = once.new_key()
            form.form_errors.append(
                gettext("This form was sent before. Send it again if it is meant once more.")
            )
        case StillInProgress():
            form.form_errors.append(gettext("This is being done already."))
        case _:
            raise refused


def _form(found: Deposit, **options: object) -> RefundForm:
    form = refund_form(left=refunds.left(session(), found), currency=found.currency, **options)
    till_words.fit(form, till_words.UNDOING)
    return form


def _one(found: Deposit, form: RefundForm, *, status: int = 200) -> Answer:
    payers = deposit_lists.payers(session(), [found])
    account = deposits.account_of(session(), found)
    return page(
        "reseller/deposit.html",
        status,
        deposit=deposit_words.shown(found, payer_name=payers[found.id]),
        seen=None if found.seen_amount is None else (found.seen_amount, found.seen_currency),
        reference=found.reference or "",
        payment_id=found.payment_id or "",
        transfer=transfer_details.shown(session(), found),
        is_expected=transfers.is_expected(found),
        account=account,
        provider="" if found.waits_until else registry.adapter(account.provider).label,
        takings=[
            deposit_words.refund_shown(each) for each in refunds.of_deposit(session(), found.id)
        ],
        told=[event_shown(each) for each in events.of_deposit(session(), found.id)],
        left=refunds.left(session(), found),
        invoices=invoice_rows.of_deposit(
            invoice_lists.of_deposits(session(), [found.id]).get(found.id, [])
        ),
        form=form,
    )
