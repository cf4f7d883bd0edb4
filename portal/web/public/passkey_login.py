"""Sign in with a passkey alone, and what browsers are told to sign for it."""

from __future__ import annotations

from typing import Final

from flask import Response as Answer
from flask import request
from flask_babel import gettext
from werkzeug.wrappers import Response

from portal.accounts import passkeys
from portal.accounts.errors import WrongCredentials, WrongPasskey
from portal.http import entering, signing_in
from portal.http.actor import public
from portal.http.recognising import address
from portal.http.unit_of_work import own_transaction
from portal.infra.throttle import TooOften
from portal.web.parts.proofs import WRONG_PASSKEY
from portal.web.public.pages import blueprint
from portal.web.public.signing_in import LoginForm, answer_to, login_page

JSON: Final = "application/json"


@blueprint.post("/login/passkey/challenge")
@public
def ask_for_passkey() -> Answer:
    """What the browser is told to have signed: JSON for the script of the page."""
    with own_transaction() as beside:
        options = passkeys.ask(beside, place=entering.place(), address=address())
    return Answer(options, content_type=JSON)


@blueprint.post("/login/passkey")
@public
def login_by_passkey() -> Response:
    """Check what the browser has had signed, and let its owner in."""
    form = LoginForm(formdata=None)
    try:
        admitted = signing_in.sign_in_by_passkey(request.form.get("passkey", ""))
    except (WrongPasskey, WrongCredentials):
        form.form_errors.append(WRONG_PASSKEY)
        return login_page(form, 422)
    except TooOften as refused:
        form.form_errors.append(gettext("Too many tries. Please wait a few minutes."))
        answer = login_page(form, 429)
        answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    return answer_to(admitted)
