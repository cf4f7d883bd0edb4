"""A phone operator that speaks SMPP 3.4 and lets the recipient's last digits decide."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

import smpp34

from tests.fakes.http_gateway import free_port

# 3GPP TS 23.038, the default alphabet in order of its codes, and what an escape makes of a code.
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑ\u00dc\u00a7¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
assert len(GSM_BASIC) == 128
GSM_ESCAPED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

# The end of the recipient's number: the state in the receipt, and its SMPP number.
RECEIPTS: Mapping[str, tuple[str, int, str]] = {
    "00": ("UNDELIV", 5, "004"),
    "01": ("EXPIRED", 3, "027"),
    "02": ("REJECTD", 8, "021"),
}
DELIVERED = ("DELIVRD", 2, "000")
REFUSED_ENDING = "03"
THROTTLED_ONCE_ENDING = "99"
RECEIPT_SECONDS = 0.2

# SMPP 3.4, 5.1.3 and 5.3.2.
INVALID_DESTINATION = 0x0B
THROTTLED = 0x58
TLV_RECEIPTED_MESSAGE_ID = 0x001E
TLV_MESSAGE_STATE = 0x0427


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as the operator got it, put together again from its parts."""

    sender: str
    recipient: str
    text: str
    encoding: str
    parts: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """One PDU; `number` of `count` under `group`, both 1 and group 0 where there is but one."""

    sender: str
    recipient: str
    data: bytes
    encoding: str
    group: int
    count: int
    number: int


def gsm_text(data: bytes) -> str:
    """Unpacked septets as text."""
    text, codes = "", iter(data)
    for code in codes:
        text += GSM_ESCAPED[next(codes)] if code == 0x1B else GSM_BASIC[code]
    return text


def gsm_data(text: str) -> bytes:
    """Text as unpacked septets."""
    escaped = {character: bytes([0x1B, code]) for code, character in GSM_ESCAPED.items()}
    return b"".join(escaped.get(each) or bytes([GSM_BASIC.index(each)]) for each in text)


def split_header(data: bytes) -> tuple[bytes, int, int, int]:
    """Body, group, count and number of a part of a long message (3GPP TS 23.040, 9.2.3.24.1)."""
    header, body = data[1 : 1 + data[0]], data[1 + data[0] :]
    if header[:2] != b"\x00\x03":
        raise ValueError(f"no concatenation header: {header.hex()}")
    return body, header[2], header[3], header[4]


def joined(parts: list[Part]) -> list[Message]:
    """Whole messages in order of their last part; a message that lacks a part is left out."""
    waiting: dict[tuple[str, str, int], dict[int, Part]] = {}
    whole = []
    for part in parts:
        key = (part.sender, part.recipient, part.group)
        have = waiting.setdefault(key, {})
        have[part.number] = part
        if len(have) < part.count:
            continue
        data = b"".join(have[number].data for number in sorted(have))
        del waiting[key]
        whole.append(
            Message(
                sender=part.sender,
                recipient=part.recipient,
                text=data.decode("utf-16-be") if part.encoding == "ucs2" else gsm_text(data),
                encoding=part.encoding,
                parts=part.count,
            )
        )
    return whole


class SmppOperator:
    """An SMPP server in a thread of its own; use as a context manager.

    Recipients ending in 00 get UNDELIV, 01 EXPIRED, 02 REJECTD; 03 are refused at submit, 99 are
    throttled once; all others are delivered.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.parts: list[Part] = []
        self._throttled: set[str] = set()
        self._esmes: dict[str, smpp34.Esme] = {}
        self._count = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "SmppOperator":
        self._thread.start()
        if not self._ready.wait(5):
            raise AssertionError("the SMPP operator does not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(5)
        self._loop.close()

    @property
    def received(self) -> list[Message]:
        """Whole messages that the operator has accepted."""
        return joined(list(self.parts))

    def say(self, *, sender: str, recipient: str, text: str, encoding: str) -> None:
        """Let a phone write: the message goes to whoever has connected last."""
        esme = list(self._esmes.values())[-1]

        async def deliver() -> None:
            await esme.deliver_sm(
                source_addr=sender,
                destination_addr=recipient,
                data_coding=8 if encoding == "ucs2" else 0,
                short_message=text.encode("utf-16-be") if encoding == "ucs2" else gsm_data(text),
            )

        asyncio.run_coroutine_threadsafe(deliver(), self._loop).result(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._serve())
        self._loop.run_until_complete(self._task)

    async def _serve(self) -> None:
        server = smpp34.Server("127.0.0.1", self.port, system_id="OPERATOR")
        await server.start()
        self._ready.set()
        receipts: set[asyncio.Task[None]] = set()
        try:
            while True:
                event = await server.next()
                if isinstance(event, smpp34.Esme):
                    self._esmes[event.session_id] = event
                elif isinstance(event, smpp34.SubmitSmEvent) and self._accepts(event):
                    task = asyncio.create_task(self._receipt(event, f"{self._count:08X}"))
                    receipts.add(task)
                    task.add_done_callback(receipts.discard)
        except asyncio.CancelledError:
            for task in receipts:
                task.cancel()
            await server.stop()

    def _accepts(self, event: smpp34.SubmitSmEvent) -> bool:
        """Take or refuse one part; True: a receipt is due."""
        recipient = event.destination_addr
        if recipient.endswith(REFUSED_ENDING):
            event.reject(INVALID_DESTINATION)
            return False
        if recipient.endswith(THROTTLED_ONCE_ENDING) and recipient not in self._throttled:
            self._throttled.add(recipient)
            event.reject(THROTTLED)
            return False
        self._count += 1
        event.accept(message_id=f"{self._count:08X}")
        data, group, count, number = bytes(event.short_message), 0, 1, 1
        if event.esm_class & 0x40:
            data, group, count, number = split_header(data)
        self.parts.append(
            Part(
                sender=event.source_addr,
                recipient=recipient,
                data=data,
                encoding="ucs2" if event.data_coding == 8 else "gsm7",
                group=group,
                count=count,
                number=number,
            )
        )
        return bool(event.registered_delivery & 1)

    async def _receipt(self, event: smpp34.SubmitSmEvent, upstream_id: str) -> None:
        await asyncio.sleep(RECEIPT_SECONDS)
        state, number, error = RECEIPTS.get(event.destination_addr[-2:], DELIVERED)
        minute = datetime.now(UTC).strftime("%y%m%d%H%M")
        text = (
            f"id:{upstream_id} sub:001 dlvrd:001 submit date:{minute} done date:{minute}"
            f" stat:{state} err:{error} text:x"
        )
        await self._esmes[event.session_id].deliver_sm(
            source_addr=event.destination_addr,
            destination_addr=event.source_addr,
            esm_class=4,
            short_message=text.encode(),
            tlvs=[
                smpp34.Tlv(TLV_RECEIPTED_MESSAGE_ID, upstream_id.encode() + b"\0"),
                smpp34.Tlv(TLV_MESSAGE_STATE, bytes([number])),
            ],
        )
