"""How clients get in: the direct link, a form and a button for the reseller's own site, a code."""

from __future__ import annotations

from html import escape
from io import BytesIO
from typing import Final

import segno
from flask import Response as FileResponse
from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from portal.accounts import login_secrets
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.provisioning import settling
from portal.tenancy import branding, links, login_sites, resellers, settings
from portal.tenancy.login_sites import SITES_MAX, InvalidSite
from portal.tenancy.palette import palette
from portal.web.parts.forms import Form, trimmed
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint

_PIXELS_A_DOT: Final = 10
_QUIET_DOTS: Final = 4
"""The white edge without which cameras do not find the code."""

_SHOWN_AT_MOST: Final = 60
_INERT: Final = "default-src 'none'; sandbox"


class SitesField(TextAreaField):
    """Addresses of websites, one a line; `origins` has each once, as browsers name it."""

    origins: tuple[str, ...] = ()

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002 - WTForms' own signature
        """Read what was typed, and name the first that is none.

        Raises:
            ValidationError: for it, or for too many.
        """
        found: dict[str, None] = {}
        for given in (line.strip() for line in (self.data or "").splitlines()):
            try:
                found |= {login_sites.origin(given): None} if given else {}
            except InvalidSite:
                raise ValidationError(
                    gettext(
                        "%(given)s is no address of a website. Write it as in"
                        " https://www.example.com; it has to begin with https.",
                        given=given[:_SHOWN_AT_MOST],
                    )
                ) from None
        if len(found) > SITES_MAX:
            raise ValidationError(gettext("%(most)s websites are the most.", most=SITES_MAX))
        self.origins = tuple(found)


class AccessForm(Form):
    """Which websites may have the form."""

    sites = SitesField(
        lazy_gettext("Websites that have the form"),
        [Optional(), Length(max=5_000)],
        filters=[trimmed],
        description=lazy_gettext(
            "One a line, as in https://www.example.com. The form works from these and no others."
        ),
    )


@blueprint.route("/access", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def access() -> Response:
    """What to copy, and from where the form is taken."""
    present = settings.read(session())
    form = AccessForm(data={"sites": "\n".join(present.login_sites)})
    if form.validate_on_submit():
        settling.change(session(), by=g.actor, login_sites=list(form.sites.origins))
        flash(gettext("Saved. It holds in a few seconds."), "success")
        return redirect(url_for("reseller.access"), 303)
    return access_page(form)


def access_page(form: AccessForm | None = None, *, new_secret: str = "") -> Response:
    """The page, with a fresh form unless one was just sent; `new_secret` is shown this once."""
    origin, present = _origin(), settings.read(session())
    shown = form or AccessForm(formdata=None, data={"sites": "\n".join(present.login_sites)})
    makes_links = g.actor.can(Right.LOGIN_LINKS_MAKE)
    return page(
        "reseller/access.html",
        422 if form is not None and form.is_submitted() else 200,
        form=shown,
        makes_links=makes_links,
        secrets=login_secrets.listed(session()) if makes_links else [],
        secrets_max=login_secrets.ACTIVE_MAX,
        new_secret=new_secret,
        link_url=links.login_link(origin, "TOKEN"),
        login_url=links.login(origin),
        signup_url=links.sign_up(origin) if present.sign_up.open else "",
        form_html=_form_html(origin),
        button_html=_button_html(origin),
    )


@blueprint.get("/access/code.svg")
@requires(Right.SETTINGS_MANAGE)
def access_code_svg() -> Response:
    """The link as a code that a phone reads, drawn at any size."""
    return _code("svg", "image/svg+xml")


@blueprint.get("/access/code.png")
@requires(Right.SETTINGS_MANAGE)
def access_code_png() -> Response:
    """The same as a picture of dots."""
    return _code("png", "image/png")


def _code(kind: str, media_type: str) -> Response:
    drawn = BytesIO()
    segno.make(links.login(_origin()), error="m", micro=False).save(
        drawn, kind=kind, scale=_PIXELS_A_DOT, border=_QUIET_DOTS, light="#ffffff"
    )
    answer = FileResponse(drawn.getvalue(), content_type=media_type)
    answer.headers["Content-Security-Policy"] = _INERT
    return answer


def _origin() -> str:
    return links.origin_of(session(), current().settings)


def _form_html(origin: str) -> str:
    """VoIP.ms's form; whoever copies it may give it another look, and no other names."""
    number = resellers.own(session()).number
    target = f"{origin}{url_for('public.direct_login')}"
    email, password, send = gettext("E-mail address"), gettext("Password"), gettext("Sign in")
    lines = [
        f'<form action="{escape(target)}" method="post">',
        f'  <input type="hidden" name="UID" value="{number}">',
        '  <input type="hidden" name="action" value="DirectLogin">',
        f"  <label>{escape(email)}",
        '    <input type="email" name="col_email" autocomplete="username" required>',
        "  </label>",
        f"  <label>{escape(password)}",
        '    <input type="password" name="col_password" autocomplete="current-password" required>',
        "  </label>",
        f'  <button type="submit">{escape(send)}</button>',
        "</form>",
    ]
    return "\n".join(lines)


def _button_html(origin: str) -> str:
    """A link that looks like a button of the brand."""
    brand = branding.own(session())
    words = gettext("Sign in to %(portal)s", portal=brand.title)
    chosen = branding.look_of(brand)
    tokens = palette(chosen.seed, dark=False, own=chosen.own)
    look = (
        f"display:inline-block;padding:.6em 1.2em;border-radius:{chosen.radius_px}px;"
        f"background:{tokens['primary']};color:{tokens['on-primary']};"
        "font-family:sans-serif;text-decoration:none"
    )
    return f'<a href="{escape(links.login(origin))}" style="{look}">{escape(words)}</a>'
