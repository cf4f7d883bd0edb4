"""One name: the records it needs, whether they are there, and what can be done with it."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import personally, requires
from portal.http.unit_of_work import session
from portal.http.wiring import current
from portal.provisioning import naming
from portal.tenancy import hostname_rules, own_names, resellers
from portal.tenancy import hostnames as known
from portal.tenancy.own_names import CannotRelease, Name, NotReady
from portal.web.parts import hostname_rows
from portal.web.parts.pages import fragment, page
from portal.web.reseller.hostname_forms import ReleaseForm
from portal.web.reseller.pages import blueprint

_TEMPLATE = "reseller/hostname.html"


@blueprint.get("/hostnames/<hostname>")
@requires(Right.SETTINGS_MANAGE)
def hostname(hostname: str) -> Response:
    """How the name is doing; asked for by a script, only the part that may have changed."""
    shown = _shown(own_names.by_name(session(), hostname))
    if "HX-Request" in request.headers:
        return fragment(_TEMPLATE, "live", **shown)
    return page(_TEMPLATE, **shown)


@blueprint.post("/hostnames/<hostname>/check")
@requires(Right.SETTINGS_MANAGE)
def check_hostname(hostname: str) -> Response:
    """Have the name looked up now."""
    naming.check_soon(session(), hostname)
    if "HX-Request" in request.headers:
        return fragment(_TEMPLATE, "live", **_shown(own_names.by_name(session(), hostname)))
    return _to(hostname)


@blueprint.post("/hostnames/<hostname>/primary")
@personally
@requires(Right.SETTINGS_MANAGE)
def make_primary(hostname: str) -> Response:
    """Put the name into the links of the portal."""
    try:
        naming.make_primary(session(), hostname, by=g.actor)
    except NotReady:
        flash(gettext("The name does not lead here yet, so that links would not work."), "danger")
    else:
        flash(
            gettext("Links and mails have %(name)s in them from now on.", name=hostname), "success"
        )
    return _to(hostname)


@blueprint.route("/hostnames/<hostname>/release", methods=["GET", "POST"])
@personally
@requires(Right.SETTINGS_MANAGE)
def release_hostname(hostname: str) -> Response:
    """Ask whether the name is to be given away, and give it away."""
    found, form = own_names.by_name(session(), hostname), ReleaseForm()
    if form.validate_on_submit() and form.names(hostname):
        try:
            naming.release(session(), hostname, by=g.actor)
        except CannotRelease:
            form.form_errors.append(
                gettext("This name stays: the portal has to have one that leads to it.")
            )
        else:
            flash(gettext("%(name)s is released.", name=hostname), "success")
            return redirect(url_for("reseller.hostnames"), 303)
    return page(
        "reseller/release_hostname.html",
        422 if form.is_submitted() else 200,
        row=hostname_rows.row(found),
        form=form,
        was_proven=found.row.proven_at is not None,
        quarantine_days=own_names.QUARANTINE.days,
    )


def _to(name: str) -> Response:
    return redirect(url_for("reseller.hostname", hostname=name), 303)


def _shown(name: Name) -> dict[str, Any]:
    told = current().settings
    zone_name = known.of_zone(resellers.own(session()).slug, zone=told.zone) if told.zone else ""
    return {
        "row": hostname_rows.row(name),
        "places": hostname_rules.places(name.row.name),
        "token": name.row.token,
        "zone_name": zone_name,
        "addresses": told.addresses,
        "proof": hostname_rows.proof_of(name),
        "reach": hostname_rows.reach_of(name),
        "mail_host": told.email2sms_host,
        "mail": hostname_rows.mail_of(name),
        "mail_priority": hostname_rules.MAIL_PRIORITY,
        "has_certificates": told.https,
        "is_open": told.takes_names,
    }
