"""One package: what it says in plain words, what it comes to, and all its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug import Response

from portal.accounts import directory
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound
from portal.pricing import coverage, packages, rated, selling, showing
from portal.pricing.conditions import Conditions
from portal.pricing.coverage import Reached
from portal.pricing.models import Package
from portal.pricing.packages import PackageExists
from portal.pricing.selling import StillAssigned
from portal.reports import used_countries
from portal.tenancy import resellers
from portal.web.parts.addresses import ID
from portal.web.parts.forms import Form, text
from portal.web.parts.pages import page
from portal.web.reseller import display_fields, package_changes
from portal.web.reseller.package_form import NAME_LENGTH_MAX
from portal.web.reseller.package_words import countries, country, priced, sentences
from portal.web.reseller.pages import blueprint

PREVIEWED = 10


@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    """What a part to a country comes to; without a price nothing is sent there."""

    country: str
    cost_micros: int | None
    price_micros: int | None
    margin_micros: int | None


class RenameForm(Form):
    """Another name."""

    name = text(lazy_gettext("Name"), length_max=NAME_LENGTH_MAX, required=True)


@blueprint.get(f"/packages/<{ID}:package_id>")
@requires(Right.PRICES_READ)
def package(package_id: int) -> Response:
    """The package's page."""
    return package_page(packages.by_id(session(), package_id))


@blueprint.post(f"/packages/<{ID}:package_id>/rename")
@requires(Right.PRICES_MANAGE)
def rename_package(package_id: int) -> Response:
    """Give it another name."""
    found = sold_package(package_id)
    form = RenameForm()
    if form.validate_on_submit():
        try:
            selling.rename(session(), found, form.name.data, by=g.actor)
        except PackageExists:
            form.name.errors = [name_taken()]
        else:
            flash(gettext("The package is called %(name)s now.", name=found.name), "success")
            return redirect(url_for("reseller.package", package_id=package_id), 303)
    return package_page(found, status=422, rename_form=form)


@blueprint.post(f"/packages/<{ID}:package_id>/close")
@requires(Right.PRICES_MANAGE)
def close_package(package_id: int) -> Response:
    """Sell it no more."""
    found = sold_package(package_id)
    try:
        selling.close(session(), found, by=g.actor)
    except StillAssigned as held:
        flash(still_assigned(held.sub_accounts), "danger")
        return redirect(url_for("reseller.package", package_id=package_id), 303)
    flash(gettext("%(name)s is closed.", name=found.name), "success")
    return redirect(url_for("reseller.packages"), 303)


def sold_package(package_id: int) -> Package:
    """A package that has a name and is not closed.

    Raises:
        NotFound: there is none such.
    """
    found = packages.by_id(session(), package_id)
    if found.is_default or found.closed_at is not None:
        raise NotFound("package", package_id)
    return found


def title(found: Package) -> str:
    """What pages call it."""
    return str(gettext("Clients without a package") if found.is_default else found.name)


def name_taken() -> str:
    """Why a name is refused."""
    return str(gettext("Another package has this name, maybe a closed one. Choose another."))


def still_assigned(sub_accounts: int) -> str:
    """Why a package is not closed."""
    return str(
        ngettext(
            "%(num)s sub-account has this package. Give it another one first.",
            "%(num)s sub-accounts have this package. Give them another one first.",
            sub_accounts,
        )
    )


def package_page(found: Package, *, status: int = 200, rename_form: Form | None = None) -> Response:
    """The page, with a form that was just submitted if there is one."""
    today = selling.today(session())
    holding = packages.holding(session(), found.id, on=today)
    versions = packages.versions(session(), found.id)
    currencies = _currencies(holding.conditions)
    wanted = request.args.get("currency", "")
    currency = wanted if wanted in currencies else currencies[0]
    held = directory.sub_accounts_by_package(session()).get(found.id, 0)
    return page(
        "reseller/package.html",
        status,
        package=found,
        heading=title(found),
        currencies=currencies,
        currency=currency,
        sentences=sentences(holding.conditions, currency),
        planned=[version for version in reversed(versions) if version.valid_from > today],
        versions=package_changes.shown(versions, holding=holding, today=today),
        shows=_shown(found),
        sub_accounts=held,
        still_assigned=still_assigned(held) if held else "",
        rename_form=rename_form or RenameForm(formdata=None, name=found.name),
        **_reach(found, holding.conditions, currency),
    )


def _shown(found: Package) -> list[str]:
    """What clients with it see; nothing where it leaves that to the portal."""
    own = showing.own(found)
    return [] if own is None else display_fields.sentences(own)


def _reach(found: Package, conditions: Conditions, currency: str) -> dict[str, Any]:
    """The countries that are used most, and those that have no rate."""
    terms = conditions.terms(currency)
    if terms is None:
        return {"example": "", "preview": [], "gaps": "", "gap_count": 0}
    today = selling.today(session())
    used = used_countries.most_used(
        session(), home=resellers.own(session()).country, limit=PREVIEWED
    )
    tables = rated.tables(session(), package_id=found.id, currency=currency)
    rows = coverage.of(used, conditions, terms, tables, on=today)
    missing = coverage.gaps(conditions, terms, tables, on=today)
    example = next((each for each in rows if each.quote), rows[0])
    return {
        "example": priced(example, currency),
        "preview": [_row(each) for each in rows],
        "gaps": countries(missing),
        "gap_count": len(missing),
    }


def _row(reached: Reached) -> PreviewRow:
    quote = reached.quote
    return PreviewRow(
        country=country(reached.country),
        cost_micros=quote.cost if quote else None,
        price_micros=quote.price if quote else None,
        margin_micros=reached.margin if quote else None,
    )


def _currencies(conditions: Conditions) -> list[str]:
    """Those that it has amounts in, the portal's own first."""
    own = resellers.own(session()).currency
    return sorted(conditions.amounts, key=lambda code: (code != own, code)) or [own]
