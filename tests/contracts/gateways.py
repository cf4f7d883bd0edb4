"""What every gateway adapter must do: its tests inherit these, and bring its other side."""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.gateways import registry
from portal.gateways.errors import (
    NoAnswer,
    Refused,
    TryLater,
    UnreadableInbound,
    UnreadableReport,
    Unsupported,
    WrongSettings,
)
from portal.gateways.handover import hand_over
from portal.gateways.port import (
    Encoding,
    Gateway,
    Inbound,
    Outcome,
    Receipt,
    Report,
    Submission,
    read_reference,
)
from portal.infra import exchanging

T = TypeVar("T")
ANSWER_SECONDS = 0.4

NASTY_TEXTS = {
    "percent signs": ("100 % of %41, %25, %s and %%", Encoding.GSM7),
    "query syntax": ("a+b&c=d;e?f#g/h\\i", Encoding.GSM7),
    "extension table": ("{ } [ ] ~ \\ | ^ €", Encoding.GSM7),
    "line feeds": ("first\nsecond\n\nfourth", Encoding.GSM7),
    "GSM letters": ("@£$¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¡ÄÖÑ¿äöñüà", Encoding.GSM7),
    "spaces around": ("  padded  ", Encoding.GSM7),
    "markup": ("<a href='x'>\"q\"</a>", Encoding.GSM7),
    "three parts": ("[€]" * 60 + "end", Encoding.GSM7),
    "emoji": ("🐢 and 👩‍👩‍👧", Encoding.UCS2),
    "Polish": ("zażółć gęślą jaźń\n100 % + { }", Encoding.UCS2),
    "right to left": ("שלום عليكم", Encoding.UCS2),
    "NO-BREAK SPACE": ("10\u00a0€", Encoding.UCS2),
    "long emoji": ("🐢" * 80, Encoding.UCS2),
}


class Case(StrEnum):
    """How the other side is to behave."""

    ACCEPTS = auto()
    REFUSES = auto()
    NOT_NOW = auto()
    SILENT = auto()


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A submission as the other side got it, whatever it answered."""

    sender: str
    recipient: str
    text: str
    report_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A callback, and what it must mean."""

    query: Mapping[str, str]
    outcome: Outcome
    reason: str = ""
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message that came in: how the gateway calls, and what it must be read as."""

    query: Mapping[str, str]
    text: str
    sender: str
    recipient_digits: str
    body: bytes = b""


class OtherSide(ABC):
    """The far end of one adapter, a fake or the real thing, as the suite needs it."""

    kind: str
    secrets: Sequence[str] = ()
    answers_status = False
    answers_credit = False

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Settings with which the adapter finds this side, and waits for ANSWER_SECONDS."""

    @abstractmethod
    def behave(self, case: Case) -> str:
        """Behave so from now on for messages to the recipient returned."""

    @abstractmethod
    def seen(self) -> list[Seen]:
        """All submissions that have come, oldest first."""

    @abstractmethod
    def reports(self) -> list[Told]:
        """Every word of this gateway's reports at least once."""

    @abstractmethod
    def written(self) -> list[Written]:
        """Messages that came in, in every alphabet."""

    @abstractmethod
    def unknown_report(self) -> Mapping[str, str]:
        """A readable report with a word that no table has."""


def a_submission(**changes: Any) -> Submission:
    """One message, first attempt; `changes` are fields."""
    submission = Submission(
        reseller_id=3,
        message_id=7001,
        attempt=1,
        sender="SunnyText",
        recipient="+48600111222",
        text="Hello",
        encoding=Encoding.GSM7,
        parts=1,
        valid_for_seconds=48 * 3600,
        # Nobody listens on port 9 of loopback; reports are not this suite's matter.
        report_url="http://127.0.0.1:9/hooks/gateways/token",
    )
    return replace(submission, **changes)


def with_gateway(
    kind: str, settings: Mapping[str, Any], act: Callable[[Gateway], Awaitable[T]]
) -> T:
    """Open a gateway, do something with it, close it."""

    async def run() -> T:
        async with exchanging.http_session() as http:
            gateway = registry.open_gateway(kind, settings, http=http)
            try:
                return await act(gateway)
            finally:
                await gateway.close()

    return asyncio.run(run())


