"""Whether the books agree, and a warning on every page of the console while they do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import Response, g, url_for
from flask_babel import format_decimal, gettext

from portal.accounts.actor import Actor
from portal.accounts.roles import Audience, Right
from portal.http.actor import requires
from portal.http.unit_of_work import session
from portal.reports import proof
from portal.reports.proof import Proof
from portal.web.operator.pages import across_resellers, blueprint
from portal.web.parts.pages import Alarm, page


@dataclass(frozen=True, kw_only=True)
class ProofShown:
    """What a proof found, when, and how long it took; findings are the first of all that differ."""

    agrees: bool
    at: datetime
    seconds: str
    accounts: int
    transfers: int
    messages: int
    days: int
    sealed: int
    findings: list[str]
    more: int
    heads: list[str]


@blueprint.before_request
def warn() -> None:
    """Put the warning on the page that is about to be drawn, for those who may look closer."""
    actor: Actor | None = g.get("actor")
    if actor is None or actor.audience is not Audience.OPERATOR:
        return
    if actor.can(Right.LEDGER_READ):
        _warn_of(proof.last(session()))


@blueprint.get("/ledger")
@requires(Right.LEDGER_READ)
def ledger() -> Response:
    """What the last proof found. A proof reads every transfer: nobody gets one by passing by."""
    found = proof.last(session())
    return page("operator/ledger.html", proof=_shown(found) if found is not None else None)


@blueprint.post("/ledger/prove")
@requires(Right.LEDGER_READ)
def prove() -> Response:
    """Prove all books of every reseller anew; keep what was found, and show it."""
    with across_resellers() as everywhere:
        found = proof.prove(everywhere)
    proof.keep(session(), found)
    _warn_of(found)
    return page("operator/ledger.html", proof=_shown(found))


def _warn_of(found: Proof | None) -> None:
    g.alarm = None
    if found is not None and not found.agrees:
        g.alarm = Alarm(
            text=gettext("The books did not agree when they were last proved."),
            act=gettext("See which rows"),
            url=url_for("operator.ledger"),
        )


def _shown(found: Proof) -> ProofShown:
    findings = list(found.disagreements[: proof.FINDINGS_KEPT])
    return ProofShown(
        agrees=found.agrees,
        at=found.at,
        seconds=format_decimal(Decimal(found.milliseconds) / 1000, format="0.0"),
        accounts=found.accounts,
        transfers=found.transfers,
        messages=found.messages,
        days=found.days,
        sealed=found.sealed,
        findings=findings,
        more=found.disagree - len(findings),
        heads=[f"{name} {head.number} {head.hash}" for name, head in found.heads.items()],
    )
