"""What the reseller has paid to the operator for its cover, and what has become of each."""

from __future__ import annotations

from flask import Response, g, request

from portal.accounts.roles import Right
from portal.http.actor import requires
from portal.http.unit_of_work import at_operator
from portal.invoicing import cover_months, invoice_lists
from portal.payments import asking, cover_deposits, deposit_lists, statuses
from portal.payments.deposit_lists import Chosen
from portal.tenancy import settings
from portal.web.parts import deposit_words, invoice_rows, paging, transfer_details
from portal.web.parts.addresses import ID
from portal.web.parts.pages import page
from portal.web.reseller.pages import blueprint


@blueprint.get("/cover/payments")
@requires(Right.WALLET_READ)
def cover_payments() -> Response:
    """All payments, the newest first."""
    with at_operator() as provider:
        found = deposit_lists.listed(
            provider,
            Chosen(payer_id=g.tenant.reseller_id),
            below_id=paging.below_id(),
            limit=paging.ASKED,
        )
        shown = paging.cut(found, id_of=lambda each: each.id)
        invoices = invoice_lists.of_deposits(provider, [each.id for each in shown.rows])
    return page(
        "reseller/cover_payments.html",
        rows=[deposit_words.shown(each) for each in shown.rows],
        invoices={number: invoice_rows.of_deposit(each) for number, each in invoices.items()},
        prev_url=shown.prev_url,
        next_url=shown.next_url,
    )


@blueprint.get(f"/cover/payments/<{ID}:deposit_id>")
@requires(Right.WALLET_READ)
def cover_payment(deposit_id: int) -> Response:
    """What has become of one; coming here credits nothing.

    Who comes back from the provider's page has it asked at once.

    Raises:
        NotFound: there is no such payment of this reseller's.
    """
    with at_operator() as provider:
        found = cover_deposits.of_payer(provider, deposit_id, payer_id=g.tenant.reseller_id)
        asking.is_back(provider, found, reference=request.args.get("token", ""))
        transfer = transfer_details.shown(provider, found)
        issued = invoice_lists.of_deposits(provider, [found.id]).get(found.id, [])
        refund_text = settings.read(provider).deposits.refund_text
        has_months = cover_months.are_settled(provider, g.tenant.reseller_id, found.currency)
    return page(
        "reseller/cover_payment.html",
        deposit=deposit_words.shown(found),
        transfer=transfer,
        invoices=invoice_rows.of_deposit(issued),
        is_credited=found.state in statuses.CREDITED,
        pays_months=has_months and found.state in statuses.CREDITED and not issued,
        refund_text=refund_text,
    )
