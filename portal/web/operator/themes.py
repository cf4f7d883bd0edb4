"""Which themes a reseller may choose."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra import installed_themes
from portal.infra.db import ResellerSession
from portal.provisioning import settling
from portal.tenancy import branding, resellers, settings
from portal.web.operator.pages import blueprint, in_reseller
from portal.web.parts.addresses import ID
from portal.web.parts.forms import REQUIRED, Form
from portal.web.parts.pages import page

ALL, SOME = "all", "some"


class ThemesForm(Form):
    """All of them, or those that are ticked."""

    offer = RadioField(
        lazy_gettext("It may choose"),
        [InputRequired(REQUIRED)],
        choices=[
            SelectChoice(ALL, lazy_gettext("every theme, also those that are installed later")),
            SelectChoice(SOME, lazy_gettext("only these:")),
        ],
    )
    themes = SelectMultipleField(lazy_gettext("Only these themes"), option_widget=CheckboxInput())

    def wanted(self) -> list[str] | None:
        """What is to be kept; None where the field says what is missing."""
        if self.offer.data == ALL:
            return []
        if not self.themes.data:
            self.themes.errors = [gettext("Choose at least one theme.")]
            return None
        return sorted(self.themes.data)


@blueprint.route(f"/resellers/<{ID}:reseller_id>/themes", methods=["GET", "POST"])
@requires(Right.RESELLERS_MANAGE)
def themes(reseller_id: int) -> Response:
    """The choice, to read and to change; what is live stays until the reseller changes it."""
    with in_reseller(reseller_id) as beside:
        form = _form(beside)
        if form.validate_on_submit() and (wanted := form.wanted()) is not None:
            settling.change(beside, by=g.actor, themes=wanted)
            flash(gettext("The settings are saved."), "success")
            return redirect(url_for("operator.themes", reseller_id=reseller_id), 303)
        return page(
            "operator/themes.html",
            422 if form.is_submitted() else 200,
            reseller=resellers.own(beside),
            form=form,
            live=installed_themes.named(branding.own(beside).theme).title,
        )


def _form(beside: ResellerSession) -> ThemesForm:
    ticked = settings.read(beside).themes
    form = ThemesForm(data={"offer": SOME if ticked else ALL, "themes": ticked})
    form.themes.choices = [
        SelectChoice(each.id, each.title) for each in installed_themes.themes().values()
    ]
    return form
