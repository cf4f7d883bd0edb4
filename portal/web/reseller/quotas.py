"""Sub-accounts that are prepaid in messages: topped up many at once, or paying with money again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug import Response

from portal.accounts import quotas as verbs
from portal.accounts.errors import AmountNotPositive
from portal.accounts.quotas import Mode, NewQuota, NotPrepaid, QuotaTooSmall
from portal.accounts.roles import Right
from portal.billing import allocation
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.kept_answers import KeyReused, StillInProgress
from portal.pricing import packages, selling
from portal.reports import balances
from portal.reports.balances import CHOSEN_MAX, SubAccountBalance, SubAccountFilter
from portal.web.parts import once, paging
from portal.web.parts.formats import number
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint
from portal.web.reseller.quota_forms import ModeForm, QuotaFilters, TopUpForm


@dataclass(frozen=True)
class ChangeShown:
    """A quota before and after."""

    account: SubAccountBalance
    before: int
    parts: int


@blueprint.get("/quotas")
@requires(Right.WALLET_READ)
def quotas() -> Response:
    """All sub-accounts with what they have left, narrowed by what the address says."""
    return _page()


@blueprint.post("/quotas/top-up")
@requires(Right.MONEY_POST)
def top_up_quotas() -> Response:
    """Add messages to all that were ticked, or take them away, and show the new quotas."""
    form = TopUpForm()
    if form.validate_on_submit():
        chosen = _chosen(form)
        if chosen:
            changed = _once(form, chosen, verb=lambda: _topped_up(form, chosen))
            if changed is not None:
                return _result(changed)
    return _page(status=422, top_up_form=form)


@blueprint.post("/quotas/mode")
@requires(Right.MONEY_POST)
def set_quota_mode() -> Response:
    """Choose what all that were ticked pay with from now on."""
    form = ModeForm()
    if form.validate_on_submit():
        chosen = _chosen(form)
        if chosen and _once(form, chosen, verb=lambda: _mode_set(form, chosen)) is not None:
            flash(
                ngettext(
                    "%(num)d sub-account pays so from now on.",
                    "%(num)d sub-accounts pay so from now on.",
                    len(chosen),
                ),
                "success",
            )
            return redirect(_address(), 303)
    return _page(status=422, mode_form=form)


def _page(
    *, status: int = 200, top_up_form: TopUpForm | None = None, mode_form: ModeForm | None = None
) -> Response:
    form = QuotaFilters(packages.listed(session()))
    chosen = form.chosen() if form.validate() else SubAccountFilter()
    found = balances.sub_accounts(session(), chosen, below_id=paging.below_id(), limit=paging.ASKED)
    listed = paging.cut(found, id_of=lambda each: each.id)
    return page(
        "reseller/quotas.html",
        422 if form.errors else status,
        rows=listed.rows,
        total=balances.count_sub_accounts(session(), chosen),
        ticked=set(_ticked()),
        form=form,
        top_up_form=top_up_form or TopUpForm(formdata=None),
        mode_form=mode_form or ModeForm(formdata=None),
        allocation=_allocation(),
        query=_query(),
        prev_url=listed.prev_url,
        next_url=listed.next_url,
    )


def _query() -> dict[str, str]:
    """What the list is narrowed by, for addresses that keep it."""
    asked = QuotaFilters(packages.listed(session()))
    return {each.name: each.data for each in asked if each.data}


def _address() -> str:
    return f"{url_for('reseller.quotas')}?{urlencode(_query())}"


def _result(changed: list[NewQuota]) -> Response:
    accounts = {
        each.id: each
        for each in balances.sub_accounts_of_ids(
            session(), [each.sub_account_id for each in changed]
        )
    }
    return page(
        "reseller/quotas_changed.html",
        rows=[
            ChangeShown(accounts[each.sub_account_id], each.before, each.parts)
            for each in changed
            if each.sub_account_id in accounts
        ],
        allocation=_allocation(),
        query=_query(),
    )


def _allocation() -> allocation.Allocation:
    return allocation.allocation(session(), on=selling.today(session()))


def _ticked() -> list[int]:
    given = request.form.getlist("sub_account")
    return [int(each) for each in given if each.isascii() and each.isdigit() and len(each) < 20]


def _chosen(form: TopUpForm | ModeForm) -> list[int]:
    """The ids of what was ticked, or of all that the filter shows; none: the form says why."""
    if form.everything.data:
        filters = QuotaFilters(packages.listed(session()))
        wanted = filters.chosen() if filters.validate() else SubAccountFilter()
        found = balances.sub_account_ids(session(), wanted)
    else:
        found = _ticked()[: CHOSEN_MAX + 1]
        found = [each.id for each in balances.sub_accounts_of_ids(session(), found)]
    if not found:
        form.form_errors.append(gettext("Tick the sub-accounts that you mean."))
    if len(found) > CHOSEN_MAX:
        form.form_errors.append(
            gettext(
                "At most %(most)s can be changed at once. Narrow the list first.",
                most=number(CHOSEN_MAX),
            )
        )
        return []
    return found


def _topped_up(form: TopUpForm, chosen: list[int]) -> list[NewQuota]:
    return verbs.top_up(
        session(),
        sub_account_ids=chosen,
        parts=form.parts.change,
        by=g.actor,
        description=form.description.data or "",
    )


def _mode_set(form: ModeForm, chosen: list[int]) -> list[NewQuota]:
    for each in sorted(chosen):
        verbs.set_mode(session(), sub_account_id=each, mode=Mode(form.mode.data), by=g.actor)
    return []


def _once(
    form: TopUpForm | ModeForm, chosen: list[int], *, verb: Callable[[], list[NewQuota]]
) -> list[NewQuota] | None:
    """Do it once, all or none; None: it was refused, and the form says why, name by name."""

    def act() -> dict[str, Any]:
        return {"changed": [asdict(each) for each in verb()]}

    try:
        kept = once.answer(
            session(),
            owner_id=g.actor.person_id,
            endpoint=f"web.{type(form).__name__}",
            key=form.key.data,
            asked={
                "chosen": ",".join(map(str, sorted(chosen))),
                **{
                    each.name: each.data
                    for each in form
                    if isinstance(each.data, str) and each.name not in {"key", "csrf_token"}
                },
            },
            verb=act,
        )
    except AmountNotPositive:
        form.form_errors.append(gettext("Zero changes nothing."))
    except NotPrepaid:
        form.form_errors.append(
            gettext(
                "Nothing was changed, since these have no quota: %(names)s. Let them be prepaid in"
                " messages first, or take their ticks away.",
                names=_names(chosen, lambda each: each.mode is not Mode.PREPAID),
            )
        )
    except QuotaTooSmall as refused:
        needs = refused.needs
        form.form_errors.append(
            gettext(
                "Nothing was changed, since these have fewer than %(needs)s: %(names)s. A quota"
                " never goes below zero.",
                needs=number(needs),
                names=_names(chosen, lambda each: (each.left or 0) < needs),
            )
        )
    except KeyReused:
        form.key.data = once.new_key()
        form.form_errors.append(
            gettext("This form was sent before. Send it again if it is meant once more.")
        )
    except StillInProgress:
        form.form_errors.append(gettext("This is being done already."))
    else:
        return [NewQuota(**each) for each in kept["changed"]]
    return None


def _names(chosen: list[int], of: Callable[[SubAccountBalance], bool]) -> str:
    found = [each for each in balances.sub_accounts_of_ids(session(), chosen) if of(each)]
    return ", ".join(
        f"{each.client_name} / {each.name}"
        + ("" if each.left is None else f" ({number(each.left)})")
        for each in found
    )
