"""A gateway that accepts at once, reports a little later, and carries nothing anywhere."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Never

import aiohttp
from pydantic import Field

from portal.gateways.errors import NoAnswer, Refused, TryLater, Unsupported
from portal.gateways.inbound import inbound_of
from portal.gateways.port import (
    Gateway,
    GatewaySettings,
    Inbound,
    Outcome,
    Receipt,
    Report,
    Submission,
    moment_of,
    raw_of,
    reason_of,
    reference_in,
    upstream_id_of,
)
from portal.gateways.sandbox.journal import Entry, Journal
from portal.gateways.sandbox.phones import BEHAVIOURS
from portal.gateways.sandbox.reporting import PENDING_MAX, Reporter
from portal.gateways.sandbox.words import OUTCOMES

logger = logging.getLogger(__name__)


class SandboxSettings(GatewaySettings):
    """How patient the sandbox is, and whether it keeps a journal (which holds the texts)."""

    journal: Path | None = None
    report_seconds: float = Field(default=1, ge=0, le=3600)
    slow_report_seconds: float = Field(default=10, ge=0, le=3600)
    pending_reports_max: int = Field(default=PENDING_MAX, ge=0, le=100_000)


@dataclass(frozen=True, kw_only=True)
class _Fate:
    """What the sandbox says later about a message that it has accepted."""

    word: str
    reason: str = ""
    slow: bool = False


# Every other number is delivered; no_report is accepted and never heard of again.
_FATES: Mapping[str, _Fate] = {
    "delivered": _Fate(word="delivered"),
    "slow": _Fate(word="delivered", slow=True),
    "undelivered": _Fate(word="undelivered", reason="The phone cannot be reached"),
}
_NEVER_REPORTED = {"no_report"}


class Sandbox(Gateway):
    """Answers as the recipient's number says (`phones.SANDBOX`).

    Its reports are HTTP calls to the report URL. Those not yet made are lost when the process
    ends; with a journal, `status` still tells what became of each message.
    """

    Settings = SandboxSettings

    def __init__(self, settings: SandboxSettings, *, http: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._journal = Journal(settings.journal) if settings.journal else None
        self._reporter = Reporter(http, pending_max=settings.pending_reports_max)

    async def submit(self, submission: Submission) -> Receipt:
        """Accept at once, unless the number is there to show another answer."""
        behaviour = BEHAVIOURS.get(submission.recipient, "delivered")
        if behaviour == "silent":
            self._note(submission, "silent")
            await self._say_nothing()
        if behaviour == "rejected":
            self._note(submission, "rejected")
            raise Refused("This number is always refused", "sandbox_rejected")
        if self._reporter.full:
            raise TryLater("Too many delivery reports are under way")
        self._note(submission, "accepted")
        if behaviour not in _NEVER_REPORTED:
            fate = _FATES[behaviour]
            self._reporter.report_later(
                submission.own_report_url,
                _report_words(submission.reference, fate),
                after_seconds=self._report_seconds(fate),
            )
        return Receipt(upstream_id=_upstream_id(submission.reference))

    async def status(self, reference: str) -> Outcome | None:
        """What the journal says; without one, the sandbox remembers nothing."""
        if self._journal is None:
            raise Unsupported("say what became of a message without a journal")
        entry = self._journal.latest(reference)
        if entry is None:
            return None
        if entry.answer == "silent":
            await self._say_nothing()
        if entry.answer == "rejected":
            return Outcome.REJECTED
        fate = _FATES.get(BEHAVIOURS.get(entry.recipient, "delivered"))
        if fate is None or time.time() < entry.at + self._report_seconds(fate):
            return Outcome.ON_ITS_WAY
        return OUTCOMES[fate.word]

    def parse_report(self, query: Mapping[str, str], body: bytes) -> Report:
        """Read the sandbox's own callback."""
        reference = reference_in(query)
        word = query.get("state", "")
        outcome = OUTCOMES.get(word, Outcome.UNKNOWN)
        if outcome is Outcome.UNKNOWN:
            logger.warning("sandbox: unknown state %r reported for %s", word[:40], reference)
        return Report(
            reference=reference,
            outcome=outcome,
            upstream_id=upstream_id_of(query.get("id", "")),
            at=moment_of(query.get("at", "")),
            reason=reason_of(query.get("reason", "")),
            raw=raw_of(query, body),
        )

    def parse_inbound(self, query: Mapping[str, str], body: bytes) -> Inbound:
        """Read a message as anybody may make one up: from, to, text, id or at, in the address."""
        return inbound_of(
            sender=query.get("from", ""),
            recipient=query.get("to", ""),
            text=query.get("text", "") or body.decode("utf-8", "replace"),
            upstream_id=query.get("id", ""),
            at=moment_of(query.get("at", "")),
            raw=raw_of(query, body),
        )

    async def close(self) -> None:
        """Drop the reports still to come."""
        await self._reporter.drop()

    def _report_seconds(self, fate: _Fate) -> float:
        settings = self._settings
        return settings.slow_report_seconds if fate.slow else settings.report_seconds

    async def _say_nothing(self) -> Never:
        seconds = self._settings.answer_seconds
        await asyncio.sleep(seconds)
        raise NoAnswer(f"no answer within {seconds:g} s")

    def _note(self, submission: Submission, answer: str) -> None:
        if self._journal is None:
            return
        self._journal.add(
            Entry(
                at=time.time(),
                reference=submission.reference,
                sender=submission.sender,
                recipient=submission.recipient,
                text=submission.text,
                encoding=submission.encoding,
                parts=submission.parts,
                answer=answer,
            )
        )


def _upstream_id(reference: str) -> str:
    return f"sandbox-{reference}"


def _report_words(reference: str, fate: _Fate) -> dict[str, str]:
    return {"state": fate.word, "id": _upstream_id(reference), "reason": fate.reason}
