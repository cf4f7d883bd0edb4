"""Passkeys: the list, and adding, naming and removing one."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import Length

from portal.accounts import passkeys as kept
from portal.accounts.errors import PasskeyTaken, TooManyPasskeys, WrongPasskey
from portal.accounts.passkey_answers import ANSWER_LENGTH_MAX
from portal.http import entering
from portal.http.actor import personal
from portal.http.reauthentication import fresh
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.tenancy import links
from portal.web.account.pages import blueprint, own_page, own_person
from portal.web.parts import forms
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form

JSON = "application/json"


class PasskeyForm(Form):
    """What it is to be called, and what the browser has made."""

    name = forms.text(lazy_gettext("Name"), length_max=kept.NAME_LENGTH_MAX, required=True)
    passkey = HiddenField(validators=[Length(max=ANSWER_LENGTH_MAX)])


class NameForm(Form):
    """What one is to be called."""

    name = forms.text(lazy_gettext("Name"), length_max=kept.NAME_LENGTH_MAX, required=True)


@blueprint.get("/profile/passkeys")
@personal
@fresh
def passkeys() -> Response:
    """The list, and the form for a new one, with the name that was typed before one was asked."""
    typed = request.args.get("name", "")[: kept.NAME_LENGTH_MAX]
    return _page(PasskeyForm(formdata=None, name=typed))


@blueprint.post("/profile/passkeys/challenge")
@personal
@fresh
def passkey_challenge() -> Response:
    """What the browser is told to make a passkey of: JSON for the page's script."""
    options = kept.begin(
        session(), person=own_person(), title=g.tenant.brand.title, place=entering.place()
    )
    return Response(options, content_type=JSON)


@blueprint.post("/profile/passkeys")
@personal
@fresh
def add_passkey() -> Response:
    """Keep what the browser has made."""
    form = PasskeyForm()
    if not form.validate():
        return _page(form, 422)
    if not form.passkey.data:
        form.form_errors.append(
            gettext("Your browser has made no passkey. It may be too old, or scripts are off.")
        )
        return _page(form, 422)
    try:
        kept.add(
            session(),
            own_person(),
            answer=form.passkey.data,
            name=form.name.data,
            place=entering.place(),
            by=g.actor,
        )
    except WrongPasskey:
        form.form_errors.append(gettext("That took too long, or went wrong. Please try again."))
    except PasskeyTaken:
        form.form_errors.append(gettext("This passkey is here already."))
    except TooManyPasskeys as refused:
        form.form_errors.append(
            gettext("You have %(most)s passkeys already. Remove one first.", most=refused.most)
        )
    else:
        flash(gettext("The passkey is added. You can sign in with it from now on."), "success")
        return redirect(url_for("account.passkeys"), 303)
    return _page(form, 422)


@blueprint.post(f"/profile/passkeys/<{ID}:passkey_id>/rename")
@personal
@fresh
def rename_passkey(passkey_id: int) -> Response:
    """Call one by another name."""
    form = NameForm()
    if not form.validate():
        flash(gettext("A passkey needs a name of at most 60 characters."), "danger")
    else:
        kept.rename(session(), passkey_id=passkey_id, name=form.name.data, by=g.actor)
        flash(gettext("The name is saved."), "success")
    return redirect(url_for("account.passkeys"), 303)


@blueprint.post(f"/profile/passkeys/<{ID}:passkey_id>/remove")
@personal
@fresh
def remove_passkey(passkey_id: int) -> Response:
    """Let nobody in by it any more."""
    kept.remove(
        session(),
        own_person(),
        passkey_id=passkey_id,
        by=g.actor,
        origin=links.origin_of(session(), current().settings),
    )
    flash(gettext("The passkey is removed. Delete it in your device as well."), "success")
    return redirect(url_for("account.passkeys"), 303)


def _page(form: PasskeyForm, status: int = 200) -> Response:
    own = kept.listed(session(), person_id=own_person().id)
    return own_page(
        "passkeys.html",
        status,
        form=form,
        host=g.tenant.host,
        passkeys=own,
    )
