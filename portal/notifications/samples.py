"""What many mails may name of a client, of a cover and of a server: each value with a sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from portal.notifications.placeholders import Ours, Theirs, Value

PERSON: Final[Mapping[str, Value]] = {
    "firstname": Theirs("Ada"),
    "lastname": Theirs("Weber"),
    "company": Theirs("Weber & Sons"),
}
CLIENT: Final[Mapping[str, Value]] = {
    **PERSON,
    "balance": Ours("18.40 USD"),
    "portal": Theirs("SunnyText"),
    "url": Ours("https://sms.example.com/login"),
}
BALANCE: Final[Mapping[str, Value]] = {**CLIENT, "threshold": Ours("20.00 USD")}
COVER: Final[Mapping[str, Value]] = {
    "company": Theirs("SunnyText"),
    "balance": Ours("48.20 USD"),
    "threshold": Ours("50.00 USD"),
    "portal": Theirs("SunnyText"),
    "url": Ours("https://sms.example.com/reseller/cover"),
}
COVER_PAYMENT: Final[Mapping[str, Value]] = {
    "company": Theirs("SunnyText"),
    "amount": Ours("200.00 USD"),
    "balance": Ours("248.20 USD"),
    "portal": Theirs("SunnyText"),
    "url": Ours("https://sms.example.com/reseller/cover/payments/1"),
}
COVER_INVOICE: Final[Mapping[str, Value]] = {
    **COVER_PAYMENT,
    "number": Theirs("W-2026-00017"),
    "month": Ours("November 2026"),
    "due": Ours("150.00 USD"),
    "until": Ours("Dec 15, 2026"),
}
MAIL_SERVER: Final[Mapping[str, Value]] = {
    "server": Theirs("smtp.example.com"),
    "portal": Theirs("SunnyText"),
    "url": Ours("https://sms.example.com/reseller/mail"),
}
HOSTNAME: Final[Mapping[str, Value]] = {
    "name": Theirs("sms.example.com"),
    "portal": Theirs("SunnyText"),
    "url": Ours("https://sms.example.com/reseller/hostnames/sms.example.com"),
}
PRICES: Final[Mapping[str, Value]] = {
    "package": Theirs("Starter"),
    "date": Ours("1 March 2027"),
    "country": Ours("Germany"),
    "old": Ours("0.075 USD"),
    "new": Ours("0.081 USD"),
    "incoming_old": Ours("0.01 USD"),
    "incoming_new": Ours("0.02 USD"),
    "monthly_old": Ours("9.00 USD"),
    "monthly_new": Ours("10.00 USD"),
}

BELOW_COST: Final = tuple(
    f"Starter · Germany +49{digit} · $0.05 · $0.06 · Dec 1, 2026" for digit in range(10)
)

STANDS_OUT: Final = (
    "– gmail.com gives an address to anybody, so it names no firm.",
    "– The telephone number is of another country: Germany.",
    "– Another client has this telephone number.",
    "– The clock of the browser is in another country: Europe/Berlin.",
    "– Another client has this postal address.",
    "– Somebody like this was refused before.",
)

_CHARGE: Final[Mapping[str, Value]] = {
    **CLIENT,
    "amount": Ours("50.00 USD"),
    "card": Theirs("Visa ••4242"),
}
_CARD: Final[Mapping[str, Value]] = {
    **CLIENT,
    "card": Theirs("Visa ••4242"),
    "expires": Ours("31 March 2027"),
}
OF_CARDS: Final[Mapping[str, Mapping[str, Value]]] = {
    "top_up_failed": _CHARGE,
    "top_up_confirm": _CHARGE,
    "card_expiring": _CARD,
}
"""What the mails about kept cards may name."""
