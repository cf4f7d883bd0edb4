"""What PayPal's interface takes, by name, and a refusal of everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Known = Mapping[str, Any]
"""Names, and below each what it holds in turn; None where that is a plain value."""

MONEY: Final[Known] = {"currency_code": None, "value": None}
ORDER: Final[Known] = {
    "intent": None,
    "purchase_units": {
        "amount": {**MONEY, "breakdown": None},
        "reference_id": None,
        "payee": {"email_address": None, "merchant_id": None},
        "description": None,
        "custom_id": None,
        "invoice_id": None,
        "soft_descriptor": None,
    },
    "payment_source": {
        "paypal": {
            "email_address": None,
            "experience_context": {
                "brand_name": None,
                "locale": None,
                "shipping_preference": None,
                "return_url": None,
                "cancel_url": None,
                "landing_page": None,
                "user_action": None,
                "payment_method_preference": None,
            },
        }
    },
}
CAPTURE: Final[Known] = {"payment_source": None}
REFUND: Final[Known] = {
    "amount": MONEY,
    "custom_id": None,
    "invoice_id": None,
    "note_to_payer": None,
}
VERIFICATION: Final[Known] = {
    "auth_algo": None,
    "cert_url": None,
    "transmission_id": None,
    "transmission_sig": None,
    "transmission_time": None,
    "webhook_id": None,
    "webhook_event": None,
}


class Wrong(Exception):
    """PayPal would refuse this, with such an error."""

    def __init__(self, status: int, name: str, issue: str, description: str = "") -> None:
        super().__init__(issue)
        self.status = status
        self.body = {
            "name": name,
            "message": description or issue,
            "debug_id": "f00d",
            "details": [{"issue": issue, "description": description or issue}],
            "links": [],
        }


def refuse_unknown(known: Known, given: object, *, where: str = "") -> None:
    """See that there is no name in it that PayPal does not know.

    Raises:
        Wrong: naming the first.
    """
    for each in given if isinstance(given, list) else [given]:
        if not isinstance(each, dict):
            raise Wrong(400, "INVALID_REQUEST", "INVALID_PARAMETER_SYNTAX", where)
        for name, value in each.items():
            if name not in known:
                raise Wrong(400, "INVALID_REQUEST", "UNKNOWN_PARAMETER", f"{where}{name}")
            if known[name] is not None:
                refuse_unknown(known[name], value, where=f"{where}{name}.")
