"""What clients see: views, services, amounts, and what visitors are asked at sign-up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import BooleanField, Field, SelectChoice, SelectField

from portal.accounts.actor import Actor
from portal.accounts.roles import RIGHTS, Audience, Right, Role
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.provisioning import settling
from portal.tenancy import settings
from portal.tenancy.display import Display, Service, View
from portal.tenancy.settings import ResellerSettings
from portal.tenancy.signup_fields import USUAL, Asked, SignUpField, SignUpRules
from portal.web.parts import client_fields, navigation
from portal.web.parts.forms import Form
from portal.web.parts.pages import fragment, page
from portal.web.reseller import display_fields
from portal.web.reseller.pages import blueprint

_ASKED = [
    SelectChoice(Asked.REQUIRED.value, lazy_gettext("asked, has to be filled in")),
    SelectChoice(Asked.SHOWN.value, lazy_gettext("asked, may stay empty")),
    SelectChoice(Asked.HIDDEN.value, lazy_gettext("not asked")),
]


class DisplayForm(Form):
    """What `display_form` adds, and the two doors that everybody sees."""

    password_reset = BooleanField(
        lazy_gettext("Forgot password?"),
        description=lazy_gettext(
            "A link on the page to sign in on, for a new password by mail. Without it nobody can"
            " choose one by themselves, your own staff neither."
        ),
    )
    ask_us = BooleanField(
        lazy_gettext("Ask us"),
        description=lazy_gettext(
            "A link on every page of a client. Its questions come to you by mail, and stand on the"
            " client's page."
        ),
    )
    sign_up = BooleanField(
        lazy_gettext("Sign up"),
        description=lazy_gettext(
            "Visitors ask to become clients, and wait until you activate them."
        ),
    )

    @property
    def asked(self) -> list[Field]:
        """How each field of the sign-up form is asked for."""
        return [self[_asked_name(each)] for each in SignUpField]


@dataclass(frozen=True, kw_only=True)
class Example:
    """A client's pages in small: the bar, and what a message looks like there."""

    menu: list[str]
    sees_money: bool
    filters_by_status: bool
    sentences: list[str]


@blueprint.route("/display", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def display() -> Response:
    """All of it, to read and to change."""
    form = display_form(settings.read(session()))
    if form.validate_on_submit():
        settling.change(session(), by=g.actor, **_read(form))
        flash(gettext("Saved. It holds in a few seconds."), "success")
        return redirect(url_for("reseller.display"), 303)
    return _page(form, status=422 if form.is_submitted() else 200)


@blueprint.post("/display/example")
@requires(Right.SETTINGS_MANAGE)
def display_example() -> Response:
    """What clients would see, while it is chosen: alone, or with the whole page."""
    form = display_form(settings.read(session()))
    valid = form.validate()
    if "HX-Request" in request.headers:
        return fragment("reseller/display.html", "example", example=_example(form))
    return _page(form, status=200 if valid else 422)


def display_form(present: ResellerSettings) -> DisplayForm:
    """The form, which begins with what holds."""
    asked: dict[str, Any] = {
        _asked_name(each): SelectField(client_fields.LABELS[each], choices=_ASKED)
        for each in SignUpField
    }
    made = type("DisplayForm", (DisplayForm,), display_fields.fields(in_words=True) | asked)
    form: DisplayForm = made(
        data={
            **display_fields.written(present.display),
            "password_reset": present.password_reset,
            "ask_us": present.ask_us,
            "sign_up": present.sign_up.open,
            **{_asked_name(each): present.sign_up.asked(each).value for each in SignUpField},
        }
    )
    return form


def _page(form: DisplayForm, *, status: int) -> Response:
    return page(
        "reseller/display.html",
        status,
        form=form,
        services=list(display_fields.services_of(form)),
        example=_example(form),
    )


def _read(form: DisplayForm) -> dict[str, Any]:
    """What is to be kept; a field that is asked for as usual is not kept, so that it stays so."""
    asked = {each: Asked(form[_asked_name(each)].data) for each in SignUpField}
    chosen = {each: how for each, how in asked.items() if how is not USUAL[each]}
    return {
        "display": display_fields.read(form),
        "password_reset": form.password_reset.data,
        "ask_us": form.ask_us.data,
        "sign_up": SignUpRules(open=form.sign_up.data, fields=chosen),
    }


def _example(form: DisplayForm) -> Example:
    """What an owner would see of it; what was not understood is as usual."""
    known = {view.value for view in View}
    shown = display_fields.read(form) if form["view"].data in known else Display()
    return Example(
        menu=[each.label for each in navigation.items(_owner(shown), {}, shown="")],
        sees_money=shown.money,
        filters_by_status=not shown.is_simple,
        sentences=display_fields.sentences(shown),
    )


def _owner(shown: Display) -> Actor:
    """A client's owner, for the bar of the example; nobody in particular."""
    actor: Actor = g.actor
    return replace(actor, audience=Audience.CLIENT, rights=RIGHTS[Role.OWNER]).under(shown)


def _asked_name(field: SignUpField) -> str:
    return f"asked_{field.value}"


assert not {each.value for each in Service} & {
    "view",
    "money",
    "password_reset",
    "ask_us",
    "sign_up",
}
