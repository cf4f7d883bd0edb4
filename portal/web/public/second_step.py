"""The step after the password: a code, or a passkey."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import Length

from portal.accounts import passkeys
from portal.accounts.errors import LinkSpent, WrongCode, WrongCredentials, WrongPasskey
from portal.accounts.login import Admitted
from portal.accounts.models import Person
from portal.accounts.passkey_answers import ANSWER_LENGTH_MAX
from portal.http import signing_in
from portal.http.actor import public
from portal.http.security import safe_next
from portal.http.unit_of_work import session
from portal.infra.throttle import TooOften
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.parts.proofs import WRONG_CODE, WRONG_PASSKEY, code_field
from portal.web.public.pages import blueprint
from portal.web.public.signing_in import answer_to


class StepForm(Form):
    """The code, or what a passkey has signed."""

    code = code_field()
    passkey = HiddenField(validators=[Length(max=ANSWER_LENGTH_MAX)])


@blueprint.route("/login/second-step", methods=["GET", "POST"])
@public
def second_step() -> Response:
    """Take it, and be signed in."""
    form = StepForm()
    try:
        person = signing_in.second_step_of()
        if not form.is_submitted():
            return _page(form, person)
        taken = _tried(form)
    except (LinkSpent, WrongCredentials):
        flash(gettext("That took too long. Please sign in once more."), "info")
        return redirect(url_for("public.login", next=_wanted()), 303)
    except TooOften as refused:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        answer = _page(form, person, 429)
        answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    return _page(form, person, 422) if taken is None else answer_to(taken)


def _tried(form: StepForm) -> Admitted | None:
    """Who is let in by what was typed, or by what a passkey has signed; None where it is wrong."""
    answer = form.passkey.data or ""
    if not answer and not form.validate():
        return None
    try:
        return signing_in.take_second_step(code=form.code.data or "", answer=answer)
    except WrongCode:
        form.code.errors = [WRONG_CODE]
    except WrongPasskey:
        form.form_errors.append(WRONG_PASSKEY)
    return None


def _page(form: StepForm, person: Person, status: int = 200) -> Response:
    own = passkeys.listed(session(), person_id=person.id)
    return page(
        "public/second_step.html",
        status,
        form=form,
        email=person.email,
        has_passkey=any(each.host == g.tenant.host for each in own),
    )


def _wanted() -> str | None:
    return safe_next(request.args.get("next", ""))
