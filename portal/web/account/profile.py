"""Who one is to the portal: name, language, and for a client's owner its time zone."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from wtforms import SelectChoice, SelectField

from portal.accounts import own_account, people
from portal.accounts.roles import Audience, Right
from portal.http import language as languages
from portal.http.actor import personal
from portal.http.language import time_zone
from portal.http.unit_of_work import session
from portal.infra import time_zones
from portal.web.account.pages import blueprint, own_page, own_person
from portal.web.parts import forms
from portal.web.parts.forms import Form
from portal.web.parts.language_names import name_of

NAME_LENGTH_MAX = 80


class ProfileForm(Form):
    """What everybody says of themselves."""

    firstname = forms.text(
        lazy_gettext("First name"),
        length_max=NAME_LENGTH_MAX,
        render_kw={"autocomplete": "given-name"},
    )
    lastname = forms.text(
        lazy_gettext("Last name"),
        length_max=NAME_LENGTH_MAX,
        render_kw={"autocomplete": "family-name"},
    )
    language = SelectField(
        lazy_gettext("Language"),
        description=lazy_gettext("Of these pages in this browser, and of mails to you."),
    )


class OwnerForm(ProfileForm):
    """And what a client's owner says of the whole firm."""

    time_zone = SelectField(
        lazy_gettext("Time zone"),
        description=lazy_gettext("All times are shown in it, to everybody of your firm."),
    )


@blueprint.route("/profile", methods=["GET", "POST"])
@personal
def profile() -> Response:
    """Read and change it."""
    person = own_person()
    form = _form(
        {
            "firstname": person.firstname,
            "lastname": person.lastname,
            "language": languages.language(),
            "time_zone": time_zone(),
        }
    )
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return own_page("profile.html", status, form=form, person=person, time_zone=time_zone())
    people.rename(
        session(),
        by=g.actor,
        person=person,
        firstname=form.firstname.data or "",
        lastname=form.lastname.data or "",
    )
    people.choose_language(session(), person_id=person.id, language=form.language.data)
    if isinstance(form, OwnerForm):
        own_account.choose_time_zone(session(), by=g.actor, time_zone=form.time_zone.data)
    g.language = form.language.data
    flash(gettext("Your profile is saved."), "success")
    answer = redirect(url_for("account.profile"), 303)
    languages.keep(answer, form.language.data)
    return answer


def _form(known: dict[str, str]) -> ProfileForm:
    owns = g.actor.audience is Audience.CLIENT and g.actor.can(Right.PEOPLE_MANAGE)
    form = OwnerForm(data=known) if owns else ProfileForm(data=known)
    form.language.choices = [SelectChoice(code, name_of(code)) for code in languages.offered()]
    if isinstance(form, OwnerForm):
        zones = sorted({*time_zones.of_places(), known["time_zone"]})
        form.time_zone.choices = [SelectChoice(each, each.replace("_", " ")) for each in zones]
    return form