def submitted(side: OtherSide, *submissions: Submission) -> list[Receipt]:
    """Hand all over at the same time, through one gateway."""

    async def act(gateway: Gateway) -> list[Receipt]:
        return await asyncio.gather(*(gateway.submit(each) for each in submissions))

    return with_gateway(side.kind, side.settings(), act)


def read_report(side: OtherSide, query: Mapping[str, str], body: bytes = b"") -> Report:
    """Let the adapter read one callback."""

    async def act(gateway: Gateway) -> Report:
        return gateway.parse_report(query, body)

    return with_gateway(side.kind, side.settings(), act)


def read_inbound(side: OtherSide, query: Mapping[str, str], body: bytes = b"") -> Inbound:
    """Let the adapter read one message that came in."""

    async def act(gateway: Gateway) -> Inbound:
        return gateway.parse_inbound(query, body)

    return with_gateway(side.kind, side.settings(), act)


class GatewayContract:
    """Inherit it, and give a fixture `side`."""

    @pytest.fixture
    def side(self) -> OtherSide:
        raise NotImplementedError

    def test_a_refusal_for_good(self, side: OtherSide) -> None:
        recipient = side.behave(Case.REFUSES)
        with pytest.raises(Refused) as refusal:
            submitted(side, a_submission(recipient=recipient))
        assert refusal.value.reason
        assert refusal.value.code

    def test_a_refusal_for_now(self, side: OtherSide) -> None:
        recipient = side.behave(Case.NOT_NOW)
        with pytest.raises(TryLater) as refusal:
            submitted(side, a_submission(recipient=recipient))
        assert refusal.value.reason

    def test_silence_is_no_answer_in_bounded_time_and_no_second_try(self, side: OtherSide) -> None:
        recipient = side.behave(Case.SILENT)
        started = time.monotonic()
        with pytest.raises(NoAnswer):
            submitted(side, a_submission(recipient=recipient))
        assert ANSWER_SECONDS * 0.9 < time.monotonic() - started < ANSWER_SECONDS + 1
        assert len(side.seen()) == 1

    def test_the_dispatchers_own_patience_ends_silence_too(self, side: OtherSide) -> None:
        recipient = side.behave(Case.SILENT)

        async def act(gateway: Gateway) -> Receipt:
            submission = a_submission(recipient=recipient)
            return await hand_over(gateway, submission, name="test", answer_seconds=0.2)

        with pytest.raises(NoAnswer, match=r"within 0\.2 s"):
            with_gateway(side.kind, side.settings(), act)

    def test_an_acceptance_brings_one_message_over(self, side: OtherSide) -> None:
        recipient = side.behave(Case.ACCEPTS)
        submission = a_submission(recipient=recipient)
        (receipt,) = submitted(side, submission)
        assert receipt.upstream_id is None or receipt.upstream_id.strip()
        (seen,) = side.seen()
        assert (seen.sender, seen.recipient, seen.text) == ("SunnyText", recipient, "Hello")
        assert seen.report_url in {None, submission.own_report_url}

    @pytest.mark.parametrize(("text", "encoding"), NASTY_TEXTS.values(), ids=NASTY_TEXTS.keys())
    def test_a_text_arrives_as_it_was(self, side: OtherSide, text: str, encoding: Encoding) -> None:
        recipient = side.behave(Case.ACCEPTS)
        submitted(side, a_submission(recipient=recipient, text=text, encoding=encoding))
        assert [seen.text for seen in side.seen()] == [text]

    def test_submissions_at_the_same_time_do_not_mix(self, side: OtherSide) -> None:
        recipient = side.behave(Case.ACCEPTS)
        several = [
            a_submission(message_id=8000 + n, recipient=recipient, text=f"number {n}")
            for n in range(20)
        ]
        receipts = submitted(side, *several)
        assert len(receipts) == 20
        assert sorted(seen.text for seen in side.seen()) == sorted(each.text for each in several)

    def test_every_word_of_a_report_is_known(
        self, side: OtherSide, caplog: pytest.LogCaptureFixture
    ) -> None:
        for told in side.reports():
            report = read_report(side, told.query, told.body)
            assert (report.outcome, report.reason) == (told.outcome, told.reason), told.query
            assert report.about == read_reference(report.reference)
            assert dict(told.query).items() <= dict(report.raw).items()
        assert not _warnings(caplog)

    def test_an_unknown_word_is_unknown_logged_and_kept(
        self, side: OtherSide, caplog: pytest.LogCaptureFixture
    ) -> None:
        query = side.unknown_report()
        report = read_report(side, query, b"a body")
        assert report.outcome is Outcome.UNKNOWN
        assert report.raw == {**query, "": "a body"}
        assert len(_warnings(caplog)) == 1

    @pytest.mark.parametrize(
        "reference", [None, "", "7001", "7001-1", "3-7001-", "3-0-1", "3-7001-1x", "3-7-٣"]
    )
    def test_a_report_about_nothing_of_ours_is_refused(
        self, side: OtherSide, reference: str | None
    ) -> None:
        query = {name: text for name, text in side.unknown_report().items() if name != "ref"}
        if reference is not None:
            query["ref"] = reference
        with pytest.raises(UnreadableReport):
            read_report(side, query)

    def test_no_callback_is_too_strange(self, side: OtherSide) -> None:
        text = st.text(st.characters(), max_size=30)
        names = sorted(set().union(*(told.query.keys() for told in side.reports())) - {"ref"})

        def read_anything(query: Mapping[str, str], body: bytes) -> None:
            report = read_report(side, {**query, "ref": "3-7001-1"}, body)
            kept = [report.reason, report.upstream_id or "", *report.raw, *report.raw.values()]
            assert "\0" not in "".join(kept)
            assert "".join(kept).encode().decode() == "".join(kept)

        for strange in ("\0", "\ud800", "x" * 10_000, "-1", "9" * 30):
            read_anything(dict.fromkeys(names, strange), strange.encode("utf-8", "replace"))
        # Given here, since Hypothesis wants no method that several classes inherit.
        queries = st.dictionaries(st.sampled_from(names) | text, text)
        settings(max_examples=50)(given(queries, st.binary(max_size=50))(read_anything))()

    def test_what_came_in_is_read_as_it_was_written(self, side: OtherSide) -> None:
        for each in side.written():
            inbound = read_inbound(side, each.query, each.body)
            assert inbound.text == each.text
            assert (inbound.sender, inbound.recipient_digits) == (
                each.sender,
                each.recipient_digits,
            )
            assert inbound.upstream_id.strip()
            assert dict(each.query).items() <= dict(inbound.raw).items()
            assert read_inbound(side, each.query, each.body) == inbound

    @pytest.mark.parametrize("missing", ["from", "to"])
    def test_a_message_from_nobody_or_to_nobody_is_refused(
        self, side: OtherSide, missing: str
    ) -> None:
        told = side.written()[0]
        for strange in ("", " "):
            with pytest.raises(UnreadableInbound):
                read_inbound(side, {**told.query, missing: strange}, told.body)
        for strange in ("nobody", "+", "0151", "+0151234567", "１２３４５６７８", "1" * 40):
            with pytest.raises(UnreadableInbound):
                read_inbound(side, {**told.query, "to": strange}, told.body)

    def test_without_a_name_it_is_known_by_what_it_says_and_when(self, side: OtherSide) -> None:
        told = side.written()[0]
        moments = {"time", "at"} & told.query.keys()
        nameless = {name: word for name, word in told.query.items() if name != "id"}
        first = read_inbound(side, nameless, told.body)
        assert read_inbound(side, nameless, told.body) == first
        later = {**nameless, **dict.fromkeys(moments, "1795310342")}
        assert read_inbound(side, later, told.body).upstream_id != first.upstream_id
        timeless = {name: word for name, word in nameless.items() if name not in moments}
        with pytest.raises(UnreadableInbound):
            read_inbound(side, timeless, told.body)

    def test_nothing_that_comes_in_is_too_strange(self, side: OtherSide) -> None:
        told = side.written()[0]
        text = st.text(st.characters(), max_size=30)

        def read_anything(query: Mapping[str, str], body: bytes) -> None:
            try:
                inbound = read_inbound(side, {**told.query, **query}, body)
            except UnreadableInbound:
                return
            kept = [inbound.sender, inbound.upstream_id, inbound.text, *inbound.raw.values()]
            assert "\0" not in "".join(kept)
            assert "".join(kept).encode().decode() == "".join(kept)
            assert 0 < len(inbound.sender) <= 16
            assert len(inbound.upstream_id) <= 100

        for strange in ("\0", "\ud800", "x" * 10_000, "-1", "9" * 30):
            read_anything(dict.fromkeys(told.query, strange), strange.encode("utf-8", "replace"))
        queries = st.dictionaries(st.sampled_from(sorted(told.query)) | text, text)
        settings(max_examples=50)(given(queries, st.binary(max_size=50))(read_anything))()

    def test_asking_is_refused_aloud_where_it_cannot_be_answered(self, side: OtherSide) -> None:
        async def ask_status(gateway: Gateway) -> Outcome | None:
            return await gateway.status("3-7001-1")

        async def ask_credit(gateway: Gateway) -> int:
            return (await gateway.credit()).amount

        if side.answers_status:
            assert with_gateway(side.kind, side.settings(), ask_status) is None
        else:
            with pytest.raises(Unsupported):
                with_gateway(side.kind, side.settings(), ask_status)
        if side.answers_credit:
            assert with_gateway(side.kind, side.settings(), ask_credit) >= 0
        else:
            with pytest.raises(Unsupported):
                with_gateway(side.kind, side.settings(), ask_credit)

    def test_strange_settings_are_refused_by_name(self, side: OtherSide) -> None:
        with pytest.raises(WrongSettings) as refusal:
            registry.check_settings(side.kind, {**side.settings(), "unheard_of": "secret-value"})
        assert refusal.value.problems.keys() == {"unheard_of"}
        assert "secret-value" not in str(refusal.value)
        with pytest.raises(WrongSettings) as refusal:
            registry.check_settings(side.kind, {**side.settings(), "answer_seconds": 0})
        assert refusal.value.problems.keys() == {"answer_seconds"}

    def test_secrets_show_nowhere(self, side: OtherSide, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        said = [repr(registry.check_settings(side.kind, side.settings()))]
        for case in Case:
            recipient = side.behave(case)

            async def act(gateway: Gateway, to: str = recipient) -> Receipt:
                return await hand_over(gateway, a_submission(recipient=to), name="test")

            try:
                said.append(repr(with_gateway(side.kind, side.settings(), act)))
            except (Refused, TryLater, NoAnswer) as error:
                said.append(repr(error))
        told = "\n".join([*said, caplog.text])
        assert not [secret for secret in side.secrets if secret in told]
        assert registry.secret_settings(side.kind) == {
            name for name, value in side.settings().items() if value in side.secrets
        }

    def test_closing_twice_does_no_harm(self, side: OtherSide) -> None:
        async def act(gateway: Gateway) -> None:
            await gateway.close()

        with_gateway(side.kind, side.settings(), act)


class WireCase(StrEnum):
    """What can go wrong between two machines."""

    RESETS = auto()
    BREAKS_OFF = auto()
    RUBBISH = auto()
    STRANGE_PAGE = auto()
    FAULT = auto()
    BAD_GATEWAY = auto()
    EMPTY = auto()
    REDIRECTS = auto()
    ENDLESS = auto()


class WireSide(OtherSide):
    """The far end of an adapter that speaks HTTP."""

    @abstractmethod
    def misbehave(self, case: WireCase) -> None:
        """Do this from now on."""

    @abstractmethod
    def drop_reused_connections(self) -> None:
        """Accept, and reset a connection when a second request comes over it."""

    @abstractmethod
    def requests(self) -> int:
        """How many requests have come, to whatever path."""

    @abstractmethod
    def unreachable(self) -> dict[str, Any]:
        """Settings that lead to a port where nobody listens."""


class HttpGatewayContract(GatewayContract):
    """Inherit it for an adapter that speaks HTTP, and give a fixture `side` with a `WireSide`."""

    def test_nobody_there_is_safe_to_try_later(self, side: WireSide) -> None:
        async def act(gateway: Gateway) -> Receipt:
            return await gateway.submit(a_submission())

        with pytest.raises(TryLater):
            with_gateway(side.kind, side.unreachable(), act)

    @pytest.mark.parametrize("case", WireCase)
    def test_anything_unclear_is_no_answer_and_no_second_try(
        self, side: WireSide, case: WireCase
    ) -> None:
        side.misbehave(case)
        with pytest.raises(NoAnswer):
            submitted(side, a_submission())
        assert side.requests() == 1

    def test_a_connection_kept_alive_and_dropped_brings_no_second_try(self, side: WireSide) -> None:
        side.drop_reused_connections()

        async def act(gateway: Gateway) -> None:
            await gateway.submit(a_submission(message_id=1))
            await gateway.submit(a_submission(message_id=2))

        with_gateway(side.kind, side.settings(), act)
        assert side.requests() == 2


def _warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
