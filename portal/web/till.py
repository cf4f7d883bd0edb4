"""The operator's till: the pages on which resellers set up and see payments, on its console too.

The operator is paid by its resellers as they are by their clients: by the same providers, with
invoices under the same rules. So it has the same views, which work with the rows of whoever's
portal they are opened on, and lead on within the blueprint that they are called under.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from portal.web.operator import blueprint
from portal.web.parts.addresses import ID
from portal.web.reseller import (
    bank_account,
    bank_lines,
    deposits,
    invoice_settings,
    invoices,
    payment_secrets,
    payments,
    paypal_account,
    statements,
    transfers,
)

_READ: Final[dict[str, Callable[..., Any]]] = {
    "/payments": payments.payments,
    "/payments/bank": bank_account.bank_account,
    "/payments/events": payments.payment_events,
    "/deposits": deposits.deposits_list,
    f"/deposits/<{ID}:deposit_id>": deposits.deposit,
    "/transfers": transfers.transfers_list,
    f"/transfers/<{ID}:deposit_id>": transfers.transfer,
    "/transfers/statements": statements.statements,
    f"/transfers/statements/<{ID}:statement_id>": statements.statement,
    f"/transfers/statements/<{ID}:statement_id>/columns": statements.statement_columns,
    "/transfers/lines": bank_lines.open_lines,
    f"/transfers/lines/<{ID}:line_id>": bank_lines.bank_line,
    "/invoices": invoices.invoices,
    "/invoices.csv": invoices.invoices_csv,
    f"/invoices/<{ID}:invoice_id>": invoices.invoice,
    f"/invoices/<{ID}:invoice_id>.pdf": invoices.invoice_pdf,
}
_ACTS: Final[dict[str, Callable[..., Any]]] = {
    payment_secrets.PLACE: payment_secrets.payment_secrets,
    "/payments/stripe": payments.stripe_account,
    "/payments/stripe/test": payments.test_stripe,
    "/payments/stripe/offer": payments.pause_stripe,
    "/payments/stripe/remove": payments.remove_stripe,
    "/payments/paypal": paypal_account.paypal_account,
    "/payments/paypal/test": paypal_account.test_paypal,
    "/payments/paypal/offer": paypal_account.pause_paypal,
    "/payments/paypal/remove": paypal_account.remove_paypal,
    "/payments/bank": bank_account.change_bank_account,
    "/payments/bank/offer": bank_account.pause_bank_account,
    "/payments/bank/remove": bank_account.remove_bank_account,
    "/payments/rules": payments.deposit_rules,
    f"/payments/events/<{ID}:event_id>/replay": payments.replay_event,
    f"/deposits/<{ID}:deposit_id>/refund": deposits.refund_deposit,
    f"/deposits/<{ID}:deposit_id>/check": deposits.check_deposit,
    f"/transfers/<{ID}:deposit_id>/confirm": transfers.confirm_transfer,
    f"/transfers/<{ID}:deposit_id>/call-off": transfers.call_off_transfer,
    "/transfers/statements": statements.import_statement,
    f"/transfers/statements/<{ID}:statement_id>/columns": statements.name_columns,
    f"/transfers/lines/<{ID}:line_id>/book": bank_lines.book_line,
    f"/transfers/lines/<{ID}:line_id>/ignore": bank_lines.ignore_line,
    f"/transfers/lines/<{ID}:line_id>/undo": bank_lines.undo_line,
}

for _rule, _view in _READ.items():
    blueprint.add_url_rule(_rule, view_func=_view, methods=["GET"])
for _rule, _view in _ACTS.items():
    blueprint.add_url_rule(_rule, view_func=_view, methods=["POST"])
blueprint.add_url_rule(
    "/invoice-settings", view_func=invoice_settings.invoice_settings, methods=["GET", "POST"]
)

__all__ = ["blueprint"]
