"""The mails about deposits, what became of them, and the papers that are made of them."""

from __future__ import annotations

from typing import Final

from portal.notifications import samples
from portal.notifications.notice import Audience, Notice
from portal.notifications.placeholders import Ours, Theirs

LIST: Final = (
    *(
        Notice(
            key=key,
            audience=Audience.CLIENT,
            values={**samples.CLIENT, "amount": Ours("50.00 USD")},
            required=frozenset({"amount"}),
        )
        for key in ("deposit_received", "deposit_pending", "deposit_refunded")
    ),
    Notice(
        key="invoice",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "amount": Ours("50.00 USD"), "number": Theirs("R-2026-00017")},
        required=frozenset({"number", "url"}),
    ),
    Notice(
        key="statement",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "month": Ours("February 2027")},
        required=frozenset({"url"}),
    ),
    Notice(
        key="deposit_disputed",
        audience=Audience.STAFF,
        values={
            "client": Theirs("Weber & Sons"),
            "amount": Ours("50.00 USD"),
            "provider": Ours("Stripe"),
            "reason": Theirs("fraudulent"),
            "portal": Theirs("SunnyText"),
            "url": Ours("https://sms.example.com/reseller/deposits/1"),
        },
        required=frozenset({"amount", "url"}),
    ),
    Notice(
        key="payment_account_failing",
        audience=Audience.STAFF,
        values={
            "provider": Ours("Stripe"),
            "answer": Theirs("Invalid API Key provided"),
            "portal": Theirs("SunnyText"),
            "url": Ours("https://sms.example.com/reseller/payments"),
        },
        required=frozenset({"provider", "url"}),
    ),
)
