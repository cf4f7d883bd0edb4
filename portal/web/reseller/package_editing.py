"""Make a package, change it from a day on, and say what holds for clients without one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.pricing import (
    margins,
    packages,
    price_letters,
    price_lists,
    rate_destinations,
    rated,
    selling,
    showing,
)
from portal.pricing.conditions import Conditions
from portal.pricing.models import Package
from portal.pricing.packages import PackageExists, Version
from portal.pricing.rating import Rule
from portal.tenancy import resellers, settings
from portal.tenancy.display import Display
from portal.web.parts.addresses import ID
from portal.web.parts.formats import day
from portal.web.parts.pages import page
from portal.web.reseller import package_reading
from portal.web.reseller.package_form import PackageForm, Shape, package_form, shape_of
from portal.web.reseller.package_page import name_taken, title
from portal.web.reseller.package_sections import sections
from portal.web.reseller.package_words import country
from portal.web.reseller.pages import blueprint

LOSSES_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class LossShown:
    """A destination that would be sold below its cost."""

    destination: str
    prefix: str
    cost_micros: int
    price_micros: int
    currency: str


@blueprint.route("/packages/new", methods=["GET", "POST"])
@requires(Right.PRICES_MANAGE)
def new_package() -> Response:
    """A package that nobody has yet."""
    own = resellers.own(session()).currency
    form = _form(shape_of(None, own=own, named=True, dated=False), None)

    def save(conditions: Conditions) -> Response | None:
        try:
            made = selling.sell(
                session(), name=form["name"].data, conditions=conditions, by=g.actor
            )
        except PackageExists:
            form["name"].errors = [name_taken()]
            return None
        showing.change(session(), made, package_reading.display(form), by=g.actor)
        flash(gettext("The package %(name)s is on sale.", name=made.name), "success")
        return redirect(url_for("reseller.package", package_id=made.id), 303)

    return _edited(form, None, save, heading=gettext("New package"))


@blueprint.route(f"/packages/<{ID}:package_id>/edit", methods=["GET", "POST"])
@requires(Right.PRICES_MANAGE)
def edit_package(package_id: int) -> Response:
    """What it says from a day on."""
    return _changed(editable(package_id))


@blueprint.route("/packages/defaults", methods=["GET", "POST"])
@requires(Right.PRICES_MANAGE)
def default_fees() -> Response:
    """What sub-accounts without a package pay."""
    found = packages.default(session())
    if found is not None:
        return _changed(found)
    own = resellers.own(session()).currency
    form = _form(shape_of(None, own=own, assigned=False, dated=False), None)

    def save(conditions: Conditions) -> Response:
        today = selling.today(session())
        made = selling.set_defaults(session(), conditions, valid_from=today, by=g.actor)
        flash(gettext("Clients without a package can send now."), "success")
        return redirect(url_for("reseller.package", package_id=made.id), 303)

    return _edited(form, None, save, heading=gettext("Clients without a package"))


def editable(package_id: int) -> Package:
    """A package that can be changed.

    Raises:
        NotFound: there is none such, or it was closed.
    """
    found = packages.by_id(session(), package_id)
    if found.closed_at is not None:
        raise NotFound("package", package_id)
    return found


def form_of(found: Package) -> PackageForm:
    """The form of a package: as it was sent, else as a version of it says."""
    version = _begun_with(found)
    own = resellers.own(session()).currency
    shape = shape_of(version.conditions, own=own, assigned=not found.is_default)
    return _form(shape, version, display=showing.own(found))


def read(form: PackageForm) -> Conditions | None:
    """What a form says, if all of it can be read; otherwise its fields say why not."""
    if not form.validate():
        return None
    today = selling.today(session())
    if form.shape.dated and form["valid_from"].data < today:
        form["valid_from"].errors = [
            gettext("This day is over. Choose %(today)s or a later one.", today=day(today))
        ]
    allowed = settings.read(session()).negative_markup_allowed
    return package_reading.read(form, negative_allowed=allowed)


def _changed(found: Package) -> Response:
    form = form_of(found)

    def save(conditions: Conditions) -> Response:
        since: date = form["valid_from"].data
        before = packages.holding(session(), found.id, on=since)
        version = selling.change(session(), found, conditions, valid_from=since, by=g.actor)
        if version is not None and form["tell_clients"].data:
            price_letters.ask(session(), before=before, after=version)
        shows_other = showing.change(session(), found, package_reading.display(form), by=g.actor)
        if version is None and shows_other:
            flash(gettext("Saved. Its clients see it so in a few seconds."), "success")
        elif version is None:
            flash(gettext("It says this already, so that nothing was changed."), "info")
        else:
            flash(gettext("Saved. It holds from %(day)s on.", day=day(since)), "success")
        return redirect(url_for("reseller.package", package_id=found.id), 303)

    return _edited(form, found, save, heading=title(found))


def _edited(
    form: PackageForm,
    found: Package | None,
    save: Callable[[Conditions], Response | None],
    *,
    heading: str,
) -> Response:
    """The form; or what came of it. A button for more room, and a way back, save nothing."""
    losses: list[LossShown] = []
    asks_for_more = bool({"more", "back"} & request.form.keys())
    if request.method == "POST" and not asks_for_more:
        conditions = read(form)
        if conditions is not None:
            losses = _losses(conditions, found, form)
            if not losses or form.below_cost_accepted.data:
                done = save(conditions)
                if done is not None:
                    return done
            else:
                form.below_cost_accepted.errors = [
                    gettext("Tick this if it is meant, or mend the prices.")
                ]
    status = 422 if request.method == "POST" and not asks_for_more else 200
    return shown(form, found, heading=heading, status=status, losses=losses)


def shown(
    form: PackageForm,
    found: Package | None,
    *,
    heading: str,
    status: int,
    losses: Sequence[LossShown] = (),
) -> Response:
    """The form's page."""
    return page(
        "reseller/package_edit.html",
        status,
        form=form,
        sections=sections(form),
        heading=heading,
        package=found,
        planned=_planned(found),
        losses=losses[:LOSSES_SHOWN],
        loss_count=len(losses),
        currencies=[code for code in _currencies(found) if code not in form.shape.zones],
    )


