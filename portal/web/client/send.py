"""Write one message: count it and price it while it is typed, then send it once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.accounts import sub_accounts
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.messaging import encoding, sending
from portal.messaging.errors import InvalidNumber, MessagingError
from portal.messaging.sending import Order
from portal.tenancy.display import Service
from portal.web.client import refusals
from portal.web.client.pages import blueprint, own_client, suspension
from portal.web.parts import once
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.parts.message_rows import ALPHABETS
from portal.web.parts.pages import fragment, page

_TO_LENGTH_MAX = 40


class SendForm(Form):
    """One message; `key` is new with every form, so that sending it twice sends one."""

    to = StringField(
        lazy_gettext("To"),
        [DataRequired(lazy_gettext("Whom is it for?")), Length(max=_TO_LENGTH_MAX)],
        filters=[legible],
        description=lazy_gettext("A number, as in +49 151 23456789 or as you dial it at home."),
    )
    text = TextAreaField(
        lazy_gettext("Text"), [DataRequired(lazy_gettext("There is nothing in the text."))]
    )
    sender = SelectField(lazy_gettext("From"), name="from", default="")
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )

    def __init__(self, client: Client) -> None:
        super().__init__()
        approved = sub_accounts.approved_senders(session(), client_id=client.id)
        self.sender.choices = [
            SelectChoice("", lazy_gettext("the usual sender")),
            *(SelectChoice(name) for name in approved),
        ]

    def order(self) -> Order:
        """The message as it was typed."""
        return Order(
            to=self.to.data or "", text=self.text.data or "", sender=self.sender.data or ""
        )

    def refuse(self, refusal: MessagingError) -> None:
        """Say what is wrong, beside its field."""
        field = refusals.field_of(refusal)
        if field is None:
            self.form_errors.append(refusals.words(refusal))
        else:
            self[field].errors = [*self[field].errors, refusals.words(refusal)]


@dataclass(frozen=True, kw_only=True)
class EstimateShown:
    """What a text takes and costs; amounts are millionths, None where there is no price to see."""

    characters: int
    parts: int
    encoding: str
    forcing: list[tuple[str, str, str | None]]
    price_micros: int | None
    currency: str
    balance_after_micros: int | None
    refusal: str | None


@blueprint.route("/send", methods=["GET", "POST"])
@offers(Service.SEND)
@requires(Right.MESSAGES_SEND)
def send() -> Response:
    """The form, and the sending of what was typed."""
    client = own_client()
    form = SendForm(client)
    if form.validate_on_submit():
        try:
            return _sent(form)
        except MessagingError as refusal:
            form.refuse(refusal)
        except NotFound:
            form.form_errors.append(gettext("There is no sub-account to send from yet. Ask us."))
        except KeyReused:
            form.key.data = once.new_key()
            form.form_errors.append(
                gettext("This form was sent before. Send it again if it is another message.")
            )
    if not form.is_submitted():
        form.to.data = request.args.get("to", "")[:_TO_LENGTH_MAX]  # a reply says to whom
    return _page(form, client, status=422 if form.is_submitted() else 200)


@blueprint.post("/send/estimate")
@offers(Service.SEND)
@requires(Right.MESSAGES_SEND)
def estimate() -> Response:
    """Count and price what is in the form: alone while somebody types, else with the whole page."""
    client = own_client()
    form = SendForm(client)
    if "plain" in request.form:
        form.text.data = encoding.plain(form.text.data or "")
    if "HX-Request" in request.headers:
        return fragment("client/send.html", "estimate", estimate=_estimate(form))
    return _page(form, client)


def _sent(form: SendForm) -> Response:
    order = form.order()
    try:
        message_id = once.act(
            session(),
            owner_id=g.actor.client_id,
            endpoint="web.send",
            key=form.key.data,
            asked={"to": order.to, "text": order.text, "from": order.sender},
            verb=lambda: (
                sending.accept_one(session(), actor=g.actor, sub_account_id=None, order=order).id
            ),
        )
    except StillInProgress:
        flash(gettext("The message is being sent already."), "info")
        return redirect(url_for("client.messages"), 303)
    flash(gettext("The message is on its way."), "success")
    return redirect(url_for("client.message", message_id=message_id), 303)


def _page(form: SendForm, client: Client, *, status: int = 200) -> Response:
    return page(
        "client/send.html",
        status,
        form=form,
        estimate=_estimate(form),
        **suspension(client),
    )


def _estimate(form: SendForm) -> EstimateShown | None:
    """Nothing while both fields are empty; no complaint about a number that is not typed yet."""
    actor: Actor = g.actor
    order = form.order()
    if not order.to and not order.text:
        return None
    try:
        found = sending.estimate(session(), actor=actor, sub_account_id=None, order=order)
    except NotFound:
        return None  # without a sub-account there are no prices
    refusal = found.refusal
    if isinstance(refusal, InvalidNumber) and not order.to:
        refusal = None
    return EstimateShown(
        characters=found.counted.characters,
        parts=found.counted.parts,
        encoding=ALPHABETS[found.counted.encoding],
        forcing=[
            (character, _name(character), instead)
            for character, instead in encoding.suggestions(order.text).items()
        ],
        price_micros=found.quote.price if found.quote and actor.display.money else None,
        currency=found.currency,
        balance_after_micros=found.balance_after if actor.can(Right.WALLET_READ) else None,
        refusal=refusals.words(refusal) if refusal else None,
    )


def _name(character: str) -> str:
    return unicodedata.name(character, f"U+{ord(character):04X}").lower()
