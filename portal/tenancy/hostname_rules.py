"""Which names a reseller may ask for, and what stands where in the records that prove them."""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import idna
from publicsuffixlist import PublicSuffixList

from portal.infra.errors import PortalError
from portal.tenancy import hostnames

LENGTH_MAX: Final = 253
PROOF: Final = "_portal-proof"
MAIL_PRIORITY: Final = 10
"""What the MX record for Email2SMS says; with a single one, any number is as good."""

_OF_ADDRESS_BARS: Final = frozenset("/\\@?#")
_DOTS: Final = frozenset(".\u3002\uff0e\uff61")  # IDNA reads all of them as a dot

# Names that never lead anywhere in the public internet (RFC 6761, 6762, 7686, 8375, and ICANN's).
_LOCAL: Final = frozenset({"localhost", "local", "internal", "invalid", "arpa", "onion", "home"})
# Scripts that are written together; Latin may stand beside each (UTS 39, "highly restrictive").
_TOGETHER: Final = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)


class Why(StrEnum):
    """Why a name is refused, in an order of precedence: the same name always gets the same."""

    LONG = "long"
    ADDRESS_BAR = "address_bar"
    WILDCARD = "wildcard"
    UNDERSCORE = "underscore"
    NUMBERS = "numbers"
    PORT = "port"
    DOT = "dot"
    LOCAL = "local"
    NO_DOT = "no_dot"
    CHARACTERS = "characters"
    CODED = "coded"
    MIXED = "mixed"
    SUFFIX = "suffix"
    OURS = "ours"


class NameUnfit(PortalError):
    """Nobody may have this name here, or it is none."""

    code = "hostname_unfit"

    def __init__(self, why: Why) -> None:
        super().__init__(f"the name cannot be taken: {why.value}")
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Places:
    """A name as the forms of domain providers ask for it.

    `domain` is what was bought, `host` what stands before it: empty for the domain itself.
    """

    domain: str
    host: str
    proof_name: str
    proof_host: str

    @property
    def is_domain(self) -> bool:
        """Whether the name is the domain itself, which can have no CNAME record."""
        return not self.host


def read(text: str, *, zone: str) -> str:
    """A name that somebody wrote, as it is stored; `zone` is the installation's own.

    Raises:
        NameUnfit: with the first reason that holds.
    """
    why = _written_wrong(text.strip())
    if why is not None:
        raise NameUnfit(why)
    name = hostnames.normalise(text)
    if name is None:
        raise NameUnfit(Why.CHARACTERS)
    if name.rpartition(".")[2] in _LOCAL:
        raise NameUnfit(Why.LOCAL)
    if "." not in name:
        raise NameUnfit(Why.NO_DOT)
    for label in name.split("."):
        _refuse_disguise(label)
    if suffixes().is_public(name):
        raise NameUnfit(Why.SUFFIX)
    if zone and (name == zone or name.endswith(f".{zone}")):
        raise NameUnfit(Why.OURS)
    return name


def above(name: str) -> list[str]:
    """The name and those that it stands under, down to the domain that somebody bought."""
    return [name, *_parents(name)]


def places(name: str) -> Places:
    """What to write where in a provider's form for this name."""
    domain = suffixes().privatesuffix(name) or name
    host = name.removesuffix(domain).removesuffix(".")
    return Places(
        domain=domain,
        host=host,
        proof_name=proof_name(name),
        proof_host=f"{PROOF}.{host}" if host else PROOF,
    )


def proof_name(name: str) -> str:
    """Where the record stands that proves whose a name is."""
    return f"{PROOF}.{name}"


def reading(name: str) -> str:
    """How a name with letters beyond A to Z is meant to be read; empty for a plain one."""
    if "xn--" not in name:
        return ""
    try:
        return str(idna.decode(name))
    except idna.IDNAError:
        return ""


@cache
def suffixes() -> PublicSuffixList:
    """The endings below which anybody can buy a domain; read once, when first asked for."""
    return PublicSuffixList()


def _parents(name: str) -> Iterator[str]:
    domain = suffixes().privatesuffix(name)
    while domain is not None and name != domain:
        name = name.partition(".")[2]
        yield name


def _written_wrong(text: str) -> Why | None:
    """What is wrong before the name is read at all; None if nothing is."""
    return next((why for why, holds in _BEFORE_READING.items() if holds(text)), None)


def _is_address(text: str) -> bool:
    """Whether a browser would take it for an address of numbers, however they are written."""
    plain = unicodedata.normalize("NFKC", text).lower()
    try:
        ipaddress.ip_address(plain.strip("[]"))
    except ValueError:
        host = plain.partition(":")[0].removesuffix(".")
        return hostnames.is_numeric(host.rpartition(".")[2])
    return True


_BEFORE_READING: Final[dict[Why, Callable[[str], bool]]] = {
    Why.LONG: lambda text: len(text) > LENGTH_MAX,
    Why.ADDRESS_BAR: lambda text: bool(_OF_ADDRESS_BARS & set(text)),
    Why.WILDCARD: lambda text: "*" in text,
    Why.UNDERSCORE: lambda text: "_" in text,
    Why.NUMBERS: _is_address,
    Why.PORT: lambda text: ":" in text,
    Why.DOT: lambda text: text[-1:] in _DOTS,
}


def _refuse_disguise(label: str) -> None:
    """Refuse an encoded label that stands for nothing, and one whose letters are mixed.

    Raises:
        NameUnfit: it is one.
    """
    if label[2:4] != "--":
        return
    try:
        seen = idna.ulabel(label)
    except (idna.IDNAError, UnicodeError):
        raise NameUnfit(Why.CODED) from None
    scripts = {
        unicodedata.name(each, "").partition(" ")[0]
        for each in seen
        if unicodedata.category(each)[0] == "L"
    }
    if len(scripts) > 1 and not any(scripts <= allowed for allowed in _TOGETHER):
        raise NameUnfit(Why.MIXED)
