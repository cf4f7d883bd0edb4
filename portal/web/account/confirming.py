"""Prove once more who one is, before something sensitive, and go on to it."""

from __future__ import annotations

from typing import Final

from flask import g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from portal.accounts import authenticators, passkeys, passwords
from portal.accounts.errors import WrongCode, WrongCredentials, WrongPasskey
from portal.accounts.passkey_answers import ANSWER_LENGTH_MAX
from portal.http import signing_in
from portal.http.actor import personal
from portal.http.security import safe_next
from portal.http.unit_of_work import session
from portal.infra.throttle import TooOften
from portal.web.account.pages import blueprint
from portal.web.parts.forms import REQUIRED, Form
from portal.web.parts.pages import page
from portal.web.parts.proofs import WRONG_CODE, WRONG_PASSKEY, code_field

PREFIX: Final = "confirm"
"""What the names of this page's fields begin with, so that no form that waits has such."""

_SENT: Final = f"{PREFIX}-sent"
_WITH_A_FORM: Final = "form"


class ConfirmForm(Form):
    """The password; its fields have names that no form which is carried along has."""

    password = PasswordField(
        lazy_gettext("Password"), [InputRequired(REQUIRED), Length(max=passwords.LENGTH_MAX)]
    )
    passkey = HiddenField(validators=[Length(max=ANSWER_LENGTH_MAX)])


class ConfirmWithCodeForm(ConfirmForm):
    """And the code of the app, of whoever has one."""

    code = code_field()


@blueprint.route("/confirm", methods=["GET", "POST"])
@personal
def confirm() -> Response:
    """Ask for the password, and go on; a form that came here too early is sent on as it was."""
    kind = ConfirmWithCodeForm if _has_app() else ConfirmForm
    if request.method == "GET" or _SENT not in request.form:
        return _page(kind(formdata=None, prefix=PREFIX), waits=request.method == "POST")
    waits = request.form[_SENT] == _WITH_A_FORM
    form = kind(prefix=PREFIX)
    status = _tried(form)
    if status != 200:
        return _page(form, status, waits=waits)
    wanted = _wanted(waits=waits)
    if wanted is None:
        return redirect(url_for("public.home"), 303)
    return redirect(wanted, 307 if waits else 303)  # 307 has the browser send the form on


def _tried(form: ConfirmForm) -> int:
    """Try what was typed, or what a passkey has signed; 200 where it is right."""
    answer = form.passkey.data
    if not answer and not form.validate():
        return 422
    try:
        if answer:
            signing_in.confirm_by_passkey(answer)
        else:
            code = form.code.data if isinstance(form, ConfirmWithCodeForm) else ""
            signing_in.confirm(password=form.password.data, code=code)
    except WrongCredentials:
        form.password.errors = [gettext("This is not your password.")]
        return 422
    except WrongCode:
        form.form_errors.append(WRONG_CODE)
        return 422
    except WrongPasskey:
        form.form_errors.append(WRONG_PASSKEY)
        return 422
    except TooOften:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        return 429
    return 200


def _has_app() -> bool:
    return authenticators.is_on(session(), person_id=g.actor.person_id)


def _page(form: ConfirmForm, status: int = 200, *, waits: bool) -> Response:
    own = passkeys.listed(session(), person_id=g.actor.person_id)
    return page(
        "account/confirm.html",
        status,
        form=form,
        url=url_for("account.confirm", next=_wanted(waits=waits)),
        sent=(_SENT, _WITH_A_FORM if waits else "1"),
        carried=_carried() if waits else [],
        has_passkey=any(each.host == g.tenant.host for each in own),
    )


def _carried() -> list[tuple[str, str]]:
    """The fields of the form that was on its way elsewhere."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and not name.startswith(f"{PREFIX}-")
    ]


def _wanted(*, waits: bool) -> str | None:
    return safe_next(request.args.get("next", ""), method="POST" if waits else "GET")
