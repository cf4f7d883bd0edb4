"""The pages by which a sheet gets into a price list: upload, preview, import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.numbers import format_percent
from flask import flash, g, redirect, request
from flask_babel import gettext, lazy_gettext, ngettext
from werkzeug import Response

from portal.http.language import locale
from portal.infra import sheets
from portal.infra.sheets import UnreadableSheet
from portal.ledger.units import MICROS
from portal.pricing import rate_imports, rate_lists, rate_sheets
from portal.pricing.rate_cells import Decimals
from portal.pricing.rate_changes import Change, Kind
from portal.pricing.rate_faults import SENTENCES, Fault
from portal.pricing.rate_imports import AppliedBefore, BadRowsLeft, Draft, ListChanged
from portal.web.parts import numbered_pages
from portal.web.parts.numbered_pages import NumberedPage
from portal.web.parts.pages import page
from portal.web.parts.rate_forms import UNREADABLE, ApplyForm, SheetForm
from portal.web.parts.rate_pages import Place, country_name

LOSSES_SHOWN: Final = 10
_TENTH_OF_A_PERCENT: Final = Decimal("0.001")
KINDS: Final = {
    Kind.ADDED: lazy_gettext("Added"),
    Kind.RAISED: lazy_gettext("Raised"),
    Kind.LOWERED: lazy_gettext("Lowered"),
    Kind.ENDED: lazy_gettext("Ended"),
    Kind.UNCHANGED: lazy_gettext("Unchanged"),
}
LOOKS: Final = {
    Kind.ADDED: ("info", "plus"),
    Kind.RAISED: ("warning", "chevron-right"),
    Kind.LOWERED: ("success", "chevron-down"),
    Kind.ENDED: ("danger", "x"),
    Kind.UNCHANGED: ("exit", "check"),
}


@dataclass(frozen=True, kw_only=True)
class ChangeShown:
    """A line of the preview."""

    change: Change
    percent: str
    destination: str
    label: str
    look: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class KindShown:
    """How many lines there are of a kind, and the address that shows them alone."""

    label: str
    count: int
    url: str
    current: bool
    look: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class FaultShown:
    """What is wrong, and where."""

    line: int
    column: str
    text: str


@dataclass(frozen=True, kw_only=True)
class LossShown:
    """A destination that a package would sell below cost."""

    destination: str
    prefix: str
    price_micros: int
    cost_micros: int
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class PackageShown:
    """A package with what it would sell below cost, the dearest first."""

    name: str
    count: int
    new: int
    rows: list[LossShown]


def upload(place: Place) -> Response:
    """Ask for a sheet, keep it, and go to its preview."""
    form = SheetForm()
    if form.validate_on_submit():
        try:
            rows = sheets.read(form.sheet.data.stream.read(sheets.BYTES_MAX + 1))
        except UnreadableSheet as refused:
            form.sheet.errors = [UNREADABLE[refused.why] % {"line": refused.line}]
        else:
            found = rate_sheets.read(rows, decimals=Decimals(form.decimals.data), today=place.today)
            draft_id = rate_imports.keep(
                place.session, place.name, found, today=place.today, by=g.actor
            )
            return redirect(place.url("rate_draft", draft_id=draft_id), 303)
    status = 422 if form.is_submitted() else 200
    return page("rates/import.html", status, place=place, form=form)


def preview(place: Place, draft_id: int) -> Response:
    """What a sheet would change; and change it, if it is still what was seen."""
    draft = rate_imports.draft(place.session, draft_id, name=place.name, by=g.actor)
    form = ApplyForm(with_faults=bool(draft.faults))
    if draft.applied_at is not None:
        flash(gettext("This sheet has been imported already."), "info")
        return redirect(place.url("rates"), 303)
    if form.validate_on_submit():
        try:
            count = rate_imports.apply(
                place.session,
                draft_id,
                name=place.name,
                by=g.actor,
                seen_version=_number(form.version.data),
                good_rows=bool(draft.faults) and form.good_rows.data,
            )
        except BadRowsLeft:
            form.good_rows.errors = [
                gettext("Some rows are faulty. Tick this, or mend them and choose the file again.")
            ]
        except ListChanged:
            form.form_errors.append(
                gettext("The list has changed since you looked. Here is what would change now.")
            )
        except AppliedBefore:
            flash(gettext("This sheet has been imported already."), "info")
            return redirect(place.url("rates"), 303)
        else:
            flash(_done(count), "success")
            return redirect(place.url("rates"), 303)
    return _preview(place, draft, form)


def _preview(place: Place, draft: Draft, form: ApplyForm) -> Response:
    found = rate_imports.preview(place.session, draft)
    form.version.data = str(found.version)
    kind = request.args.get("kind", "")
    rows = [
        row
        for row in found.changes.rows
        if (row.kind == kind if kind in set(Kind) else row.kind is not Kind.UNCHANGED)
    ]
    return page(
        "rates/preview.html",
        422 if form.is_submitted() else 200,
        place=place,
        form=form,
        draft=draft,
        kinds=[
            KindShown(
                label=str(KINDS[each]),
                count=count,
                url=numbered_pages.address({"kind": each.value, "page": "1"}),
                current=kind == each,
                look=LOOKS[each],
            )
            for each, count in found.changes.counts().items()
        ],
        shown=_changes(rows),
        faults=_faults(draft.faults),
        packages=_packages(place, draft),
        nothing=not found.changes.rates,
    )


def _changes(rows: Sequence[Change]) -> NumberedPage[ChangeShown]:
    cut = numbered_pages.cut(rows)
    shown = [
        ChangeShown(
            change=row,
            percent=_percent(row.percent_millionths),
            destination=country_name(row.prefix),
            label=str(KINDS[row.kind]),
            look=LOOKS[row.kind],
        )
        for row in cut.rows
    ]
    return NumberedPage(shown, cut.number, cut.of, cut.total, cut.prev_url, cut.next_url)


def _percent(millionths: int | None) -> str:
    """By how much a price rises or falls, to a tenth of a percent; empty where it does neither."""
    if not millionths:
        return ""
    share = (Decimal(millionths) / MICROS).quantize(_TENTH_OF_A_PERCENT, ROUND_HALF_UP)
    text = format_percent(share, locale=locale(), decimal_quantization=False)
    return f"+{text}" if millionths > 0 else str(text)


def _faults(faults: Sequence[Fault]) -> NumberedPage[FaultShown]:
    cut = numbered_pages.cut(faults, parameter="fault_page")
    shown = [
        FaultShown(
            line=fault.line,
            column=fault.column,
            text=gettext(SENTENCES[fault.reason], given=fault.given, other=fault.other),
        )
        for fault in cut.rows
    ]
    return NumberedPage(shown, cut.number, cut.of, cut.total, cut.prev_url, cut.next_url)


def _packages(place: Place, draft: Draft) -> list[PackageShown]:
    found = rate_lists.losses(place.session, place.name, draft.rates, today=place.today)
    return [
        PackageShown(
            name=each.package.name,
            count=len(each.losses),
            new=len(each.new),
            rows=[
                LossShown(
                    destination=country_name(loss.prefix),
                    prefix=loss.prefix,
                    price_micros=loss.price,
                    cost_micros=loss.cost,
                    is_new=loss.prefix in each.new,
                )
                for loss in sorted(
                    each.losses,
                    key=lambda loss: (loss.prefix not in each.new, loss.price - loss.cost),
                )[:LOSSES_SHOWN]
            ],
        )
        for each in found
    ]


def _done(count: int) -> str:
    if count == 0:
        return str(gettext("The list says all of it already: nothing was changed."))
    return str(ngettext("One rate is imported.", "%(num)s rates are imported.", count))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1
