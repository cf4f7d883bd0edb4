"""A client's own sub-accounts: what they are called, what they send as, how programs sign in."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from werkzeug.exceptions import Forbidden
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from portal.accounts import access, own_sub_accounts, sub_accounts
from portal.accounts.errors import NameTaken, TooManySubAccounts
from portal.accounts.models import SubAccount
from portal.accounts.roles import Right
from portal.accounts.sub_accounts import UserInvalid
from portal.http.actor import personally, requires
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.messaging import sender_names
from portal.messaging.errors import SenderNotAllowed
from portal.numbers import finding
from portal.pricing import packages
from portal.tenancy.display import Display
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import sub_account_rows
from portal.web.parts.addresses import ID
from portal.web.parts.forms import REQUIRED, Form, legible, trimmed
from portal.web.parts.pages import page

NAME_LENGTH_MAX = 60
USER_LENGTH_MAX = 80
SENDER_LENGTH_MAX = 16


class NewSubAccountForm(Form):
    """Another sub-account."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(REQUIRED), Length(max=NAME_LENGTH_MAX)],
        filters=[legible],
        description=lazy_gettext("What it is for, as in: the shop, reception, alarms."),
    )
    user = StringField(
        lazy_gettext("User name"),
        [DataRequired(REQUIRED), Length(min=3, max=USER_LENGTH_MAX)],
        filters=[trimmed],
        description=lazy_gettext("Programs sign in with it: small letters, digits and . _ @ -"),
    )


class SubAccountForm(Form):
    """What a sub-account is called, and what its messages come from where they do not say."""

    name = StringField(
        lazy_gettext("Name"),
        [DataRequired(REQUIRED), Length(max=NAME_LENGTH_MAX)],
        filters=[legible],
    )
    default_sender = StringField(
        lazy_gettext("Default sender"),
        [Length(max=SENDER_LENGTH_MAX)],
        filters=[trimmed],
        description=lazy_gettext(
            "What messages come from that name no sender themselves. It has to be approved for you."
        ),
    )


@blueprint.get("/account/sub-accounts")
@requires(Right.SUB_ACCOUNTS_MANAGE)
def sub_accounts_list() -> Response:
    """All of them, and a form for another."""
    return _list_page(NewSubAccountForm(formdata=None))


@blueprint.post("/account/sub-accounts")
@fresh
@requires(Right.SUB_ACCOUNTS_MANAGE)
def open_sub_account() -> Response:
    """Another one; its API password is on the page that answers, and on no other.

    Raises:
        Forbidden: the reseller opens sub-accounts itself.
    """
    shown = _portal_display()
    if not shown.clients_edit_sub_accounts:
        raise Forbidden
    form = NewSubAccountForm()
    if not form.validate_on_submit():
        return _list_page(form, 422)
    try:
        made, password = own_sub_accounts.open_another(
            session(), by=g.actor, name=form.name.data, user=form.user.data
        )
    except UserInvalid:
        form.user.errors = [gettext("A user name has small letters, digits and . _ @ - only.")]
    except NameTaken as taken:
        form[taken.field].errors = [gettext("This is taken already.")]
    except TooManySubAccounts as refused:
        form.form_errors.append(
            gettext(
                "You have %(most)s sub-accounts already. Ask us for another.", most=refused.most
            )
        )
    else:
        flash(gettext("The sub-account is open."), "success")
        return _page(made, new_password="" if shown.credentials_hidden else password)
    return _list_page(form, 422)


@blueprint.route(f"/account/sub-accounts/<{ID}:sub_account_id>", methods=["GET", "POST"])
@requires(Right.SUB_ACCOUNTS_MANAGE)
def sub_account(sub_account_id: int) -> Response:
    """One of them: its name and its sender.

    Raises:
        Forbidden: the reseller changes this one itself.
    """
    found = _found(sub_account_id)
    form = SubAccountForm(data={"name": found.name, "default_sender": found.default_sender})
    if not form.is_submitted():
        return _page(found, form=form)
    if not _display_of(found).clients_edit_sub_accounts:
        raise Forbidden
    if form.validate() and _sender_is_good(form):
        try:
            sub_accounts.change(
                session(),
                sub_account_id=found.id,
                name=form.name.data,
                default_sender=form.default_sender.data or "",
                by=g.actor,
            )
        except NameTaken:
            form.name.errors = [gettext("Another one has this name.")]
        else:
            flash(gettext("The sub-account is saved."), "success")
            return redirect(url_for("client.sub_account", sub_account_id=found.id), 303)
    return _page(found, 422, form=form)


@blueprint.post(f"/account/sub-accounts/<{ID}:sub_account_id>/password")
@fresh
@personally
@requires(Right.SUB_ACCOUNTS_MANAGE)
def renew_api_password(sub_account_id: int) -> Response:
    """A new API password, on the page that answers and on no other.

    Raises:
        Forbidden: the reseller keeps the credentials of this one to itself.
    """
    found = _found(sub_account_id)
    shown = _display_of(found)
    if shown.credentials_hidden or not shown.clients_edit_sub_accounts:
        raise Forbidden
    password = own_sub_accounts.renew_password(session(), by=g.actor, sub_account_id=found.id)
    return _page(found, new_password=password)


def _found(sub_account_id: int) -> SubAccount:
    """The client's own sub-account of this id, open.

    Raises:
        NotFound: it is none, or closed.
    """
    found = access.sub_account_by_id(session(), actor=g.actor, sub_account_id=sub_account_id)
    if found.closed_at is not None:
        raise NotFound("sub-account", sub_account_id)
    return found


def _portal_display() -> Display:
    return g.tenant.settings.display  # type: ignore[no-any-return]  # the context has no types


def _display_of(found: SubAccount) -> Display:
    """What the package of a sub-account shows, or the portal where it says nothing of its own."""
    return g.tenant.displays.get(found.package_id) or _portal_display()


def _sender_is_good(form: SubAccountForm) -> bool:
    """Whether the client may send under it; the form says why not."""
    given = form.default_sender.data
    if not given:
        return True
    allowed = {
        *sub_accounts.approved_senders(session(), client_id=own_client().id),
        *(number.e164 for number in finding.of_actor(session(), g.actor)),
    }
    try:
        checked = sender_names.check(given)
    except SenderNotAllowed:
        checked = ""
    if checked in allowed:
        form.default_sender.data = checked
        return True
    form.default_sender.errors = [gettext("This sender is not approved for you. Ask us for it.")]
    return False


def _list_page(form: NewSubAccountForm, status: int = 200) -> Response:
    own = access.own_sub_accounts(session(), actor=g.actor)
    shown = sub_account_rows.shown(own, packages.listed(session()))
    return page(
        "client/sub_accounts.html",
        status,
        rows=[
            (each, row, _display_of(each).credentials_hidden)
            for each, row in zip(own, shown, strict=True)
        ],
        form=form,
        may_open=_portal_display().clients_edit_sub_accounts and g.actor.viewing is None,
    )


def _page(
    found: SubAccount,
    status: int = 200,
    *,
    form: SubAccountForm | None = None,
    new_password: str = "",
) -> Response:
    shown = _display_of(found)
    data = {"name": found.name, "default_sender": found.default_sender}
    (row,) = sub_account_rows.shown([found], packages.listed(session()))
    return page(
        "client/sub_account.html",
        status,
        found=found,
        row=row,
        form=form or SubAccountForm(formdata=None, data=data),
        may_change=shown.clients_edit_sub_accounts,
        shows_credentials=not shown.credentials_hidden,
        may_renew=shown.clients_edit_sub_accounts and g.actor.viewing is None,
        new_password=new_password,
    )
