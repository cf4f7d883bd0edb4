"""The brand studio: a draft that is seen before anybody else does, and is then published."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra import installed_themes
from portal.provisioning import brand_publishing
from portal.provisioning.brand_publishing import HardToRead
from portal.tenancy import brand_pictures, brand_sheet, branding, drafts, versions
from portal.tenancy.brand_values import BrandValues
from portal.tenancy.models import Brand
from portal.tenancy.offered_themes import ThemeNotOffered
from portal.tenancy.picture_flaws import BYTES_MAX
from portal.tenancy.studio_models import BrandDraft, BrandVersion
from portal.tenancy.versions import PublishedMeanwhile
from portal.web.parts import draft_links
from portal.web.parts.brand_panes import pane, state
from portal.web.parts.formats import day
from portal.web.parts.pages import fragment, page
from portal.web.reseller import brand_form, brand_rows
from portal.web.reseller.brand_form import BrandForm
from portal.web.reseller.pages import blueprint, origin

TEMPLATE: Final = "reseller/brand.html"
_PUBLISH: Final = "publish"


@blueprint.route("/brand", methods=["GET", "POST"])
@requires(Right.SETTINGS_MANAGE)
def brand() -> Response:
    """Everything of the brand, its preview and its versions; each change goes to a draft."""
    before = drafts.values_for(session(), g.actor.person_id)
    form = brand_form.brand_form(before, version=branding.own(session()).version)
    if request.method != "POST":
        return shown(form, before)
    act = request.form.get("act", "")
    after = brand_form.read(form, before)
    if after is None:
        return shown(form, before, 422)
    after = _done(after, act)
    if after != before:
        drafts.keep(session(), after, person_id=g.actor.person_id)
    if act == _PUBLISH:
        return _published(form)
    if "HX-Request" not in request.headers:
        return redirect(_same_view(), 303)
    version = branding.own(session()).version
    return shown(brand_form.brand_form(after, version=version, sent=False), after)


@blueprint.post("/brand/discard")
@requires(Right.SETTINGS_MANAGE)
def discard_brand() -> Response:
    """Back to what is live."""
    drafts.discard(session(), person_id=g.actor.person_id)
    flash(gettext("The draft is gone. The portal looks as it did."), "success")
    return redirect(_same_view(), 303)


@blueprint.post("/brand/versions/<int:number>/restore")
@requires(Right.SETTINGS_MANAGE)
def restore_brand(number: int) -> Response:
    """Publish an earlier version once more."""
    seen = _number(request.form.get("seen", ""))
    try:
        version = brand_publishing.restore(session(), number, seen=seen, by=g.actor)
    except PublishedMeanwhile as refused:
        flash(_meanwhile(refused), "warning")
        return redirect(_same_view(), 303)
    except ThemeNotOffered:
        flash(_not_offered(), "warning")
        return redirect(_same_view(), 303)
    if version is None:
        flash(gettext("The portal looks like this already."), "info")
    else:
        flash(gettext("Version %(number)s is back, and live now.", number=number), "success")
    return redirect(_same_view(), 303)


def shown(
    form: BrandForm,
    values: BrandValues,
    status: int = 200,
    *,
    refused: dict[str, list[str]] | None = None,
    typed: str = "",
) -> Response:
    """The studio; `refused` is what is wrong with a picture by its place, `typed` its address."""
    live = branding.own(session())
    # What was published a moment ago is to be seen around the studio as well.
    g.tenant = replace(g.tenant, brand=live)
    draft = drafts.of(session(), g.actor.person_id)
    token = draft_links.sign(draft.id if draft else draft_links.LIVE)
    published = versions.listed(session())
    theme = installed_themes.named(values.theme)
    context = {
        "form": form,
        "values": values,
        "is_being_typed": "HX-Request" in request.headers and "act" not in request.form,
        "colours": brand_rows.colours(form, values),
        "by_hand_in_dark": len(values.look.own_dark),
        "slots": brand_rows.slots(values),
        "found": brand_pictures.colours_in(session(), values.pictures.get("logo_light")),
        "theme_chosen": theme,
        "hard_to_read": brand_rows.ink_names(brand_sheet.unreadable(values.look)),
        "draft": draft,
        "draft_ends_at": drafts.ends_at(draft) if draft else None,
        "overtaken_by": _overtaking(published, draft),
        "share_url": f"{origin()}{url_for('public.brand_preview', token=token)}" if draft else "",
        "pane": pane("reseller.brand", token, version=_stamp(draft, live)),
        "versions": brand_rows.versions(published, live=live.version),
        "live_version": live.version,
        "refused": refused or {},
        "bytes_max": BYTES_MAX,
        "typed": typed,
    }
    if "HX-Request" in request.headers:
        return fragment(TEMPLATE, "studio", status, **context)
    return page(TEMPLATE, status, **context)


def _stamp(draft: BrandDraft | None, live: Brand) -> str:
    """Another text as soon as anything of the brand has changed."""
    return f"{draft.changed_at.timestamp():.3f}" if draft else f"{live.version}-{live.sheet_hash}"


def _done(values: BrandValues, act: str) -> BrandValues:
    """The values after what a button of the form does; one that is none does nothing."""
    verb, _, what = act.partition(":")
    if verb == "fix":
        return brand_form.mended(values, what)
    if verb == "preset":
        return brand_form.started_from(values, what)
    if verb == "automatic":
        return brand_form.all_automatic(values)
    if verb == "seed":
        return brand_form.seeded(values, what)
    return values


def _not_offered() -> str:
    return str(gettext("This theme is not offered to you any more. Please choose another one."))


def _published(form: BrandForm) -> Response:
    """What came of publishing; whatever it is, the draft has all that was sent."""
    if drafts.of(session(), g.actor.person_id) is None:
        flash(_nothing_new(), "info")
        return redirect(_same_view(), 303)
    try:
        version = brand_publishing.publish(
            session(),
            seen=_number(form.seen.data or ""),
            by=g.actor,
            though_hard_to_read="though_hard_to_read" in request.form,
        )
    except HardToRead as refused:
        names = ", ".join(brand_rows.ink_names(refused.inks))
        flash(
            gettext(
                "This is not published yet. Hard to read: %(names)s."
                " Press Fix, or tick that you want it so.",
                names=names,
            ),
            "danger",
        )
    except PublishedMeanwhile as overtaken:
        flash(_meanwhile(overtaken), "warning")
    except ThemeNotOffered:
        flash(_not_offered(), "warning")
    else:
        flash(
            gettext("Published. This is version %(number)s.", number=version.number)
            if version
            else _nothing_new(),
            "success" if version else "info",
        )
    return redirect(_same_view(), 303)


def _nothing_new() -> str:
    return str(gettext("There is nothing to publish: the portal looks like this already."))


def _meanwhile(refused: PublishedMeanwhile) -> str:
    said = gettext(
        "%(who)s published version %(number)s on %(when)s, after you had opened this page."
        " Nothing of yours is lost. Look at it again, and publish it if it is to hold instead.",
        who=refused.version.person_name or gettext("Somebody"),
        number=refused.version.number,
        when=day(refused.version.created_at.date()),
    )
    return str(said)


def _overtaking(published: list[BrandVersion], draft: BrandDraft | None) -> BrandVersion | None:
    """What somebody else has published since a draft was begun."""
    newest = published[0] if published else None
    if draft is None or newest is None or newest.number <= draft.based_on:
        return None
    return None if newest.person_id == draft.person_id else newest


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _same_view() -> str:
    """The studio with the same page in its preview."""
    return url_for("reseller.brand", **state())
