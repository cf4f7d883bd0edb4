"""Pictures of the brand studio: chosen from the device, or fetched once from an address."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from typing import Final

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response
from werkzeug.exceptions import NotFound
from wtforms import FileField, URLField
from wtforms.validators import Length

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.limits import takes_files
from portal.http.unit_of_work import session
from portal.infra import fetching, installed_themes
from portal.infra.fetching import NotFetched, Refusal
from portal.infra.theme_settings import Kind
from portal.tenancy import brand_pictures, branding, drafts, images
from portal.tenancy.brand_values import PLACES, BrandValues
from portal.tenancy.picture_flaws import BYTES_MAX, Flaw, InvalidPicture
from portal.tenancy.pictures import Picture
from portal.web.parts.brand_panes import state
from portal.web.parts.forms import Form, trimmed
from portal.web.reseller import brand, brand_form
from portal.web.reseller.brand_rows import THEME_PICTURE
from portal.web.reseller.pages import blueprint

FLAWS: Final[Mapping[Flaw, str]] = {
    Flaw.TOO_MANY_BYTES: lazy_gettext("The file is larger than 1 MB: save it smaller."),
    Flaw.TOO_MANY_PIXELS: lazy_gettext(
        "The picture has too many pixels: at most 4000 a side, and 4 million in all."
    ),
    Flaw.NO_PICTURE: lazy_gettext("This is no picture: choose a PNG, JPEG, WebP, GIF or SVG."),
    Flaw.BROKEN: lazy_gettext("The picture is damaged: save it anew, as PNG."),
    Flaw.NOTHING_SEEN: lazy_gettext("There is nothing to be seen in this picture."),
    Flaw.LETTERS: lazy_gettext(
        "There is text in this SVG: turn it into outlines, or save the picture as PNG."
    ),
    Flaw.NOT_DRAWN: lazy_gettext(
        "This SVG cannot be drawn: save it as PNG, 800 pixels wide or so."
    ),
}
assert FLAWS.keys() == set(Flaw)

REFUSALS: Final[Mapping[Refusal, str]] = {
    Refusal.NO_ADDRESS: lazy_gettext(
        "This is no address of a picture, as in https://example.com/logo.png."
    ),
    Refusal.NOT_PUBLIC: lazy_gettext(
        "This address is not on the public internet, so nothing was fetched from it."
    ),
    Refusal.NO_ANSWER: lazy_gettext("Nobody answers at this address."),
    Refusal.NOT_THERE: lazy_gettext("There is no picture at this address."),
    Refusal.TOO_LARGE: lazy_gettext("The file is larger than 1 MB: save it smaller."),
    Refusal.TOO_SLOW: lazy_gettext("The other side took too long: try again, or choose a file."),
    Refusal.TOO_FAR: lazy_gettext("This address leads on too often: take the one it ends at."),
}
assert REFUSALS.keys() == set(Refusal)

_REMOVE: Final = "remove"


class PictureForm(Form):
    """A file, or the address of one."""

    file = FileField(lazy_gettext("File"))
    url = URLField(
        lazy_gettext("Address"),
        [Length(max=fetching.ADDRESS_LENGTH_MAX)],
        filters=[trimmed],
    )


@blueprint.post("/brand/pictures/<string(maxlength=60):place>")
@requires(Right.SETTINGS_MANAGE)
@takes_files
def brand_picture(place: str) -> Response:
    """Put a picture into the draft, or take one out of it."""
    if place not in PLACES and not place.startswith(THEME_PICTURE):
        raise NotFound
    form = PictureForm()
    try:
        # All of this before the first look into the database, since it may ask elsewhere.
        picture = None if request.form.get("act") == _REMOVE else _sent(form, place)
    except NotFetched as refused:
        return _refused(form, place, REFUSALS[refused.refusal])
    except InvalidPicture as invalid:
        return _refused(form, place, FLAWS[invalid.flaw])
    if form.errors:
        return _refused(form, place, "")
    values = drafts.values_for(session(), g.actor.person_id)
    if picture is not None:
        images.keep(session(), picture)
    after = _with_picture(values, place, picture.hash if picture else "")
    drafts.keep(session(), after, person_id=g.actor.person_id)
    flash(_said(picture), "success")
    return redirect(url_for("reseller.brand", **state(), _anchor="pictures"), 303)


def _sent(form: PictureForm, place: str) -> Picture | None:
    """The picture that was sent, drawn; None where the form itself says what is wrong."""
    if not form.validate():
        return None
    given = b""
    if form.file.data:
        with closing(form.file.data) as chosen:
            given = chosen.stream.read(BYTES_MAX + 1)
    if not given and form.url.data:
        given = fetching.fetch(form.url.data, bytes_max=BYTES_MAX)
    if not given:
        form.form_errors.append(gettext("Choose a file, or write the address of one."))
        return None
    where = place if place in PLACES else "logo_light"
    return brand_pictures.drawn_for(where, given)


def _with_picture(values: BrandValues, place: str, name: str) -> BrandValues:
    if place in PLACES:
        pictures = {**values.pictures, place: name}
        return replace(values, pictures={key: kept for key, kept in pictures.items() if kept})
    setting_id = place.removeprefix(THEME_PICTURE)
    theme = installed_themes.named(values.theme)
    if not any(each.id == setting_id and each.type is Kind.IMAGE for each in theme.settings):
        raise NotFound
    return replace(values, theme_settings={**values.theme_settings, setting_id: name})


def _said(picture: Picture | None) -> str:
    if picture is None:
        return str(gettext("The picture is out of the draft."))
    return str(gettext("The picture is in the draft. Publish it when you like what you see."))


def _refused(form: PictureForm, place: str, why: str) -> Response:
    messages = [*([str(why)] if why else []), *form.form_errors, *form.file.errors]
    values = drafts.values_for(session(), g.actor.person_id)
    version = branding.own(session()).version
    return brand.shown(
        brand_form.brand_form(values, version=version, sent=False),
        values,
        422,
        refused={place: [*messages, *form.url.errors]},
        typed=form.url.data or "",
    )