def _form(shape: Shape, version: Version | None, *, display: Display | None = None) -> PackageForm:
    if request.method == "POST":
        allowed = {shape.own, *price_lists.wholesale_currencies(session()), *shape.zones}
        return package_form(shape.sent_with(request.form, currencies=allowed))
    begun = package_reading.written(version.conditions) if version else {}
    today = selling.today(session())
    since = max(version.valid_from, today) if version else today
    begun |= package_reading.display_written(display)
    return package_form(shape, formdata=None, data={**begun, "valid_from": since})


def _begun_with(found: Package) -> Version:
    """The version that the address names, or the one that holds.

    Raises:
        NotFound: the address names none of this package.
    """
    named = request.args.get("version", type=int)
    if named is None:
        return packages.holding(session(), found.id, on=selling.today(session()))
    version = packages.version_by_id(session(), named)
    if version.package_id != found.id:
        raise NotFound("package version", named)
    return version


def _planned(found: Package | None) -> Sequence[Version]:
    if found is None:
        return []
    today = selling.today(session())
    return [each for each in packages.versions(session(), found.id) if each.valid_from > today]


def _currencies(found: Package | None) -> list[str]:
    held: set[str] = set()
    if found is not None:
        held.update(_begun_with(found).conditions.amounts)
    return sorted({*price_lists.wholesale_currencies(session()), *held})


def _losses(conditions: Conditions, found: Package | None, form: PackageForm) -> list[LossShown]:
    """What would be sold below its cost on the day that it takes effect; free zones are meant."""
    since = form["valid_from"].data if form.shape.dated else selling.today(session())
    shown = []
    for currency in conditions.amounts:
        tables = rated.tables(session(), package_id=found.id if found else None, currency=currency)
        below = margins.of_conditions(
            conditions,
            currency=currency,
            wholesale=tables.wholesale,
            own=tables.own,
            on=since,
        )
        shown += [
            LossShown(
                destination=country(rate_destinations.country_of(loss.prefix)),
                prefix=loss.prefix,
                cost_micros=loss.cost,
                price_micros=loss.price,
                currency=currency,
            )
            for loss in below
            if loss.rule is not Rule.FREE_ZONE
        ]
    return shown
