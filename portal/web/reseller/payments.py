"""How clients pay in: the accounts with providers, the amounts, and everything that was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response as Answer
from flask import flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response
from wtforms import SelectChoice

from portal.accounts import attempts
from portal.accounts.roles import Right
from portal.http import unit_of_work
from portal.http.actor import personally, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.throttle import TooOften
from portal.ledger import units
from portal.payments import accounts, events, registry
from portal.payments.bank import accounts as bank
from portal.payments.errors import AccountUnfit, NoProvider
from portal.payments.models import PaymentAccount, PaymentEvent
from portal.provisioning import settling
from portal.tenancy import links, resellers, settings
from portal.tenancy.deposit_rules import DepositRules
from portal.web.parts import deposit_words, paging, till_words
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page
from portal.web.reseller import refund_texts
from portal.web.reseller.pages import blueprint
from portal.web.reseller.payment_forms import PayPalForm, RulesForm, StripeForm


@dataclass(frozen=True, kw_only=True)
class AccountShown:
    """An account with a provider, if there is one, and where the provider tells of it."""

    account: PaymentAccount | None
    works: bool
    hook: str
    is_simulated: bool


@dataclass(frozen=True, kw_only=True)
class EventShown:
    """A notification, and what became of it."""

    id: int
    at: datetime
    kind: str
    became: str
    deposit_id: int | None


@blueprint.get("/payments")
@requires(Right.SETTINGS_MANAGE)
def payments() -> Answer:
    """The accounts, whether they work, and what clients may pay in."""
    return show()


@blueprint.post("/payments/stripe")
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def stripe_account() -> Response:
    """Keep an account with Stripe."""
    form = StripeForm(has_secrets=accounts.own(session(), accounts.STRIPE) is not None)
    if not form.validate_on_submit():
        return show(stripe_form=form)
    try:
        accounts.change(
            session(),
            kind=accounts.STRIPE,
            secrets={
                "secret_key": form.secret_key.data or "",
                "signing_secret": form.signing_secret.data or "",
            },
            connected=form.connected.data or "",
            by=g.actor,
            vault=current().vault,
        )
    except AccountUnfit as unfit:
        form.refuse(unfit)
        return show(stripe_form=form)
    return saved()


@blueprint.post("/payments/stripe/test")
@personally
@requires(Right.SETTINGS_MANAGE)
def test_stripe() -> Response:
    """Ask Stripe who we are."""
    return tested(accounts.STRIPE)


@blueprint.post("/payments/stripe/offer")
@requires(Right.SETTINGS_MANAGE)
def pause_stripe() -> Response:
    """Keep it from clients for a while, or let them see it again."""
    return paused(accounts.STRIPE)


@blueprint.post("/payments/stripe/remove")
@fresh
@personally
@requires(Right.SETTINGS_MANAGE)
def remove_stripe() -> Response:
    """Take no more payments with it."""
    return removed(accounts.STRIPE)


def saved() -> Response:
    """Say that an account is kept."""
    flash(gettext("Saved. Test it now: it can be paid with once that has worked."), "success")
    return _back()


def tested(kind: str) -> Response:
    """Ask a provider who we are, and say what it has answered."""
    parts = current()
    try:
        with own_transaction() as beside:
            attempts.count_for_account(
                beside, "payments", account=str(g.tenant.reseller_id), limit=attempts.PER_ACCOUNT
            )
        with own_transaction() as before:
            trial = accounts.prepare_trial(
                before, kind=kind, vault=parts.vault, settings=parts.settings
            )
    except TooOften:
        flash(gettext("Too many tries. Please wait a few minutes."), "danger")
        return show(status=429)
    except NoProvider:
        flash(gettext("Save the keys first."), "danger")
        return _back()
    unit_of_work.close()
    verdict = accounts.try_out(trial)
    with own_transaction() as after:
        accounts.record_trial(after, trial, verdict, by=g.actor)
    if verdict.is_good:
        flash(gettext("It works. It can be paid with now."), "success")
    else:
        flash(gettext("It does not work yet. See below why."), "danger")
    return _back()


def paused(kind: str) -> Response:
    """Keep an account from clients for a while, or let them see it again."""
    account = accounts.own(session(), kind)
    is_offered = account is None or not account.offered
    accounts.offer(session(), kind=kind, offered=is_offered, by=g.actor)
    if is_offered:
        flash(gettext("It can be chosen again."), "success")
    else:
        flash(gettext("It cannot be chosen now."), "success")
    return _back()


def removed(kind: str) -> Response:
    """Take no more payments with an account."""
    accounts.remove(session(), kind=kind, by=g.actor)
    flash(gettext("Removed. Payments that were made can still be refunded."), "success")
    return _back()


@blueprint.post("/payments/rules")
@requires(Right.SETTINGS_MANAGE)
def deposit_rules() -> Response:
    """Change what clients may pay in."""
    form = _with_choices(refund_texts.with_texts(RulesForm)())
    rules = form.rules() if form.validate_on_submit() else None
    if rules is None:
        return show(rules_form=form)
    settling.change(session(), by=g.actor, deposits=rules.model_dump(mode="json"))
    flash(gettext("Saved."), "success")
    return _back("rules")


@blueprint.get("/payments/events")
@requires(Right.WALLET_READ)
def payment_events() -> Answer:
    """Everything that was told, newest first."""
    found = events.listed(session(), below_id=paging.below_id(), limit=paging.ASKED)
    shown = paging.cut(found, id_of=lambda each: each.id)
    return page(
        "reseller/payment_events.html",
        rows=[event_shown(each) for each in shown.rows],
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.post(f"/payments/events/<{ID}:event_id>/replay")
@requires(Right.MONEY_POST)
def replay_event(event_id: int) -> Response:
    """Have one looked into once more."""
    events.replay(session(), event_id=event_id, by=g.actor)
    flash(gettext("It is looked into again, within seconds. Nothing is booked twice."), "success")
    return redirect(url_for(".payment_events"), 303)


def event_shown(event: PaymentEvent) -> EventShown:
    """A notification as pages show it."""
    return EventShown(
        id=event.id,
        at=event.received_at,
        kind=event.kind,
        became=deposit_words.handled(event.state),
        deposit_id=event.deposit_id,
    )


def _back(section: str | None = None) -> Response:
    return redirect(url_for(".payments", _anchor=section), 303)


def _with_choices(form: RulesForm) -> RulesForm:
    known = till_words.currencies(session())
    form.currencies.choices = [SelectChoice(each, each) for each in sorted(known)]
    till_words.fit(form, till_words.RULES)
    return form


def show(
    *,
    stripe_form: StripeForm | None = None,
    paypal_form: PayPalForm | None = None,
    rules_form: RulesForm | None = None,
    status: int = 200,
) -> Answer:
    """The page, with what somebody has typed where it is to be mended."""
    stripe = accounts.own(session(), accounts.STRIPE)
    paypal = accounts.own(session(), accounts.PAYPAL)
    reseller = resellers.own(session())
    origin = links.origin_of(session(), current().settings)
    rules = rules_form or _rules_form(settings.read(session()).deposits, reseller.currency)
    return page(
        "reseller/payments.html",
        422 if stripe_form or paypal_form or rules_form else status,
        stripe=_shown(accounts.STRIPE, stripe, links.stripe_hook(origin, reseller.slug)),
        paypal=_shown(accounts.PAYPAL, paypal, links.paypal_hook(origin, reseller.slug)),
        stripe_form=stripe_form or _stripe_form(stripe),
        paypal_form=paypal_form or _paypal_form(paypal),
        bank=bank.own(session()),
        is_bank_offered=bank.is_offered(session()),
        rules_form=rules,
        refund_fields=refund_texts.fields_of(rules),
        currency=reseller.currency,
    )


def _shown(kind: str, account: PaymentAccount | None, hook: str) -> AccountShown:
    return AccountShown(
        account=account,
        works=account is not None and account.tested_at is not None,
        hook=hook,
        is_simulated=bool(registry.adapter(kind).api(current().settings)),
    )


def _stripe_form(account: PaymentAccount | None) -> StripeForm:
    if account is None:
        return StripeForm(formdata=None)
    return StripeForm(formdata=None, has_secrets=True, connected=account.connected)


def _paypal_form(account: PaymentAccount | None) -> PayPalForm:
    if account is None:
        return PayPalForm(formdata=None)
    return PayPalForm(formdata=None, has_secrets=True, place="live" if account.is_live else "test")


def _rules_form(rules: DepositRules, currency: str) -> RulesForm:
    def written(amount: int) -> str:
        return units.decimal_string(amount, currency)

    return _with_choices(
        refund_texts.with_texts(RulesForm)(
            formdata=None,
            amounts=", ".join(written(each).removesuffix(".00") for each in rules.amounts),
            other_amounts=rules.other_amounts,
            least=written(rules.least),
            most=written(rules.most),
            currencies=list(rules.currencies),
            refund_text=rules.refund_text,
            **refund_texts.shown(rules.refund_texts),
            ask_terms=rules.ask_terms,
            automatic=rules.automatic,
        )
    )
