"""What a simulated PayPal knows: the objects of each account, and whom it tells of what."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from portal.cli.paypal_double.names import Hook, now, number
from portal.cli.paypal_double.parameters import Wrong
from portal.cli.paypal_double.signing import Object, Signer

PAYS, HELD, DECLINED, DISPUTED = "pays", "held", "declined", "disputed"
"""What becomes of a payment, as it is chosen on the page."""
_PAUSES_SECONDS: Final = (0.5, 1, 2, 4, 8, 16)


@dataclass
class Books:
    """All objects by their numbers, as PayPal would answer them; kept in a file, if one is given.

    Accounts are known by the client ids that they show.
    """

    file: Path | None = None
    hooks: Callable[[str], list[Hook]] = lambda _: []
    objects: dict[str, Object] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    """What is to become of an order's payment."""
    events: list[tuple[str, Object]] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    tells: bool = True
    """Whether anybody is told of anything."""
    signer: Signer = field(default_factory=Signer)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.is_file():
            kept = json.loads(self.file.read_text())
            self.objects, self.owners = kept["objects"], kept["owners"]

    def save(self) -> None:
        """Write everything down, so that a new start knows it again."""
        if self.file is None:
            return
        with self.lock:
            text = json.dumps({"objects": self.objects, "owners": self.owners})
            beside = self.file.with_suffix(".new")
            beside.write_text(text)
            beside.replace(self.file)

    def put(self, client: str, kind: str, **values: Any) -> Object:
        """A new object."""
        made = {"id": number(), "_kind": kind, "create_time": now(), **values}
        with self.lock:
            self.objects[made["id"]] = made
            self.owners[made["id"]] = client
        return made

    def find(self, client: str, wanted: str, kind: str) -> Object:
        """An object of an account.

        Raises:
            Wrong: there is none of this kind, or it is another account's.
        """
        found = self.objects.get(wanted)
        if found is None or self.owners[wanted] != client or found["_kind"] != kind:
            raise Wrong(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")
        return found

    def all(self, client: str, kind: str) -> Iterator[Object]:
        """The objects of a kind that an account has, newest first."""
        for each, found in reversed(list(self.objects.items())):
            if found["_kind"] == kind and self.owners[each] == client:
                yield found

    def approve(self, order: Object, ending: str) -> None:
        """Somebody agrees on the page."""
        self.endings[order["id"]] = ending
        order["status"] = "APPROVED"
        self.tell(self.owners[order["id"]], "CHECKOUT.ORDER.APPROVED", "checkout-order", order)

    def capture(self, order: Object) -> None:
        """Take the money of an order, once.

        Raises:
            Wrong: nobody has agreed, it was taken before, or the card is declined.
        """
        with self.lock:
            if order["status"] == "COMPLETED":
                raise Wrong(422, "UNPROCESSABLE_ENTITY", "ORDER_ALREADY_CAPTURED")
            if order["status"] != "APPROVED":
                raise Wrong(422, "UNPROCESSABLE_ENTITY", "ORDER_NOT_APPROVED")
            ending = self.endings.get(order["id"], PAYS)
            if ending == DECLINED:
                order["status"] = "PAYER_ACTION_REQUIRED"
                raise Wrong(422, "UNPROCESSABLE_ENTITY", "INSTRUMENT_DECLINED")
            order["status"] = "COMPLETED"
            unit = order["purchase_units"][0]
            made = self.put(
                self.owners[order["id"]],
                "capture",
                status="PENDING" if ending == HELD else "COMPLETED",
                amount={name: unit["amount"][name] for name in ("currency_code", "value")},
                custom_id=unit.get("custom_id"),
                invoice_id=unit.get("invoice_id"),
                final_capture=True,
                supplementary_data={"related_ids": {"order_id": order["id"]}},
                links=[],
            )
            if ending == HELD:
                made["status_details"] = {"reason": "ECHECK"}
            unit["payments"] = {"captures": [made["id"]], "refunds": []}
        kind = "PENDING" if ending == HELD else "COMPLETED"
        self.tell(self.owners[order["id"]], f"PAYMENT.CAPTURE.{kind}", "capture", made)
        if ending == DISPUTED:
            self.dispute(made["id"])

    def clear(self, capture_id: str, *, good: bool = True) -> None:
        """Money that was held arrives, or does not."""
        capture = self.objects[capture_id]
        capture.pop("status_details", None)
        capture["status"] = "COMPLETED" if good else "DECLINED"
        kind = "COMPLETED" if good else "DENIED"
        self.tell(self.owners[capture_id], f"PAYMENT.CAPTURE.{kind}", "capture", capture)

    def refund(self, client: str, capture_id: str, given: Mapping[str, Any]) -> Object:
        """Give some of a payment back.

        Raises:
            Wrong: more than is left, or there is no such payment.
        """
        with self.lock:
            capture = self.find(client, capture_id, "capture")
            order = self.objects[capture["supplementary_data"]["related_ids"]["order_id"]]
            payments = order["purchase_units"][0]["payments"]
            gone = sum(
                Decimal(self.objects[each]["amount"]["value"]) for each in payments["refunds"]
            )
            left = Decimal(capture["amount"]["value"]) - gone
            amount = given.get("amount") or {**capture["amount"], "value": str(left)}
            if left == 0:
                raise Wrong(422, "UNPROCESSABLE_ENTITY", "CAPTURE_FULLY_REFUNDED")
            if Decimal(amount["value"]) > left:
                raise Wrong(422, "UNPROCESSABLE_ENTITY", "REFUND_AMOUNT_EXCEEDED")
            is_whole = Decimal(amount["value"]) == left
            capture["status"] = "REFUNDED" if is_whole else "PARTIALLY_REFUNDED"
            made = self.put(
                client,
                "refund",
                status="COMPLETED",
                amount=amount,
                custom_id=given.get("custom_id"),
                links=[{"rel": "up", "href": f"https://x/v2/payments/captures/{capture_id}"}],
            )
            payments["refunds"].append(made["id"])
        self.tell(client, "PAYMENT.CAPTURE.REFUNDED", "refund", made)
        return made

    def dispute(self, capture_id: str, *, stage: str = "CHARGEBACK") -> Object:
        """Whoever paid complains, and the money is held back."""
        client, capture = self.owners[capture_id], self.objects[capture_id]
        made = self.put(
            client,
            "dispute",
            reason="UNAUTHORISED",
            status="WAITING_FOR_SELLER_RESPONSE",
            dispute_life_cycle_stage=stage,
            dispute_amount=capture["amount"],
            disputed_transactions=[{"seller_transaction_id": capture_id}],
        )
        made["dispute_id"] = made["id"]
        self.tell(client, "CUSTOMER.DISPUTE.CREATED", "dispute", made)
        return made

    def close_dispute(self, wanted: str, *, won: bool) -> None:
        """The dispute is decided."""
        code = "RESOLVED_SELLER_FAVOUR" if won else "RESOLVED_BUYER_FAVOUR"
        dispute = self.objects[wanted]
        dispute |= {"status": "RESOLVED", "dispute_outcome": {"outcome_code": code}}
        self.tell(self.owners[wanted], "CUSTOMER.DISPUTE.RESOLVED", "dispute", dispute)

    def shown(self, found: Object) -> Object:
        """An object as it is answered: an order with its payments as a whole."""
        whole: Object = json.loads(json.dumps(found))
        del whole["_kind"]
        for unit in whole.get("purchase_units", []):
            for kind, numbers in unit.get("payments", {}).items():
                unit["payments"][kind] = [self.shown(self.objects[each]) for each in numbers]
        return whole

    def tell(self, client: str, kind: str, resource_type: str, about: Object) -> None:
        """Make an event, and send it to whoever is to be told."""
        event = {
            "id": f"WH-{number()}",
            "event_version": "1.0",
            "create_time": now(),
            "resource_type": resource_type,
            "event_type": kind,
            "summary": kind,
            "resource": self.shown(about),
            "links": [],
        }
        self.events.append((client, event))
        if self.tells:
            for hook in self.hooks(client):
                threading.Thread(target=self._deliver, args=(event, hook), daemon=True).start()
        self.save()

    def _deliver(self, event: Object, hook: Hook) -> None:
        """Send an event until it is taken, some times."""
        for pause in _PAUSES_SECONDS:
            body, headers = self.signer.signed(event, hook.webhook_id)
            asked = urllib.request.Request(hook.url, data=body, headers=headers)  # noqa: S310 - ours
            try:
                with urllib.request.urlopen(asked, timeout=5):  # noqa: S310 - the portal's own hook
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(pause)
