"""Ask us: a question to the reseller, from any page of a client."""

from __future__ import annotations

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.accounts import asking
from portal.accounts.asking import TEXT_LENGTH_MAX
from portal.http.actor import personal
from portal.http.security import safe_next
from portal.http.unit_of_work import own_transaction, session
from portal.http.wiring import current
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.infra.throttle import TooOften
from portal.tenancy import links
from portal.web.client.pages import blueprint
from portal.web.parts import forms, once
from portal.web.parts.forms import REQUIRED, Form, trimmed
from portal.web.parts.pages import page

PAGE_LENGTH_MAX = 500


class AskForm(Form):
    """A question, and where the answer shall go; `page` is where it came up."""

    text = TextAreaField(
        lazy_gettext("Your question"),
        [DataRequired(REQUIRED), Length(max=TEXT_LENGTH_MAX)],
        filters=[trimmed],
    )
    email = forms.email(lazy_gettext("Answer to"))
    page = HiddenField(validators=[Length(max=PAGE_LENGTH_MAX)])
    key = HiddenField(
        default=once.new_key, validators=[DataRequired(REQUIRED), Length(max=once.KEY_LENGTH_MAX)]
    )


@blueprint.route("/ask", methods=["GET", "POST"])
@personal
def ask() -> Response:
    """The form, and the question on its way.

    Raises:
        NotFound: the reseller does not take questions here.
    """
    if not g.tenant.settings.ask_us:
        raise NotFound
    asked_from = safe_next(request.args.get("page", "")[:PAGE_LENGTH_MAX]) or ""
    form = AskForm(data={"email": g.actor.email, "page": asked_from})
    if not form.is_submitted():
        return _page(form)
    if not form.validate():
        return _page(form, 422)
    try:
        with own_transaction() as beside:
            asking.count(beside, by=g.actor)
        _ask(form)
    except TooOften as refused:
        form.form_errors.append(
            gettext("You have asked a lot within an hour. Please wait a little, or call us.")
        )
        answer = _page(form, 429)
        answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    except (KeyReused, StillInProgress):
        form.form_errors.append(gettext("This question was sent already. Open the page anew."))
        return _page(form, 409)
    flash(
        gettext("Your question is on its way to us. The answer comes to %(email)s.",
                email=form.email.data),
        "success",
    )  # fmt: skip
    return redirect(_came_from(form) or url_for("client.dashboard"), 303)


def _ask(form: AskForm) -> None:
    once.act(
        session(),
        owner_id=g.actor.person_id,
        endpoint="client.ask",
        key=form.key.data,
        asked={"text": form.text.data, "email": form.email.data},
        verb=lambda: asking.ask(
            session(),
            by=g.actor,
            text=form.text.data,
            page=_came_from(form),
            reply_to=form.email.data,
            origin=links.origin_of(session(), current().settings),
        ),
    )


def _came_from(form: AskForm) -> str:
    return safe_next(form.page.data or "") or ""


def _page(form: AskForm, status: int = 200) -> Response:
    return page("client/ask.html", status, form=form, asked_from=_came_from(form))
