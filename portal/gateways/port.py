"""The contract that every gateway keeps: hand over, ask, read reports and what comes in."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, NamedTuple, Protocol
from urllib.parse import urlencode

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from portal.gateways.errors import UnreadableReport, Unsupported

ANSWER_SECONDS = 30.0
REFERENCE_PARAMETER = "ref"
"""The query parameter of a report URL that carries our reference back to us."""

_REFERENCE = re.compile(r"(0|[1-9][0-9]{0,18})-([1-9][0-9]{0,18})-([1-9][0-9]{0,8})", re.ASCII)
_ID_MAX = 2**63 - 1
_REASON_LENGTH_MAX = 200
_UPSTREAM_ID_LENGTH_MAX = 100
_RAW_LENGTH_MAX = 4096


class Encoding(enum.StrEnum):
    """The alphabet that a message's parts were counted in."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


class Outcome(enum.StrEnum):
    """What a gateway says became of a message, in our words."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REJECTED = "rejected"
    EXPIRED = "expired"
    ON_ITS_WAY = "on_its_way"
    """Accepted or buffered further up: no news, and no end of the story."""
    UNKNOWN = "unknown"
    """A word that is in no table of ours; a person has to look at it."""


class Reference(NamedTuple):
    """A reference, taken apart."""

    reseller_id: int
    message_id: int
    attempt: int


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One attempt to hand over one message.

    `sender` and `recipient` are as they go out: letters or an own number, and E.164 with its plus.
    `report_url` is where this gateway's reports come in, the same for all its messages.
    """

    reseller_id: int
    message_id: int
    attempt: int
    sender: str
    recipient: str
    text: str
    encoding: Encoding
    parts: int
    valid_for_seconds: int
    report_url: str

    @property
    def reference(self) -> str:
        """Our name for this attempt, `<reseller>-<message>-<attempt>`, which reports bring back."""
        return f"{self.reseller_id}-{self.message_id}-{self.attempt}"

    @property
    def own_report_url(self) -> str:
        """Where reports about this attempt go: `report_url` with the reference in its query."""
        joint = "&" if "?" in self.report_url else "?"
        return f"{self.report_url}{joint}{urlencode({REFERENCE_PARAMETER: self.reference})}"


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The gateway has accepted the message, and calls it `upstream_id` if it told so."""

    upstream_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """One delivery report, read; `raw` is all of it as it came, for whoever has to look."""

    reference: str
    outcome: Outcome
    upstream_id: str | None = None
    at: datetime | None = None
    reason: str = ""
    raw: Mapping[str, str]

    @property
    def about(self) -> "Reference":
        """The attempt that the report is about."""
        return read_reference(self.reference)


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """One message that came in, read.

    `recipient_digits` is the number it was sent to, E.164 without its plus. `sender` is E.164 with
    its plus where it is such a number, else as it came: a short code, a name. `upstream_id` is the
    same whenever the gateway tells of this message again.
    """

    upstream_id: str
    sender: str
    recipient_digits: str
    text: str
    at: datetime | None
    raw: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What is left with the gateway's owner: millionths of a currency unit, or `parts`."""

    amount: int
    unit: str


class GatewaySettings(BaseModel):
    """What every adapter is told; its own settings inherit from here. Secrets are `SecretStr`."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    # A lease on a message lasts 60 s: an answer may take no longer than that, and some for us.
    answer_seconds: float = Field(default=ANSWER_SECONDS, gt=0, le=50)


class Gateway(Protocol):
    """A way out. Adapters inherit it; what one cannot do it refuses aloud with `Unsupported`."""

    Settings: ClassVar[type[GatewaySettings]]

    # The registry hands over an instance of the adapter's own `Settings`.
    def __init__(self, settings: GatewaySettings, *, http: aiohttp.ClientSession) -> None: ...

    async def submit(self, submission: Submission) -> Receipt:
        """Hand over one message.

        Raises:
            Refused: for good.
            TryLater: certainly not accepted, and worth another try.
            NoAnswer: for everything else, be it never so strange.
        """
        ...

    async def status(self, reference: str) -> Outcome | None:
        """What became of a submission; None: the gateway is certain that it never had it.

        Raises:
            Unsupported: the gateway cannot be asked.
            NoAnswer: it was asked, and said nothing certain.
        """
        raise Unsupported(f"say what became of {reference}")

    async def credit(self) -> Credit:
        """What is left to send with.

        Raises:
            Unsupported: the gateway cannot be asked.
            NoAnswer: it was asked, and said nothing certain.
        """
        raise Unsupported("tell its credit")

    def parse_report(self, query: Mapping[str, str], body: bytes) -> Report:
        """Read one callback; a word we do not know is `Outcome.UNKNOWN`, logged and kept raw.

        Raises:
            UnreadableReport: it names no submission of ours.
        """
        ...

    def parse_inbound(self, query: Mapping[str, str], body: bytes) -> Inbound:
        """Read one message that came in.

        Raises:
            UnreadableInbound: it is no message, or does not say from whom, to whom or which one.
        """
        ...

    async def close(self) -> None:
        """Let go of what the adapter holds; the HTTP session belongs to whoever opened it."""
        ...


def read_reference(text: str) -> Reference:
    """Reseller, message and attempt out of a reference.

    Raises:
        UnreadableReport: it is none of ours.
    """
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise UnreadableReport(f"{text[:40]!r} is no reference of ours")
    reference = Reference(*map(int, found.groups()))
    if max(reference) > _ID_MAX:
        raise UnreadableReport(f"{text!r} is no reference of ours")
    return reference


def reference_in(query: Mapping[str, str]) -> str:
    """The reference that a callback carries.

    Raises:
        UnreadableReport: there is none, or none of ours.
    """
    reference = query.get(REFERENCE_PARAMETER, "")
    read_reference(reference)
    return reference


def raw_of(query: Mapping[str, str], body: bytes) -> dict[str, str]:
    """A callback as it came, fit for a text column: bounded, and without NUL; the body under ""."""
    raw = {storable(name, _REASON_LENGTH_MAX): storable(text) for name, text in query.items()}
    if body:
        raw[""] = storable(body[:_RAW_LENGTH_MAX].decode("utf-8", "replace"))
    return raw


def reason_of(text: str) -> str:
    """A gateway's words on why, on one line and short."""
    return storable(" ".join(text.split()), _REASON_LENGTH_MAX)


def upstream_id_of(text: str) -> str | None:
    """A gateway's own name for a message; None where it told none."""
    return storable(text.strip(), _UPSTREAM_ID_LENGTH_MAX) or None


def moment_of(text: str) -> datetime | None:
    """Seconds since 1970, as gateways tell a moment; None: it is something else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return datetime.fromtimestamp(int(text), tz=UTC)


def storable(text: str, length_max: int = _RAW_LENGTH_MAX) -> str:
    """Foreign text that PostgreSQL stores: cut, and without NUL and half characters."""
    whole = text[:length_max].encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")
