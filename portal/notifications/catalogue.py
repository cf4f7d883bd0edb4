"""Every mail that the portal writes: for whom, and with which values.

Its words are in `emails/<key>/<language>.txt` of the themes, and a reseller may have its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from portal.notifications import paper_notices, samples
from portal.notifications.errors import UnknownNotice
from portal.notifications.notice import Audience, Notice
from portal.notifications.placeholders import Ours, Theirs

__all__ = ["NOTICES", "WORST", "Audience", "Notice", "notice"]


WORST: Final = (
    "first", "second", "third", "fourth", "fifth",
    "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
"""The variables for what is sold at the greatest loss, a line each; lines without one go."""

_LIST: Final = (
    Notice(
        key="signup_confirm",
        audience=Audience.CLIENT,
        values=samples.CLIENT,
        required=frozenset({"url"}),
        confidential=True,
    ),
    Notice(key="signup_received", audience=Audience.CLIENT, values=samples.CLIENT),
    Notice(
        key="signup_notice",
        audience=Audience.STAFF,
        values={
            **samples.PERSON,
            "email": Theirs("ada@example.com"),
            **{name: Theirs(line) for name, line in zip(WORST, samples.STANDS_OUT, strict=False)},
            "approve": Ours("https://sms.example.com/approve/x"),
            "portal": Theirs("SunnyText"),
            "url": Ours("https://sms.example.com/reseller/clients/1"),
        },
        required=frozenset({"url"}),
        confidential=True,
    ),
    Notice(
        key="account_exists",
        audience=Audience.CLIENT,
        values=samples.CLIENT,
        required=frozenset({"url"}),
    ),
    Notice(
        key="activated",
        audience=Audience.CLIENT,
        values=samples.CLIENT,
        required=frozenset({"url"}),
    ),
    Notice(
        key="refused",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "reason": Theirs("We serve firms in Canada only.")},
        required=frozenset({"reason"}),
    ),
    Notice(
        key="low_balance",
        audience=Audience.CLIENT,
        values=samples.BALANCE,
        required=frozenset({"balance"}),
    ),
    Notice(
        key="suspended",
        audience=Audience.CLIENT,
        values={**samples.BALANCE, "reason": Theirs("We are waiting for your tax number.")},
    ),
    Notice(key="reactivated", audience=Audience.CLIENT, values=samples.BALANCE),
    *paper_notices.LIST,
    *(
        Notice(key=key, audience=Audience.CLIENT, values=values, required=frozenset({"card"}))
        for key, values in samples.OF_CARDS.items()
    ),
    Notice(
        key="debt_reminder",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "debt": Ours("12.50 USD")},
        required=frozenset({"debt"}),
    ),
    Notice(
        key="bundle_used",
        audience=Audience.CLIENT,
        values={
            **samples.CLIENT,
            "package": Theirs("Starter"),
            "percent": Ours("80"),
            "left": Ours("100"),
            "size": Ours("500"),
            "renews_on": Ours("1 March 2027"),
        },
        required=frozenset({"percent", "renews_on"}),
    ),
    Notice(
        key="price_change",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, **samples.PRICES},
        required=frozenset({"date"}),
    ),
    Notice(
        key="client_asked",
        audience=Audience.STAFF,
        values={
            **samples.PERSON,
            "name": Theirs("Ada Weber"),
            "email": Theirs("ada@example.com"),
            "text": Theirs("How do I send to two numbers at once?"),
            "page": Theirs("https://sms.example.com/send"),
            "portal": Theirs("SunnyText"),
            "url": Ours("https://sms.example.com/reseller/clients/1"),
        },
        required=frozenset({"text"}),
    ),
    Notice(
        key="country_asked",
        audience=Audience.STAFF,
        values={
            **samples.PERSON,
            "country": Ours("Poland"),
            "portal": Theirs("SunnyText"),
            "url": Ours("https://sms.example.com/reseller/country-requests"),
        },
        required=frozenset({"country", "url"}),
    ),
    Notice(
        key="country_opened",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "country": Ours("Poland")},
        required=frozenset({"country"}),
    ),
    Notice(
        key="country_declined",
        audience=Audience.CLIENT,
        values={
            **samples.CLIENT,
            "country": Ours("Poland"),
            "reason": Theirs("We do not send there."),
        },
        required=frozenset({"country", "reason"}),
    ),
    Notice(
        key="password_reset",
        audience=Audience.CLIENT,
        values=samples.CLIENT,
        required=frozenset({"url"}),
        confidential=True,
    ),
    Notice(
        key="invited",
        audience=Audience.CLIENT,
        values=samples.CLIENT,
        required=frozenset({"url"}),
        confidential=True,
    ),
    Notice(key="password_changed", audience=Audience.CLIENT, values=samples.CLIENT),
    Notice(
        key="new_sign_in",
        audience=Audience.CLIENT,
        values={
            **samples.CLIENT,
            "browser": Theirs("Firefox, Windows"),
            "address": Ours("192.0.2.1"),
            "time": Ours("1 March 2027, 10:15"),
        },
        required=frozenset({"url"}),
    ),
    Notice(
        key="email_change",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "email": Theirs("ada@example.com")},
        required=frozenset({"url"}),
        confidential=True,
    ),
    Notice(
        key="email_changed",
        audience=Audience.CLIENT,
        values={**samples.CLIENT, "email": Theirs("ada@example.com")},
    ),
    Notice(
        key="sign_in_changed",
        audience=Audience.CLIENT,
        values=samples.CLIENT,
        required=frozenset({"url"}),
    ),
    *(
        Notice(
            key=key,
            audience=Audience.STAFF,
            values=samples.COVER,
            required=frozenset({"company", "balance"}),
        )
        for key in ("low_cover", "cover_used_up")
    ),
    *(
        Notice(
            key=key,
            audience=Audience.STAFF,
            values=samples.COVER_PAYMENT,
            required=frozenset({"amount", "url"}),
        )
        for key in ("cover_credited", "cover_pending", "cover_refunded")
    ),
    Notice(
        key="cover_invoice",
        audience=Audience.STAFF,
        values={**samples.COVER_PAYMENT, "number": Theirs("W-2026-00017")},
        required=frozenset({"number", "url"}),
    ),
    *(
        Notice(
            key=key,
            audience=Audience.STAFF,
            values=samples.COVER_INVOICE,
            required=frozenset({"number", "due", "until", "url"}),
        )
        for key in ("cover_invoice_due", "cover_invoice_overdue")
    ),
    Notice(
        key="sold_below_cost",
        audience=Audience.STAFF,
        values={
            "count": Ours("12"),
            **{name: Theirs(line) for name, line in zip(WORST, samples.BELOW_COST, strict=True)},
            "not_sent": Ours("12"),
            "portal": Theirs("SunnyText"),
            "url": Ours("https://sms.example.com/reseller/packages/below-cost"),
        },
        required=frozenset({"count", "url"}),
    ),
    Notice(
        key="mail_server_failing",
        audience=Audience.STAFF,
        values={**samples.MAIL_SERVER, "answer": Theirs("535 5.7.8 Authentication failed")},
        required=frozenset({"server", "url"}),
    ),
    Notice(
        key="hostname_failing",
        audience=Audience.STAFF,
        values=samples.HOSTNAME,
        required=frozenset({"name", "url"}),
    ),
    Notice(
        key="mail_test",
        audience=Audience.STAFF,
        values=samples.MAIL_SERVER,
        required=frozenset({"server"}),
    ),
    Notice(
        key="books_disagree",
        audience=Audience.OPERATOR,
        values={
            "rows": Ours("2"),
            "first": Ours("reseller 1, message 7: price says 13800, refunds gave 0"),
            "portal": Theirs("Console"),
            "url": Ours("https://console.example.com/operator/ledger"),
        },
        required=frozenset({"first", "url"}),
    ),
)
NOTICES: Final[Mapping[str, Notice]] = MappingProxyType({each.key: each for each in _LIST})


def notice(key: str) -> Notice:
    """A notice by its key.

    Raises:
        UnknownNotice: there is none.
    """
    if key not in NOTICES:
        raise UnknownNotice(key)
    return NOTICES[key]
