"""Who waits to be let in: what stands out about them, and an answer for one or for many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug import Response

from portal.accounts import access, sign_up_inbox
from portal.accounts.errors import WrongStanding
from portal.accounts.roles import Right
from portal.accounts.sign_up_inbox import Waiting
from portal.billing.assignments import OtherCurrency
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.infra.errors import NotFound, PortalError
from portal.pricing import packages, selling, shelf
from portal.provisioning import admitting
from portal.provisioning.admitting import Done
from portal.tenancy import resellers, settings
from portal.web.parts import paging, sign_up_rows
from portal.web.parts.forms import Form
from portal.web.parts.pages import page
from portal.web.parts.sign_up_rows import SignUpShown
from portal.web.reseller.package_choices import PackageChoices
from portal.web.reseller.pages import blueprint, origin
from portal.web.reseller.sign_up_forms import LetInForm, TurnDownForm, chosen

_TICKED = "ticked"
"""What the forms for all that are ticked are named with; those of a row have the client's id."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Somebody who waits, with the forms to answer them."""

    shown: SignUpShown
    ticked: bool
    let_in: LetInForm
    turn_down: TurnDownForm


@blueprint.get("/sign-ups")
@requires(Right.CLIENTS_READ)
def sign_ups() -> Response:
    """Who waits, the newest first."""
    return _page()


@blueprint.post("/sign-ups/activate")
@requires(Right.CLIENTS_MANAGE)
def activate_sign_ups() -> Response:
    """Let in whoever was chosen: one, or several with one package."""
    client_ids = chosen()
    suffix = _suffix(client_ids)
    form = LetInForm(_Choices().of(_paid_in(suffix)), usual=None, suffix=suffix)
    if not client_ids:
        form.form_errors.append(gettext("Tick those whom you want to let in."))
    elif form.validate_on_submit():
        done = admitting.activate_all(
            session(),
            client_ids=client_ids,
            package_id=int(form.package.data) if form.package.data else None,
            setup_fee=form.setup_fee.data,
            by=g.actor,
            origin=origin(),
        )
        count = len(done.clients)
        told = ngettext(
            "%(name)s is active and has been told.",
            "%(num)s clients are active and have been told.",
            count,
            name=done.clients[0].name if count else "",
        )
        return _answered(done, told=told)
    return _page(status=422, submitted={suffix: form}, ticked=client_ids)


@blueprint.post("/sign-ups/refuse")
@requires(Right.CLIENTS_MANAGE)
def refuse_sign_ups() -> Response:
    """Turn down whoever was chosen, for one reason."""
    client_ids = chosen()
    suffix = _suffix(client_ids)
    form = TurnDownForm(suffix=suffix)
    if not client_ids:
        form.form_errors.append(gettext("Tick those whom you want to refuse."))
    elif form.validate_on_submit():
        done = admitting.refuse_all(
            session(),
            client_ids=client_ids,
            ready=form.reason,
            own=form.own.data or "",
            by=g.actor,
            origin=origin(),
        )
        count = len(done.clients)
        told = ngettext(
            "%(name)s is refused and has been told why.",
            "%(num)s requests are refused, and those people have been told why.",
            count,
            name=done.clients[0].name if count else "",
        )
        return _answered(done, told=told)
    return _page(status=422, submitted={suffix: form}, ticked=client_ids)


def _answered(done: Done, *, told: str) -> Response:
    """Back to the list; where something could not be done, the list says at once what and why."""
    if not done.failed:
        flash(told, "success")
        return redirect(url_for("reseller.sign_ups"), 303)
    failures = [
        (each.name or gettext("A client that is gone"), _why(each.why)) for each in done.failed
    ]
    return _page(failures=failures, told=told if done.clients else "")


def _page(
    *,
    status: int = 200,
    submitted: Mapping[str, Form] | None = None,
    ticked: list[int] | None = None,
    failures: list[tuple[str, str]] | None = None,
    told: str = "",
) -> Response:
    found = paging.cut(
        sign_up_inbox.listed(session(), below_id=paging.below_id(), limit=paging.ASKED),
        id_of=lambda each: each.client.id,
    )
    forms, choices = submitted or {}, _Choices()
    others = {one for each in found.rows for hint in each.hints for one in hint.others}
    names = sign_up_inbox.names(session(), sorted(others))
    ticks = set(ticked or ())
    return page(
        "reseller/sign_ups.html",
        status,
        rows=[_row(each, choices, names, ticks, forms) for each in found.rows],
        let_in=_let_in(forms, choices, _currency(), _TICKED),
        turn_down=_turn_down(forms, _TICKED),
        counted=sign_up_inbox.counted(session()),
        failures=failures or [],
        told=told,
        prev_url=found.prev_url,
        next_url=found.next_url,
    )


class _Choices:
    """The packages that clients may begin with, asked for once for each currency."""

    def __init__(self) -> None:
        self.usual = settings.read(session()).admission.package_id
        self._has_defaults = packages.default(session()) is not None
        self._known: dict[str, PackageChoices] = {}

    def of(self, currency: str) -> PackageChoices:
        """Those with prices in a currency."""
        if currency not in self._known:
            amounts = shelf.priced_in(session(), currency, on=selling.today(session()))
            self._known[currency] = PackageChoices(
                amounts=amounts, currency=currency, has_defaults=self._has_defaults
            )
        return self._known[currency]


def _row(
    waiting: Waiting,
    choices: _Choices,
    names: Mapping[int, str],
    ticks: set[int],
    forms: Mapping[str, Form],
) -> Row:
    client = waiting.client
    return Row(
        shown=sign_up_rows.shown(waiting, names=names),
        ticked=client.id in ticks,
        let_in=_let_in(forms, choices, client.currency, str(client.id)),
        turn_down=_turn_down(forms, str(client.id)),
    )


def _let_in(forms: Mapping[str, Form], choices: _Choices, currency: str, suffix: str) -> LetInForm:
    sent = forms.get(suffix)
    if isinstance(sent, LetInForm):
        return sent
    offered = choices.of(currency)
    return LetInForm(offered, usual=choices.usual, suffix=suffix, formdata=None)


def _turn_down(forms: Mapping[str, Form], suffix: str) -> TurnDownForm:
    sent = forms.get(suffix)
    return sent if isinstance(sent, TurnDownForm) else TurnDownForm(suffix=suffix, formdata=None)


def _suffix(client_ids: list[int]) -> str:
    """Which of the forms was sent: that of a row, which names its client, or that of the ticks."""
    return str(client_ids[0]) if client_ids and "row" in request.form else _TICKED


def _currency() -> str:
    """What those who sign up pay in."""
    return resellers.own(session()).currency


def _paid_in(suffix: str) -> str:
    """The currency of a row's client, else that of everybody who signs up.

    Raises:
        NotFound: the row is of no client.
    """
    if suffix == _TICKED:
        return _currency()
    return access.client_by_id(session(), actor=g.actor, client_id=int(suffix)).currency


def _why(refused: PortalError) -> str:
    """Why nothing was done for one of several."""
    match refused:
        case WrongStanding():
            return str(gettext("Somebody else has answered this request."))
        case OtherCurrency():
            return str(gettext("The package has no prices in the currency of this client."))
        case NotFound():
            return str(gettext("The request, or the package, is not there any more."))
    return str(gettext("It could not be done. Please try it on the client's own page."))
