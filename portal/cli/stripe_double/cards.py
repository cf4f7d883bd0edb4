"""The cards that a simulated Stripe knows, and those that it keeps to be charged later."""

from __future__ import annotations

import time
from enum import StrEnum, unique
from typing import Final

from portal.cli.stripe_double.books import (
    DECLINED,
    DEMO_KEY,
    DISPUTED,
    PAYS,
    Account,
    Books,
    Object,
    demo_key,
)
from portal.cli.stripe_double.parameters import Wrong

PAYS_ONCE, ASKS_OWNER = "4000000000000341", "4000002500003155"


@unique
class Later(StrEnum):
    """What a card does when it is charged while nobody sits before a page."""

    PAYS = "pays"
    DECLINED = "declined"
    ASKS_OWNER = "asks_owner"


CARDS: Final = {
    PAYS: Later.PAYS,
    DECLINED: Later.DECLINED,
    DISPUTED: Later.PAYS,
    PAYS_ONCE: Later.DECLINED,
    ASKS_OWNER: Later.ASKS_OWNER,
}
_REFUSALS: Final = {
    Later.DECLINED: ("Your card was declined.", "card_declined"),
    Later.ASKS_OWNER: (
        "Your card was declined. This transaction requires authentication.",
        "authentication_required",
    ),
}


def pay(books: Books, session: Object, number: str) -> bool:
    """Somebody pays on the page with a card; False if it is declined.

    Where the session says so, the card stays with a customer that is made for it.
    """
    account = books.owners[session["id"]]
    said = session["payment_intent_data"].get("setup_future_usage")
    if said is not None and number != DECLINED:
        customer = books.put(account, "cus", object="customer", email=session["customer_email"])
        method = attach(books, account, customer=customer["id"], number=number)
        session["kept"] = {
            "customer": customer["id"],
            "payment_method": method["id"],
            "setup_future_usage": said,
        }
    return books.pay(session, number)


def attach(books: Books, account: Account, *, customer: str, number: str, **values: str) -> Object:
    """A card that can be charged later, in the way of its number."""
    return books.put(
        account,
        "pm",
        object="payment_method",
        type="card",
        card={
            "brand": "visa",
            "last4": number[-4:],
            "exp_month": 12,
            "exp_year": time.gmtime().tm_year + 3,
        },
        customer=customer,
        metadata={},
        later=CARDS[number],
        **values,
    )


def demo_customer(slug: str) -> str:
    """The customer whose card an account of a demonstration has kept from the start."""
    return f"cus_demo_{slug}"


def demo_method(slug: str) -> str:
    """That card, which pays."""
    return f"pm_demo_{slug}"


def lend(books: Books, account: Account) -> None:
    """See that an account of a demonstration has the card that it has kept from the start."""
    slug = account[0].removeprefix(DEMO_KEY)
    if account != (demo_key(slug), "") or demo_method(slug) in books.objects:
        return
    customer, method = demo_customer(slug), demo_method(slug)
    books.put(account, "cus", object="customer", id=customer, email="demo@example.com")
    attach(books, account, customer=customer, number=PAYS, id=method)


def charge(books: Books, account: Account, given: Object) -> Object:
    """Charge a kept card at once; the payment.

    Raises:
        Wrong: it is declined, or such a charge is not one that this simulation knows.
    """
    lend(books, account)
    if given.get("confirm") != "true" or given.get("off_session") != "true":
        raise Wrong("Only charges of kept cards are simulated.", param="off_session")
    customer = books.find(account, given["customer"], "customer")
    method = books.find(account, given["payment_method"], "payment_method")
    if method["customer"] != customer["id"]:
        raise Wrong("The payment method is not attached to this customer.", param="payment_method")
    payment = books.put(
        account,
        "pi",
        object="payment_intent",
        amount=int(given["amount"]),
        amount_received=0,
        currency=given["currency"],
        customer=customer["id"],
        payment_method=method["id"],
        setup_future_usage=None,
        metadata=given.get("metadata", {}),
        status="requires_payment_method",
        latest_charge=None,
    )
    refusal = _REFUSALS.get(Later(method["later"]))
    if refusal is not None:
        books.tell(account, "payment_intent.payment_failed", payment)
        said, code = refusal
        raise Wrong(said, code=code, kind="card_error", status=402)
    books.succeed(payment, last_four=method["card"]["last4"])
    return payment


def detach(books: Books, account: Account, number: str) -> Object:
    """Take a card from its customer: nobody can charge it any more.

    Raises:
        Wrong: it has none.
    """
    lend(books, account)
    method = books.find(account, number, "payment_method")
    if method["customer"] is None:
        raise Wrong(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible."
        )
    method["customer"] = None
    books.tell(account, "payment_method.detached", method)
    return method
