"""What a client sees first: welcome, balance, what is left of bundles, the latest messages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, url_for
from flask_babel import gettext
from markupsafe import Markup

from portal.accounts import receivables, trial_credit, wallet
from portal.accounts.actor import Actor
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.accounts.statuses import BalanceManagement
from portal.http.actor import signed_in
from portal.http.language import language
from portal.http.unit_of_work import session
from portal.messaging import history
from portal.notifications import greeting
from portal.tenancy.display import Service
from portal.web.client import meters
from portal.web.client.pages import blueprint, own_client, suspension
from portal.web.parts import message_rows
from portal.web.parts.formats import money
from portal.web.parts.pages import page

RECENT = 5


@dataclass(frozen=True)
class FirstStep:
    """One thing that somebody new has to do, and where."""

    label: str
    done: bool
    url: str | None


@blueprint.get("/dashboard")
@signed_in
def dashboard() -> Response:
    """Welcome text, balance, what is left and for how long, the latest messages."""
    actor: Actor = g.actor
    client = own_client()
    reads_messages = actor.can(Right.MESSAGES_READ)
    recent = history.page(session(), actor=actor, limit=RECENT) if reads_messages else []
    held = wallet.balance(session(), client)
    reads_wallet = actor.can(Right.WALLET_READ)
    return page(
        "client/dashboard.html",
        welcome_html=_greeting(client),
        balance_micros=held if reads_wallet else None,
        owed=receivables.owed(session(), client.id) if reads_wallet else {},
        currency=client.currency,
        balance_management=client.balance_management,
        meters=meters.shown(session(), client, actor=actor),
        recent=[message_rows.shown(each) for each in recent],
        steps=_steps(client, actor, held=held, has_sent=bool(recent)),
        chart=_chart(client) if recent and actor.display.shows(Service.USAGE) else None,
        **suspension(client),
    )


def _greeting(client: Client) -> Markup:
    names = {
        "firstname": client.firstname,
        "lastname": client.lastname,
        "company": client.company,
    }
    return greeting.shown(session(), language=language(), values=names)


def _chart(client: Client) -> list[history.Day]:
    return history.per_day(session(), actor=g.actor, time_zone=client.time_zone)


def _steps(client: Client, actor: Actor, *, held: int, has_sent: bool) -> list[FirstStep]:
    """What somebody new does first, as far as it is theirs to do."""
    found = [FirstStep(gettext("Sign up and be activated"), client.activated_at is not None, None)]
    if actor.display.shows(Service.BALANCE):
        has_money = held > 0 or client.balance_management is BalanceManagement.SOFT
        found.append(FirstStep(gettext("Have money in your balance"), has_money or has_sent, None))
    if actor.display.shows(Service.BALANCE) and actor.can(Right.WALLET_PAY):
        rules = trial_credit.offered(session(), client)
        if rules is not None:
            worth = money(rules.amount, client.currency)
            label = gettext("Get your trial credit of %(amount)s", amount=worth)
            found.append(FirstStep(label, done=False, url=url_for("client.trial")))
    if actor.display.shows(Service.SEND):
        url = url_for("client.send")
        found.append(FirstStep(gettext("Send your first message"), has_sent, url))
    return found
