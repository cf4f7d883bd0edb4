"""One act on many clients: a preview of whom it touches, then the result, client by client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, g, url_for
from flask_babel import gettext, lazy_gettext

from portal.accounts import client_list
from portal.accounts.client_list import CHOSEN_MAX
from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.ledger import units
from portal.pricing import packages, selling
from portal.provisioning import client_bulk as verbs
from portal.provisioning.client_bulk import Outcome, Why
from portal.tenancy import resellers
from portal.web.parts import once
from portal.web.parts.formats import number
from portal.web.parts.pages import page
from portal.web.reseller.client_bulk_forms import BulkForm, ticked
from portal.web.reseller.client_filters import query
from portal.web.reseller.clients import clients_page, filters
from portal.web.reseller.pages import blueprint

WHYS: Final[dict[Why, str]] = {
    Why.WAITING: lazy_gettext("It still waits to be activated."),
    Why.GONE: lazy_gettext("It was refused or closed."),
    Why.ALREADY: lazy_gettext("It is so already."),
    Why.NOT_SUSPENDED: lazy_gettext("Your staff have not suspended it."),
    Why.NO_SUB_ACCOUNT: lazy_gettext("It has no sub-account."),
    Why.NO_PRICES: lazy_gettext("The package has no prices in its currency."),
    Why.CHANGED: lazy_gettext("It could not be done; look at the client's page."),
}


@dataclass(frozen=True, kw_only=True)
class OutcomeShown:
    """A client with what is done to it; `why` is empty where it is touched."""

    id: int
    name: str
    number: int
    why: str


@blueprint.post("/clients/bulk")
@requires(Right.CLIENTS_MANAGE)
def preview_bulk() -> Response:
    """Say whom it would touch and whom not; nothing is done yet."""
    form = BulkForm(packages.listed(session()))
    chosen = _chosen(form) if form.validate_on_submit() and form.is_whole() else []
    if not chosen:
        return clients_page(status=422, bulk_form=form)
    form.key.data = once.new_key()
    wish = form.wish(on=selling.today(session()))
    planned = verbs.preview(session(), chosen, wish=wish)
    return _page("reseller/clients_preview.html", form, [_shown(each) for each in planned])


@blueprint.post("/clients/bulk/carry-out")
@requires(Right.CLIENTS_MANAGE)
def carry_out_bulk() -> Response:
    """Do it, and say what became of each."""
    form = BulkForm(packages.listed(session()))
    chosen = _chosen(form) if form.validate_on_submit() and form.is_whole() else []
    if not chosen:
        return clients_page(status=422, bulk_form=form)
    wish = form.wish(on=selling.today(session()))

    def act() -> dict[str, Any]:
        planned = verbs.preview(session(), chosen, wish=wish)
        back = verbs.way_back(planned, wish=wish)
        done = verbs.carry_out(session(), chosen, wish=wish, by=g.actor)
        return {
            "done": {str(each.client.id): each.why for each in done},
            "back": back and {"act": back.act.value, "threshold": back.threshold},
        }

    try:
        kept = once.answer(
            session(),
            owner_id=g.actor.person_id,
            endpoint="web.clients_bulk",
            key=form.key.data,
            asked={
                "chosen": ",".join(map(str, sorted(chosen))),
                "wish": f"{wish.act} {wish.package_id} {wish.threshold} {wish.setup_fee}",
                "reason": wish.reason,
            },
            verb=act,
        )
    except KeyReused:
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        form.form_errors.append(gettext("This is being done already."))
    else:
        whys = {int(key): Why(why) if why else None for key, why in kept["done"].items()}
        found = client_list.of_ids(session(), list(whys))
        outcomes = [Outcome(client=each.client, why=whys[each.client.id]) for each in found]
        return _page(
            "reseller/clients_done.html",
            form,
            [_shown(each) for each in outcomes],
            back=_back_form(kept.get("back")),
        )
    return clients_page(status=422, bulk_form=form)


def _back_form(back: dict[str, Any] | None) -> BulkForm | None:
    """The form that takes it back, filled in."""
    if back is None:
        return None
    threshold = back["threshold"]
    return BulkForm(
        packages.listed(session()),
        formdata=None,
        act=back["act"],
        threshold=""
        if threshold is None
        else units.decimal_string(threshold, resellers.own(session()).currency),
    )


def _page(
    template: str,
    form: BulkForm,
    outcomes: list[OutcomeShown],
    *,
    back: BulkForm | None = None,
) -> Response:
    return page(
        template,
        form=form,
        act=_label(form),
        touched=[each for each in outcomes if not each.why],
        left=[each for each in outcomes if each.why],
        back_url=url_for("reseller.clients") + query(),
        bulk_url=url_for("reseller.carry_out_bulk") + query(),
        back=back,
    )


def _label(form: BulkForm) -> str:
    return next(str(each.label) for each in form.act.choices if each.value == form.act.data)


def _shown(outcome: Outcome) -> OutcomeShown:
    client = outcome.client
    return OutcomeShown(
        id=client.id,
        name=client.name,
        number=client.number,
        why="" if outcome.why is None else str(WHYS[outcome.why]),
    )


def _chosen(form: BulkForm) -> list[int]:
    """The ids of what was ticked, or of all that the filter shows; none: the form says why."""
    if form.everything.data:
        asked = filters()
        found = client_list.ids(session(), asked.chosen()) if asked.validate() else []
    else:
        found = [each.client.id for each in client_list.of_ids(session(), ticked())]
    if not found:
        form.form_errors.append(gettext("Tick the clients that you mean."))
    if len(found) > CHOSEN_MAX:
        form.form_errors.append(
            gettext(
                "At most %(most)s can be changed at once. Narrow the list first.",
                most=number(CHOSEN_MAX),
            )
        )
        return []
    return found
