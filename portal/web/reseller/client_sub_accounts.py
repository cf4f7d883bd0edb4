"""A client's sub-accounts, and opening another one."""

from __future__ import annotations

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext
from werkzeug import Response as Answer

from portal.accounts import access
from portal.accounts.errors import NameTaken
from portal.accounts.roles import Right
from portal.accounts.sub_accounts import UserInvalid
from portal.http.actor import requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.provisioning import onboarding, sub_account_closing
from portal.reports import connected
from portal.web.parts.addresses import ID
from portal.web.reseller import client_forms as forms
from portal.web.reseller.client import packages_for
from portal.web.reseller.client_frame import client_view, found_client
from portal.web.reseller.pages import blueprint
from portal.web.reseller.sub_account import sub_account_page


@blueprint.get(f"/clients/<{ID}:client_id>/sub-accounts")
@requires(Right.CLIENTS_READ)
def client_sub_accounts(client_id: int) -> Response:
    """All of them, with what hangs on each; those that were closed below."""
    return _page(client_id)


@blueprint.post(f"/clients/<{ID}:client_id>/sub-accounts")
@requires(Right.CLIENTS_MANAGE)
@fresh
def open_sub_account(client_id: int) -> Response:
    """Another sub-account; its API password is on the page that answers, and on no other."""
    form = forms.SubAccountForm(packages_for(found_client(client_id)))
    if form.validate_on_submit():
        try:
            made, api_password = onboarding.open_sub_account(
                session(),
                client_id=client_id,
                name=form.name.data,
                user=form.user.data,
                package_id=int(form.package.data) if form.package.data else None,
                setup_fee=form.setup_fee.data,
                by=g.actor,
            )
        except UserInvalid:
            form.user.errors = [gettext("A user name has small letters, digits and . _ @ - only.")]
        except NameTaken as taken:
            form[taken.field].errors = [gettext("This is taken already.")]
        else:
            return sub_account_page(client_id, made.id, new_password=api_password)
    return _page(client_id, status=422, form=form)


@blueprint.post(f"/clients/<{ID}:client_id>/sub-accounts/<{ID}:sub_account_id>/reopen")
@requires(Right.CLIENTS_MANAGE)
def reopen_sub_account(client_id: int, sub_account_id: int) -> Answer:
    """Take the closing back, on the day it was done.

    Raises:
        NotFound: it is none of this client's, or is open.
    """
    client = found_client(client_id)
    closed = access.sub_account_by_id(session(), actor=g.actor, sub_account_id=sub_account_id)
    if closed.client_id != client.id:
        raise NotFound("sub-account", sub_account_id)
    try:
        sub_account_closing.undo(session(), sub_account_id=sub_account_id, by=g.actor)
    except sub_account_closing.TooLateToUndo:
        flash(gettext("It was closed on an earlier day. Open a new one instead."), "danger")
    except sub_account_closing.PackageNotSold as unsold:
        flash(
            gettext(
                "Its package %(package)s is no longer sold. Open a new one instead.",
                package=unsold.package,
            ),
            "danger",
        )
    except NameTaken as taken:
        flash(gettext("Another sub-account is called %(name)s by now.", name=taken.value), "danger")
    else:
        flash(gettext("The sub-account is open again, as it was."), "success")
    return redirect(url_for("reseller.client_sub_accounts", client_id=client_id), 303)


def _page(
    client_id: int, *, status: int = 200, form: forms.SubAccountForm | None = None
) -> Response:
    found = found_client(client_id)
    tree = connected.of_client(session(), client_id=found.id, closed=True)
    return client_view(
        "reseller/client_sub_accounts.html",
        found,
        "reseller.client_sub_accounts",
        status=status,
        rows=[each for each in tree.branches if each.closed_at is None],
        closed=[
            (each, sub_account_closing.is_today(session(), each.closed_at))
            for each in tree.branches
            if each.closed_at is not None
        ],
        form=form or forms.SubAccountForm(packages_for(found), formdata=None),
    )
