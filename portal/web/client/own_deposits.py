"""What a client has paid in, and what has become of each."""

from __future__ import annotations

from collections.abc import Collection

from flask import Response, g, request

from portal.accounts.roles import Right
from portal.http.actor import offers, requires
from portal.http.language import language
from portal.http.unit_of_work import session
from portal.invoicing import invoice_lists
from portal.payments import asking, deposit_lists, deposits, statuses
from portal.payments.deposit_lists import Chosen
from portal.tenancy import settings
from portal.tenancy.display import Service
from portal.web.client.pages import blueprint, own_client
from portal.web.parts import deposit_words, invoice_rows, paging, transfer_details
from portal.web.parts.addresses import ID
from portal.web.parts.invoice_rows import InvoiceShown
from portal.web.parts.pages import page


@blueprint.get("/deposits")
@offers(Service.DEPOSITS)
@requires(Right.PAYMENTS_READ)
def own_deposits() -> Response:
    """All deposits, the newest first."""
    found = deposit_lists.listed(
        session(),
        Chosen(client_id=own_client().id),
        below_id=paging.below_id(),
        limit=paging.ASKED,
    )
    shown = paging.cut(found, id_of=lambda each: each.id)
    return page(
        "client/deposits.html",
        rows=[deposit_words.shown(each) for each in shown.rows],
        invoices=_invoices([each.id for each in shown.rows]),
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/deposits/<{ID}:deposit_id>")
@offers(Service.DEPOSITS)
@requires(Right.WALLET_PAY)
def own_deposit(deposit_id: int) -> Response:
    """What has become of one; coming here credits nothing.

    Who comes back from the provider's page has it asked at once.

    Raises:
        NotFound: there is no such deposit of this client.
    """
    found = deposits.of_actor(session(), deposit_id, actor=g.actor)
    asking.is_back(session(), found, reference=request.args.get("token", ""))
    return page(
        "client/deposit.html",
        deposit=deposit_words.shown(found),
        transfer=transfer_details.shown(session(), found),
        invoices=_invoices([found.id]).get(found.id, []),
        is_credited=found.state in statuses.CREDITED,
        refund_text=settings.read(session()).deposits.refund_text_in(language()),
    )


def _invoices(deposit_ids: Collection[int]) -> dict[int, list[InvoiceShown]]:
    """What was issued for each of these deposits."""
    found = invoice_lists.of_deposits(session(), deposit_ids)
    return {number: invoice_rows.of_deposit(each) for number, each in found.items()}
