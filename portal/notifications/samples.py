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
