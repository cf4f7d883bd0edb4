"""The host names of one reseller: how they are doing, how many it may have, and releasing one."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms.validators import DataRequired, Length, Optional

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra.db import ResellerSession
from portal.ledger.units import decimal_string
from portal.provisioning import naming
from portal.tenancy import own_names, resellers, settings
from portal.tenancy.own_names import CannotRelease
from portal.web.operator.pages import blueprint, in_reseller
from portal.web.parts import hostname_rows
from portal.web.parts.addresses import ID
from portal.web.parts.amounts import AmountField
from portal.web.parts.counts import WholeField
from portal.web.parts.forms import REQUIRED, Form, trimmed
from portal.web.parts.pages import page

_NAMES_MAX = 1000


class LimitsForm(Form):
    """What names of its own a reseller may have, and what each costs it."""

    most = WholeField(
        lazy_gettext("Names of its own"),
        [DataRequired(REQUIRED), Length(max=20)],
        filters=[trimmed],
        description=lazy_gettext("At most so many, beside those that you gave it."),
    )
    fee = AmountField(
        lazy_gettext("Fee for each"),
        [Optional(), Length(max=20)],
        description=lazy_gettext("Taken from its cover once, when it adds a name. Empty: none."),
    )

    def fits(self) -> bool:
        """Whether the number is one that can be; else the field says so."""
        if self.most.count <= _NAMES_MAX:
            return True
        self.most.errors = [gettext("At most %(most)s.", most=_NAMES_MAX)]
        return False


@blueprint.get(f"/resellers/<{ID}:reseller_id>/hostnames")
@requires(Right.RESELLERS_READ)
def hostnames(reseller_id: int) -> Response:
    """All names of a reseller."""
    with in_reseller(reseller_id) as beside:
        return _page(beside, _written(beside))


@blueprint.post(f"/resellers/<{ID}:reseller_id>/hostnames")
@requires(Right.RESELLERS_MANAGE)
def hostname_limits(reseller_id: int) -> Response:
    """Change how many names it may have, and what they cost."""
    form = LimitsForm()
    with in_reseller(reseller_id) as beside:
        if not form.validate_on_submit() or not form.fits():
            return _page(beside, form, status=422)
        naming.limit(beside, most=form.most.count, fee=form.fee.amount, by=g.actor)
    flash(gettext("The settings are saved."), "success")
    return _to(reseller_id)


@blueprint.post(f"/resellers/<{ID}:reseller_id>/hostnames/<hostname>/release")
@requires(Right.RESELLERS_MANAGE)
def release_hostname(reseller_id: int, hostname: str) -> Response:
    """Take a name from a reseller, as when somebody else has a right to it."""
    try:
        with in_reseller(reseller_id) as beside:
            naming.release(beside, hostname, by=g.actor)
    except CannotRelease:
        flash(gettext("This name stays: the portal has to have one that leads to it."), "danger")
    else:
        flash(gettext("%(name)s is released.", name=hostname), "success")
    return _to(reseller_id)


def _to(reseller_id: int) -> Response:
    return redirect(url_for("operator.hostnames", reseller_id=reseller_id), 303)


def _written(beside: ResellerSession) -> LimitsForm:
    found = settings.read(beside)
    fee = decimal_string(found.own_name_fee, resellers.own(beside).currency)
    shown = {"most": str(found.own_names_max), "fee": fee if found.own_name_fee else ""}
    return LimitsForm(formdata=None, data=shown)


def _page(beside: ResellerSession, form: LimitsForm, *, status: int = 200) -> Response:
    reseller = resellers.own(beside)
    return page(
        "operator/hostnames.html",
        status,
        reseller=reseller,
        rows=[hostname_rows.row(each) for each in own_names.listed(beside)],
        form=form,
        currency=reseller.currency,
    )
