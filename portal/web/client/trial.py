"""The trial credit: a client shows that a telephone is its own, and is given something to begin."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import get_translations, gettext, lazy_gettext
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.accounts import phone_checks, trial_credit
from portal.accounts.actor import Actor
from portal.accounts.errors import WrongCode
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.language import locale
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction, session
from portal.infra.throttle import TooOften
from portal.messaging.errors import InvalidNumber, MessagingError
from portal.provisioning import phone_proving
from portal.provisioning.phone_proving import PhoneNotTaken
from portal.tenancy.display import Service
from portal.tenancy.trial_rules import TrialRules
from portal.web.client import refusals
from portal.web.client.pages import blueprint, own_client
from portal.web.parts.formats import money, phone
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.parts.pages import page


class PhoneForm(Form):
    """Where the code goes."""

    phone = StringField(
        lazy_gettext("Mobile number"), [DataRequired(REQUIRED), Length(max=40)], filters=[legible]
    )


class CodeForm(Form):
    """What came."""

    code = StringField(
        lazy_gettext("Code from the message"),
        [DataRequired(REQUIRED), Length(max=20)],
        filters=[legible],
    )


@blueprint.route("/trial-credit", methods=["GET", "POST"])
@offers(Service.BALANCE)
@requires(Right.WALLET_PAY)
def trial() -> Response:
    """What is offered, and a code to a telephone."""
    client = own_client()
    rules = trial_credit.offered(session(), client)
    form = PhoneForm(data={"phone": client.phone})
    if rules is None or not form.is_submitted():
        return _trial(form, client, rules, 200 if not form.is_submitted() else 422)
    if not form.validate():
        return _trial(form, client, rules, 422)
    try:
        _send(client, rules, form.phone.data)
    except TooOften:
        form.form_errors.append(
            gettext("So many codes were sent today that no more can be. Please try again tomorrow.")
        )
        return _trial(form, client, rules, 429)
    except InvalidNumber as refusal:
        form.phone.errors = [refusals.words(refusal)]
    except PhoneNotTaken as refusal:
        form.phone.errors = [_not_taken(refusal, rules)]
    except MessagingError:
        form.form_errors.append(
            gettext("No code can be sent to this number just now. Please ask us about it.")
        )
    else:
        return redirect(url_for("client.trial_code"), 303)
    return _trial(form, client, rules, 422)


@blueprint.route("/trial-credit/code", methods=["GET", "POST"])
@offers(Service.BALANCE)
@requires(Right.WALLET_PAY)
def trial_code() -> Response:
    """The code that came, and the credit."""
    client = own_client()
    check = phone_checks.begun(session(), client_id=client.id)
    if check is None or check.proven_at or trial_credit.offered(session(), client) is None:
        return redirect(url_for("client.trial"), 303)
    form = CodeForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            return _credited(client, form.code.data)
        except TooOften:
            status = 429
            form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        except WrongCode:
            form.code.errors = [
                gettext("This is not the code, or it is too old. You can have another one sent.")
            ]
    return page("client/trial_code.html", status, form=form, sent_to=phone(check.phone))


def _send(client: Client, rules: TrialRules, typed: str) -> None:
    """Send a code, unless one is on its way since a moment ago: a second click sends no second."""
    actor: Actor = g.actor
    to = phone_proving.read_phone(typed, country=client.country, rules=rules)
    if phone_checks.just_sent(session(), client_id=client.id, phone=to):
        return
    with own_transaction() as beside:
        phone_checks.count_code(
            beside, client_id=client.id, phone=to, address=address(), a_day=rules.codes_a_day
        )
    phone_proving.send_code(
        session(), client_id=client.id, phone=to, by=actor, words=get_translations()
    )


def _credited(client: Client, typed: str) -> Response:
    with own_transaction() as beside:
        phone_checks.count_guess(beside, client_id=client.id)
    amount = phone_proving.confirm(
        session(), client_id=client.id, code="".join(typed.split()), by=g.actor
    )
    if amount is None:
        flash(
            gettext(
                "Your telephone number is confirmed. There is no trial credit for it: it was given"
                " for this number or address before."
            ),
            "info",
        )
    else:
        flash(gettext("%(amount)s is credited.", amount=money(amount, client.currency)), "success")
    return redirect(url_for("client.dashboard"), 303)


def _trial(form: PhoneForm, client: Client, rules: TrialRules | None, status: int) -> Response:
    return page(
        "client/trial.html",
        status,
        form=form,
        amount=money(rules.amount, client.currency) if rules else "",
        countries=_names(rules) if rules else "",
    )


def _names(rules: TrialRules) -> str:
    names = locale().territories
    return ", ".join(sorted(names.get(code, code) for code in rules.countries))


def _not_taken(refusal: PhoneNotTaken, rules: TrialRules) -> str:
    if refusal.elsewhere:
        return str(
            gettext(
                "Codes are sent to these countries only: %(countries)s.", countries=_names(rules)
            )
        )
    return str(gettext("Codes are sent to mobile numbers only."))
