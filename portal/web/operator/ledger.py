"""Whether the books agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.infra import clock
from portal.reports import proof
from portal.web.operator.pages import across_resellers, blueprint
from portal.web.parts.pages import page


@dataclass(frozen=True, kw_only=True)
class ProofShown:
    """What a proof found, and when."""

    agrees: bool
    at: datetime
    accounts: int
    transfers: int
    messages: int
    findings: list[str]


@blueprint.get("/ledger")
@requires(Right.LEDGER_READ)
def ledger() -> Response:
    """The page with the button: a proof reads every transfer, so nobody gets one by passing by."""
    return page("operator/ledger.html", proof=None)


@blueprint.post("/ledger/prove")
@requires(Right.LEDGER_READ)
def prove() -> Response:
    """Compute every balance and charge of every reseller anew, and show what was found."""
    at = clock.now()
    with across_resellers() as everywhere:
        found = proof.prove(everywhere)
    return page(
        "operator/ledger.html",
        proof=ProofShown(
            agrees=found.agrees,
            at=at,
            accounts=found.accounts,
            transfers=found.transfers,
            messages=found.messages,
            findings=list(found.disagreements),
        ),
    )
