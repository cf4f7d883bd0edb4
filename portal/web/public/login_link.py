"""Come by a link that a reseller's own website has signed, or its programs have asked for.

Opening the link changes nothing, so that no program that looks at addresses uses it up: the page
sends itself, and whoever is signed in as somebody else is asked first.
"""

from __future__ import annotations

from flask import g, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from portal.accounts.errors import LinkSpent, WrongCredentials
from portal.accounts.login_links import TOKEN_LENGTH_MAX
from portal.http import linked
from portal.http.actor import public
from portal.infra.throttle import TooOften
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.public.arriving import somebody_else
from portal.web.public.pages import blueprint
from portal.web.public.signing_in import answer_to


class LinkForm(Form):
    """The link's token, in the body of a form: no address with it is asked for twice."""

    token = HiddenField(validators=[InputRequired(), Length(max=TOKEN_LENGTH_MAX)])


@blueprint.route("/login/link", methods=["GET", "POST"])
@public
def login_link() -> Response:
    """Sign in by a link, once.

    Raises:
        NotFound: this is the console, which nobody enters so.
    """
    if g.tenant.is_operator:
        raise NotFound
    form = LinkForm()
    try:
        if form.validate_on_submit():
            return answer_to(linked.sign_in(form.token.data))
        token = request.args.get("token", "")
        owner = linked.owner_of(token)
    except (LinkSpent, WrongCredentials):
        return _spent()
    except TooOften as refused:
        answer = _refused(gettext("Too many tries. Please wait a few minutes."), 429)
        answer.headers["Retry-After"] = str(refused.retry_after_seconds)
        return answer
    return page(
        "public/login_link.html",
        form=LinkForm(formdata=None, token=token),
        name=owner.name,
        email=owner.email,
        other=somebody_else(owner),
    )


def _spent() -> Response:
    return _refused(
        gettext(
            "It works once, and for a minute. Go back to the website that it was on and follow it"
            " again, or sign in here with your password."
        ),
        410,
    )


def _refused(text: str, status: int) -> Response:
    return page(
        "public/notice.html",
        status,
        heading=gettext("This link does not work any more"),
        text=text,
        action={"label": gettext("Sign in"), "url": url_for("public.login")},
    )
