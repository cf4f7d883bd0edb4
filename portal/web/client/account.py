"""A client's own account: its data, its sub-accounts, its keys for programs."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.accounts import access, api_keys
from portal.accounts.actor import Actor
from portal.accounts.errors import NameTaken, TooManyKeys
from portal.accounts.models import Client
from portal.accounts.roles import Right
from portal.http.actor import offers, requires, signed_in
from portal.http.unit_of_work import session
from portal.messaging import incoming_prices
from portal.numbers import finding
from portal.pricing import packages
from portal.tenancy.display import Service
from portal.tenancy.signup_fields import SignUpField
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import inbound_rows, sub_account_rows
from portal.web.parts.addresses import ID
from portal.web.parts.client_fields import LABELS
from portal.web.parts.forms import REQUIRED, Form, legible
from portal.web.parts.pages import page

_IF_KNOWN = (
    SignUpField.ADDRESS,
    SignUpField.POSTAL_CODE,
    SignUpField.CITY,
    SignUpField.STATE,
    SignUpField.TAX_ID,
)


class TokenForm(Form):
    """A key for a program."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(REQUIRED), Length(max=api_keys.NAME_LENGTH_MAX)],
        filters=[legible],
        description=lazy_gettext("What the key is for, as in: our shop."),
    )


@blueprint.get("/account")
@signed_in
def account() -> Response:
    """The client's data, sub-accounts and keys."""
    return _page(TokenForm(formdata=None))


@blueprint.post("/account/keys")
@offers(Service.API)
@requires(Right.KEYS_MANAGE)
def create_token() -> Response:
    """A new key; its text is on the page that answers, and on no other."""
    actor: Actor = g.actor
    form = TokenForm()
    if form.validate_on_submit():
        try:
            _, text = api_keys.create(session(), by=actor, name=form.name.data, scopes=actor.rights)
        except NameTaken:
            form.name.errors = [gettext("Another key has this name.")]
        except TooManyKeys as refused:
            form.form_errors.append(
                gettext(
                    "You have %(most)s keys already. Revoke one first.", most=refused.active_max
                )
            )
        else:
            return _page(TokenForm(formdata=None), new_token=text)
    return _page(form, status=422)


@blueprint.post(f"/account/keys/<{ID}:token_id>/revoke")
@offers(Service.API)
@requires(Right.KEYS_MANAGE)
def revoke_token(token_id: int) -> Response:
    """End a key at once."""
    api_keys.revoke(session(), by=g.actor, key_id=token_id)
    flash(gettext("The key is revoked."), "success")
    return redirect(url_for("client.account"), 303)


def _page(form: TokenForm, *, status: int = 200, new_token: str | None = None) -> Response:
    actor: Actor = g.actor
    client = own_client()
    manages_keys = actor.can(Right.KEYS_MANAGE)
    own = access.sub_accounts_of(session(), client_id=client.id)
    names = {each.id: each.name for each in own}
    numbers = finding.of_actor(session(), actor) if actor.display.shows(Service.NUMBERS) else []
    fees = incoming_prices.fees(session(), numbers)
    return page(
        "client/account.html",
        status,
        profile=_profile(client),
        sub_accounts=sub_account_rows.shown(own, packages.listed(session())),
        numbers=[
            inbound_rows.number_shown(each, fees=fees, sub_account_names=names) for each in numbers
        ],
        manages_keys=manages_keys,
        tokens=api_keys.listed(session(), by=actor) if manages_keys else [],
        token_form=form,
        new_token=new_token,
    )


def _profile(client: Client) -> list[tuple[str, str]]:
    return [
        (gettext("Number"), str(client.number)),
        (gettext("Company"), client.company),
        (gettext("Name"), f"{client.firstname} {client.lastname}".strip()),
        (gettext("E-mail"), client.email),
        (gettext("Telephone"), client.phone),
        *((str(LABELS[each]), known) for each in _IF_KNOWN if (known := getattr(client, each))),
        (gettext("Country"), client.country),
        (gettext("Time zone"), client.time_zone),
    ]
