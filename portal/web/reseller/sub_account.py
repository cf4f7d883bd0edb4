"""One sub-account of a client: what it is called, what hangs on it, and whether it stays."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response as Answer

from portal.accounts import access, sub_accounts
from portal.accounts.errors import NameTaken
from portal.accounts.models import Client, SubAccount
from portal.accounts.roles import Right
from portal.billing import assignments, connections
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.messaging import sender_names
from portal.messaging.errors import SenderNotAllowed
from portal.numbers import connecting, stock
from portal.numbers.errors import NumberConnected, OtherCurrency
from portal.pricing import selling
from portal.provisioning import sub_account_closing
from portal.reports import connected
from portal.reports.connected import Branch
from portal.web.parts.addresses import ID
from portal.web.parts.formats import number as counted
from portal.web.parts.forms import Form
from portal.web.reseller.client import packages_for
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint
from portal.web.reseller.sub_account_forms import (
    StockNumberForm,
    SubAccountDataForm,
    SubAccountPackageForm,
)

_AT = f"/clients/<{ID}:client_id>/sub-accounts/<{ID}:sub_account_id>"


@blueprint.get(_AT)
@requires(Right.CLIENTS_READ)
def client_sub_account(client_id: int, sub_account_id: int) -> Response:
    """The page of a sub-account."""
    return sub_account_page(client_id, sub_account_id)


@blueprint.post(f"{_AT}/change")
@requires(Right.CLIENTS_MANAGE)
def change_sub_account(client_id: int, sub_account_id: int) -> Answer:
    """Give it another name, or another sender."""
    found = _found(client_id, sub_account_id)
    form = SubAccountDataForm()
    if form.validate_on_submit() and _sender_is_good(form, client_id):
        try:
            sub_accounts.change(
                session(),
                sub_account_id=found.id,
                name=form.name.data,
                default_sender=form.default_sender.data or "",
                by=g.actor,
            )
        except NameTaken:
            form.name.errors = [gettext("The client has another one of this name.")]
        else:
            flash(gettext("The sub-account is saved."), "success")
            return _back(client_id, sub_account_id)
    return sub_account_page(client_id, sub_account_id, status=422, data_form=form)


@blueprint.post(f"{_AT}/package")
@requires(Right.CLIENTS_MANAGE)
def change_package(client_id: int, sub_account_id: int) -> Answer:
    """Give it another package from today on, or none."""
    found = _found(client_id, sub_account_id)
    form = SubAccountPackageForm(packages_for(found_client(client_id)))
    if not form.validate_on_submit():
        return sub_account_page(client_id, sub_account_id, status=422, package_form=form)
    on = selling.today(session())
    if form.package.data:
        assignments.assign(
            session(),
            sub_account_id=found.id,
            package_id=int(form.package.data),
            by=g.actor,
            on=on,
            setup_fee=form.setup_fee.data,
        )
    else:
        assignments.end(session(), sub_account_id=found.id, by=g.actor, on=on)
    flash(gettext("The package holds from now on."), "success")
    return _back(client_id, sub_account_id)


@blueprint.post(f"{_AT}/numbers")
@requires(Right.CLIENTS_MANAGE)
def connect_to_sub_account(client_id: int, sub_account_id: int) -> Answer:
    """Let messages to a number of the stock come in on it."""
    found = _found(client_id, sub_account_id)
    form = StockNumberForm(_in_stock(found_client(client_id)))
    if not form.validate_on_submit():
        return sub_account_page(client_id, sub_account_id, status=422, number_form=form)
    try:
        connections.connect(
            session(),
            number_id=int(form.number.data),
            sub_account_id=found.id,
            by=g.actor,
            on=selling.today(session()),
            setup_fee=form.setup_fee.data,
        )
    except (NumberConnected, OtherCurrency):
        flash(gettext("Somebody else has just connected this number."), "danger")
    else:
        flash(gettext("The number is connected."), "success")
    return _back(client_id, sub_account_id)


@blueprint.post(f"{_AT}/numbers/<{ID}:number_id>/disconnect")
@requires(Right.CLIENTS_MANAGE)
def disconnect_from_sub_account(client_id: int, sub_account_id: int, number_id: int) -> Answer:
    """Put a number of it back into stock."""
    branch = _branch(client_id, _found(client_id, sub_account_id))
    if number_id not in {each.id for each in branch.numbers}:
        raise NotFound("inbound number", number_id)
    connecting.disconnect(session(), number_id=number_id, by=g.actor)
    flash(gettext("The number is in stock again."), "success")
    return _back(client_id, sub_account_id)


@blueprint.post(f"{_AT}/password")
@requires(Right.CLIENTS_MANAGE)
@fresh
def renew_api_password(client_id: int, sub_account_id: int) -> Response:
    """A new API password, on the page that answers and on no other."""
    found = _found(client_id, sub_account_id)
    made = sub_accounts.renew_password(session(), sub_account_id=found.id, by=g.actor)
    return sub_account_page(client_id, sub_account_id, new_password=made)


@blueprint.post(f"{_AT}/close")
@requires(Right.CLIENTS_MANAGE)
def close_sub_account(client_id: int, sub_account_id: int) -> Answer:
    """Close it, if nothing hangs on it any more."""
    found = _found(client_id, sub_account_id)
    try:
        sub_account_closing.close(session(), sub_account_id=found.id, by=g.actor)
    except sub_account_closing.StillConnected as still:
        flash(_hanging(still), "danger")
        return _back(client_id, sub_account_id)
    flash(gettext("The sub-account is closed. Until midnight you can take that back."), "success")
    return redirect(url_for("reseller.client_sub_accounts", client_id=client_id), 303)


def sub_account_page(
    client_id: int,
    sub_account_id: int,
    *,
    status: int = 200,
    new_password: str | None = None,
    **submitted: Form,
) -> Response:
    """The page of a sub-account, with fresh forms but for the one that was just submitted.

    Raises:
        NotFound: it is closed, or none of this client's.
    """
    client = found_client(client_id)
    found = _found(client_id, sub_account_id)
    still = sub_account_closing.hanging(session(), found)
    return client_view(
        "reseller/client_sub_account.html",
        client,
        "reseller.client_sub_account",
        status=status,
        one=_branch(client_id, found),
        new_password=new_password,
        hanging="" if still is None else _hanging(still),
        **{**_fresh_forms(client, found), **submitted},
    )


def _fresh_forms(client: Client, found: SubAccount) -> dict[str, Any]:
    return {
        "data_form": SubAccountDataForm(
            formdata=None, name=found.name, default_sender=found.default_sender
        ),
        "package_form": SubAccountPackageForm(
            packages_for(client),
            formdata=None,
            package="" if found.package_id is None else str(found.package_id),
        ),
        "number_form": StockNumberForm(_in_stock(client), formdata=None),
    }


def _found(client_id: int, sub_account_id: int) -> SubAccount:
    found = access.sub_account_by_id(session(), actor=g.actor, sub_account_id=sub_account_id)
    if found.client_id != client_id or found.closed_at is not None:
        raise NotFound("sub-account", sub_account_id)
    return found


def _branch(client_id: int, found: SubAccount) -> Branch:
    tree = connected.of_client(session(), client_id=client_id)
    return next(each for each in tree.branches if each.id == found.id)


def _in_stock(client: Client) -> list[tuple[str, str]]:
    return [
        (str(each.id), f"{each.e164} ({each.country})")
        for each in stock.listed(session())
        if each.client_id is None and each.currency == client.currency
    ]


def _sender_is_good(form: SubAccountDataForm, client_id: int) -> bool:
    given = form.default_sender.data
    if not given:
        return True
    approved = sub_accounts.approved_senders(session(), client_id=client_id)
    own = {
        number.e164
        for branch in connected.of_client(session(), client_id=client_id).branches
        for number in branch.numbers
    }
    try:
        checked = sender_names.check(given)
    except SenderNotAllowed:
        checked = ""
    if checked in {*approved, *own}:
        form.default_sender.data = checked
        return True
    form.default_sender.errors = [
        gettext(
            "The client may not send under this name yet. Approve it first, under what it may send."
        )
    ]
    return False


def _hanging(still: sub_account_closing.StillConnected) -> str:
    if still.numbers and still.parts:
        said: str = gettext(
            "Disconnect these numbers first: %(numbers)s. Then use up, move or take away the"
            " %(parts)s messages that are left of its quota.",
            numbers=", ".join(still.numbers),
            parts=counted(still.parts),
        )
    elif still.numbers:
        said = gettext(
            "Disconnect these numbers first: %(numbers)s.", numbers=", ".join(still.numbers)
        )
    else:
        said = gettext(
            "Use up, move or take away the %(parts)s messages that are left of its quota first.",
            parts=counted(still.parts),
        )
    return said


def _back(client_id: int, sub_account_id: int) -> Answer:
    return redirect(
        url_for("reseller.client_sub_account", client_id=client_id, sub_account_id=sub_account_id),
        303,
    )
