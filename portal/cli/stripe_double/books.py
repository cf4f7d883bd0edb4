"""What a simulated Stripe knows: the objects of each account, and whom it tells of what."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import requests
import stripe

from portal.cli.stripe_double.parameters import Wrong

Object = dict[str, Any]
Account = tuple[str, str]
"""Whose an object is: the key it was made with, and the connected account, if any."""

PAYS, DECLINED, DISPUTED = "4242424242424242", "4000000000000002", "4000000000000259"
DEMO_KEY: Final = "sk_test_demo_"
_NOT_KEPT: Final = {"customer": None, "payment_method": None, "setup_future_usage": None}
_PAUSES_SECONDS: Final = (0.5, 1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Hook:
    """Where an account is told of events, and the secret that they are signed with."""

    url: str
    secret: str


def demo_key(slug: str) -> str:
    """The key of a demonstration's reseller."""
    return DEMO_KEY + slug


def demo_secret(slug: str) -> str:
    """What its notifications are signed with: no secret, since nothing here is worth any money."""
    return "whsec_" + sha256(demo_key(slug).encode()).hexdigest()[:32]


def _id(kind: str) -> str:
    return f"{kind}_test_{secrets.token_hex(12)}"


@dataclass
class Books:
    """All objects by id, as Stripe would answer them; kept in a file, if one is given."""

    file: Path | None = None
    hooks: Callable[[Account], list[Hook]] = lambda _: []
    objects: dict[str, Object] = field(default_factory=dict)
    owners: dict[str, Account] = field(default_factory=dict)
    answered: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    busy: set[str] = field(default_factory=set)
    """The idempotency keys of calls that are not answered yet."""
    tells: bool = True
    """Whether anybody is told of anything."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        if self.file is not None and self.file.is_file():
            kept = json.loads(self.file.read_text())
            self.objects = kept["objects"]
            self.owners = {each: (of[0], of[1]) for each, of in kept["owners"].items()}

    def save(self) -> None:
        """Write everything down, so that a new start knows it again."""
        if self.file is None:
            return
        with self.lock:
            text = json.dumps({"objects": self.objects, "owners": self.owners})
        beside = self.file.with_suffix(".new")
        beside.write_text(text)
        beside.replace(self.file)

    def put(self, account: Account, kind: str, /, **values: Any) -> Object:
        """A new object."""
        made = {"id": _id(kind), "livemode": False, "created": int(time.time()), **values}
        with self.lock:
            self.objects[made["id"]] = made
            self.owners[made["id"]] = account
        return made

    def find(self, account: Account, number: str, kind: str) -> Object:
        """An object of an account.

        Raises:
            Wrong: there is none of this kind, or it is another account's.
        """
        found = self.objects.get(number)
        if found is None or self.owners[number] != account or found["object"] != kind:
            raise Wrong(
                f"No such {kind}: '{number}'", param="id", code="resource_missing", status=404
            )
        return found

    def all(self, account: Account, kind: str, **wanted: Any) -> Iterator[Object]:
        """The objects of a kind that an account has, newest first."""
        for number, found in reversed(list(self.objects.items())):
            is_own = found["object"] == kind and self.owners[number] == account
            if is_own and all(found.get(name) == value for name, value in wanted.items()):
                yield found

    def pay(self, session: Object, card: str) -> bool:
        """Somebody pays on the page; False if the card is declined."""
        account = self.owners[session["id"]]
        payment = self.put(
            account,
            "pi",
            object="payment_intent",
            amount=session["amount_total"],
            amount_received=0,
            currency=session["currency"],
            metadata=session["payment_intent_data"].get("metadata", {}),
            status="requires_payment_method",
            latest_charge=None,
            **{**_NOT_KEPT, **session.get("kept", {})},
        )
        session["payment_intent"] = payment["id"]
        if card == DECLINED:
            self.tell(account, "payment_intent.payment_failed", payment)
            return False
        self.succeed(payment, last_four=card[-4:])
        session |= {"status": "complete", "payment_status": "paid", "url": None}
        self.tell(account, "checkout.session.completed", session)
        if card == DISPUTED:
            self.dispute(payment["id"])
        return True

    def succeed(self, payment: Object, *, last_four: str) -> Object:
        """A payment goes through; its charge."""
        account = self.owners[payment["id"]]
        card = {"brand": "visa", "last4": last_four}
        charge = self.put(
            account,
            "ch",
            object="charge",
            amount=payment["amount"],
            amount_refunded=0,
            currency=payment["currency"],
            payment_intent=payment["id"],
            refunded=False,
            disputed=False,
            paid=True,
            status="succeeded",
            metadata=payment["metadata"],
            payment_method_details={"type": "card", "card": card},
        )
        payment |= {
            "status": "succeeded",
            "amount_received": payment["amount"],
            "latest_charge": charge["id"],
        }
        self.tell(account, "payment_intent.succeeded", payment)
        return charge

    def refund(self, account: Account, payment_id: str, *, amount: int, metadata: Object) -> Object:
        """Give some of a payment back.

        Raises:
            Wrong: more than is left, or there is no such payment.
        """
        payment = self.find(account, payment_id, "payment_intent")
        charge = self.find(account, payment["latest_charge"] or "", "charge")
        left = charge["amount"] - charge["amount_refunded"]
        if left == 0:
            number = charge["id"]
            raise Wrong(f"Charge {number} is refunded already.", code="charge_already_refunded")
        if amount > left:
            raise Wrong(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                param="amount",
            )
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        made = self.put(
            account,
            "re",
            object="refund",
            amount=amount,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=payment["id"],
            status="succeeded",
            metadata=metadata,
        )
        self.tell(account, "refund.created", made)
        self.tell(account, "charge.refunded", charge)
        return made

    def dispute(self, payment_id: str) -> Object:
        """The bank of whoever paid takes the money back, for now."""
        account, payment = self.owners[payment_id], self.objects[payment_id]
        made = self.put(
            account,
            "dp",
            object="dispute",
            amount=payment["amount"],
            currency=payment["currency"],
            charge=payment["latest_charge"],
            payment_intent=payment_id,
            reason="fraudulent",
            status="needs_response",
            metadata={},
        )
        self.tell(account, "charge.dispute.created", made)
        return made

    def close_dispute(self, number: str, *, won: bool) -> None:
        """The dispute is decided."""
        dispute = self.objects[number]
        dispute["status"] = "won" if won else "lost"
        self.tell(self.owners[number], "charge.dispute.closed", dispute)

    def tell(self, account: Account, kind: str, about: Object) -> Object:
        """Make an event, and send it to whoever is to be told."""
        event = self.put(
            account,
            "evt",
            object="event",
            type=kind,
            api_version=stripe.api_version,
            pending_webhooks=1,
            request={"id": None, "idempotency_key": None},
            data={"object": json.loads(json.dumps(about))},
        )
        if account[1]:
            event["account"] = account[1]
        if self.tells:
            for hook in self.hooks(account):
                threading.Thread(target=deliver, args=(event, hook), daemon=True).start()
        self.save()
        return event


def signed(event: Object, secret: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a notification."""
    body = json.dumps(event, indent=2)
    signature = stripe.WebhookSignature.generate_signature_header(body, secret)
    return body.encode(), {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature,
    }


def deliver(event: Object, hook: Hook) -> None:
    """Send an event until it is taken, some times."""
    for pause in _PAUSES_SECONDS:
        body, headers = signed(event, hook.secret)
        try:
            if requests.post(hook.url, data=body, headers=headers, timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(pause)
