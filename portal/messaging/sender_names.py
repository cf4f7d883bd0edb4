"""What a message may say that it comes from."""

from __future__ import annotations

import re
import unicodedata

from portal.messaging import numbers
from portal.messaging.errors import InvalidNumber, SenderFault, SenderNotAllowed

CHARACTERS_MAX = 11

_NAME = re.compile(r"[A-Za-z0-9]+")
_LETTER = re.compile(r"[A-Za-z]")

# Letters and digits that pass for others at a glance. An i, an l and a 1 are one and the same.
_LOOKS_LIKE = str.maketrans(
    {
        **dict(zip("0123456789", "olzeasgtbg", strict=True)),
        **dict(zip("аеорсухіјѕԁԛԝһӏвкмнт", "aeopcyxijsdqwhlbkmht", strict=True)),
        **dict(zip("αεικνοορτυχηω", "aeiknooptuxnw", strict=True)),
        **dict(zip("$@!|€£ıiłøđ", "salleelllod", strict=True)),
    }
)

# Long enough that they hardly occur inside of an honest name.
_RESERVED_ANYWHERE = (
    "paypal", "klarna", "revolut", "mastercard", "coinbase", "binance", "wetransfer",
    "whatsapp", "facebook", "instagram", "linkedin", "microsoft", "google", "netflix", "icloud",
    "sparkasse", "postbank", "commerzbank", "deutschebk", "raiffeisen", "volksbank", "barclays",
    "santander", "unicredit", "bnpparibas", "natwest", "wellsfargo", "citibank", "bankofam",
    "pkobp", "mbank", "finanzamt", "bundesbank", "polizei", "policja", "feuerwehr", "emergency",
    "notruf", "interpol", "europol", "hmrevenue", "medicare",
)  # fmt: skip

# Short, or part of honest names: refused alone, and with digits before or behind.
_RESERVED_WHOLE = (
    "visa", "amex", "chase", "hsbc", "ing", "ingdiba", "dkb", "n26", "lloyds", "halifax", "pko",
    "apple", "appleid", "amazon", "ebay", "paysafe", "stripe", "telegram", "signal", "tiktok",
    "dhl", "ups", "usps", "fedex", "dpd", "gls", "hermes", "inpost", "royalmail", "poczta",
    "police", "fbi", "cia", "irs", "ssa", "hmrc", "dvla", "nhs", "gov", "govuk", "usgov", "cdc",
    "who", "zus", "bka", "zoll", "elster", "bank", "sos", "alert", "admin", "security", "police911",
)  # fmt: skip


def folded(name: str) -> str:
    """What a name looks like at a glance: lower case, without accents, with look-alikes as one.

    Two names with the same folded form may be taken for each other: PayPal and P4YPAl, also in
    Cyrillic or full-width letters. The form is for comparing, not for showing.
    """
    bare = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKS_LIKE)
    seen = "".join(c for c in bare if c.isalnum())
    return seen.replace("rn", "m").replace("vv", "w")


def is_number(sender: str) -> bool:
    """Whether a checked sender is a number, which must be the client's own, and not a name."""
    return sender.startswith("+")


def check(sender: str) -> str:
    """The sender as it will be shown: a name of 1 to 11 letters and digits, or an E.164 number.

    A number begins with a plus, and is returned without what was typed between its digits. Whether
    the client may use the sender, by approval or as owner of the number, is for the caller.

    Raises:
        SenderNotAllowed: if it is neither, or may be taken for a bank, a brand or an authority.
    """
    if not sender:
        raise SenderNotAllowed(sender, why=SenderFault.EMPTY)
    if sender.startswith("+"):
        return _number(sender)
    if _is_reserved(sender):
        raise SenderNotAllowed(sender, why=SenderFault.RESERVED)
    if _NAME.fullmatch(sender) is None:
        raise SenderNotAllowed(sender, why=SenderFault.CHARACTERS)
    if len(sender) > CHARACTERS_MAX:
        raise SenderNotAllowed(sender, why=SenderFault.LENGTH)
    if _LETTER.search(sender) is None:
        raise SenderNotAllowed(sender, why=SenderFault.NO_LETTER)
    return sender


def _number(sender: str) -> str:
    try:
        return numbers.parse(sender, default_country=None).e164
    except InvalidNumber:
        raise SenderNotAllowed(sender, why=SenderFault.NUMBER) from None


_ANYWHERE = tuple(folded(name) for name in _RESERVED_ANYWHERE)
_WHOLE = frozenset(folded(name) for name in _RESERVED_WHOLE)


def _is_reserved(sender: str) -> bool:
    look = folded(sender)
    without_digits = folded(sender.strip("0123456789"))
    return look in _WHOLE or without_digits in _WHOLE or any(name in look for name in _ANYWHERE)
