"""Hand messages to Kannel's sendsms interface, and read the reports that it calls back with."""

import logging
import math
from collections.abc import Mapping

import aiohttp
from pydantic import Field, SecretStr, field_validator
from yarl import URL

from portal.gateways.errors import NoAnswer, Refused, TryLater, UnreadableInbound
from portal.gateways.inbound import inbound_of
from portal.gateways.kannel import words
from portal.gateways.port import (
    Encoding,
    Gateway,
    GatewaySettings,
    Inbound,
    Outcome,
    Receipt,
    Report,
    Submission,
    moment_of,
    raw_of,
    reference_in,
    upstream_id_of,
)
from portal.infra import exchanging

CODINGS: Mapping[Encoding, str] = {Encoding.GSM7: "0", Encoding.UCS2: "2"}
EVERY_REPORT = "31"
# Kannel fills these in: type, receipt text, connection, Unix time, recipient, operator's id.
REPORT_ESCAPES = "type=%d&reply=%A&smsc=%i&ts=%T&to=%p&fid=%F"

# The same for messages that come in: sender, recipient, alphabet, its name, Kannel's own id, time.
INBOUND_ESCAPES = "from=%p&to=%P&coding=%c&charset=%C&id=%I&time=%T"

logger = logging.getLogger(__name__)


class KannelSettings(GatewaySettings):
    """Where smsbox listens, and as whom we send; `smsc` picks one of Kannel's connections."""

    url: str = Field(max_length=500)
    user: str = Field(min_length=1, max_length=100)
    password: SecretStr = Field(min_length=1)
    smsc: str = Field(default="", max_length=100)

    @field_validator("url")
    @classmethod
    def _whole_address(cls, text: str) -> str:
        try:
            address = URL(text)
        except ValueError:
            address = URL()
        if address.scheme not in {"http", "https"} or not address.host or address.user:
            raise ValueError("needs an address such as http://127.0.0.1:13013/cgi-bin/sendsms")
        return text


class Kannel(Gateway):
    """Kannel 1.4 and what speaks its language.

    It tells no id when it accepts, cannot be asked about a message, and does not notice that it
    is given one twice: reports alone settle what became of a submission without an answer.
    """

    Settings = KannelSettings

    def __init__(self, settings: KannelSettings, *, http: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._http = http

    async def submit(self, submission: Submission) -> Receipt:
        """Hand over with GET, which every version of smsbox and every clone of it understands."""
        try:
            answer = await exchanging.exchange(
                self._http,
                "GET",
                self._settings.url,
                query=self._query(submission),
                answer_seconds=self._settings.answer_seconds,
            )
        except exchanging.NotSent as error:
            raise TryLater(error.reason) from error
        except exchanging.Interrupted as error:
            raise NoAnswer(error.reason) from error
        return _receipt(answer)

    def parse_report(self, query: Mapping[str, str], body: bytes) -> Report:
        """Read the callback that `REPORT_ESCAPES` asked for."""
        reference = reference_in(query)
        receipt = query.get("reply", "")
        outcome = words.outcome_of(query.get("type", ""), receipt)
        if outcome is None:
            logger.warning(
                "kannel: unknown report of type %r for %s", query.get("type", "")[:40], reference
            )
        return Report(
            reference=reference,
            outcome=Outcome.UNKNOWN if outcome is None else outcome,
            upstream_id=upstream_id_of(query.get("fid", "")),
            at=moment_of(query.get("ts", "")),
            reason=words.reason_in(receipt),
            raw=raw_of(query, body),
        )

    def parse_inbound(self, query: Mapping[str, str], body: bytes) -> Inbound:
        """Read what an sms-service with `INBOUND_ESCAPES` posts: the text is the body, as it came.

        In an address, the UTF-16 of a text would be octets that are no text. A text that is there
        all the same, as with get-url, is read where the body is empty.
        """
        return inbound_of(
            sender=query.get("from", ""),
            recipient=query.get("to", ""),
            text=_text_of(query, body),
            upstream_id=query.get("id", ""),
            at=moment_of(query.get("time", "")),
            raw=raw_of(query, body),
        )

    async def close(self) -> None:
        """Nothing is held."""

    def _query(self, submission: Submission) -> dict[str, str]:
        settings = self._settings
        query = {
            "username": settings.user,
            "password": settings.password.get_secret_value(),
            "from": submission.sender,
            "to": submission.recipient,
            "text": submission.text,
            "coding": CODINGS[submission.encoding],
            "charset": "UTF-8",
            "dlr-mask": EVERY_REPORT,
            "dlr-url": report_address(submission.own_report_url),
            "validity": str(max(1, math.ceil(submission.valid_for_seconds / 60))),
        }
        if settings.smsc:
            query["smsc"] = settings.smsc
        return query


def report_address(report_url: str) -> str:
    """Our report URL with Kannel's escapes; a percent sign of our own passes when it is doubled."""
    joint = "&" if "?" in report_url else "?"
    return f"{report_url.replace('%', '%%')}{joint}{REPORT_ESCAPES}"


def _text_of(query: Mapping[str, str], body: bytes) -> str:
    if not body:
        return query.get("text", "")
    codec = words.codec_of(query.get("coding", ""), query.get("charset", ""))
    if codec is None:
        raise UnreadableInbound("its octets are no text")
    return body.decode(codec, "replace")


def _receipt(answer: exchanging.Answer) -> Receipt:
    text = answer.text.strip()
    if 200 <= answer.status < 300 and text.startswith(words.ACCEPTED):
        return Receipt()
    if answer.status == 429 or (answer.status == 503 and text.startswith(words.NOT_NOW)):
        raise TryLater(_short(text))
    # 408 is a proxy's word for a request that it may have passed on.
    if 400 <= answer.status < 500 and answer.status != 408 and text:
        raise Refused(_short(text), words.refusal_code(answer.status, text))
    raise NoAnswer(f"The gateway answered {answer.status}, which says neither yes nor no")


def _short(text: str) -> str:
    return " ".join(text.split())[:100]
