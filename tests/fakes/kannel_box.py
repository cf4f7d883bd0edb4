"""A real Kannel on free loopback ports, with fakesmsc and an SMPP operator behind it."""

import contextlib
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote_to_bytes

import pytest

from portal.gateways.kannel.adapter import INBOUND_ESCAPES
from tests.fakes.http_gateway import free_port
from tests.fakes.smpp_operator import Message, SmppOperator

BEARERBOX = "/usr/sbin/bearerbox"
SMSBOX = "/usr/sbin/smsbox"
FAKESMSC = "/usr/lib/kannel/test/fakesmsc"
INSTALL = "apt-get install -y --no-install-recommends kannel kannel-extras"

CONFIG = """\
group = core
admin-port = {admin_port}
admin-interface = 127.0.0.1
admin-password = {password}
status-password = {password}
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {smsbox_port}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = internal
sms-resend-freq = 3
log-file = "{folder}/bearerbox.log"
log-level = 1

group = smsc
smsc = fake
smsc-id = fake
port = {fake_port}
connect-allow-ip = 127.0.0.1
allowed-smsc-id = fake

group = smsc
smsc = smpp
smsc-id = smpp
host = 127.0.0.1
port = {smpp_port}
transceiver-mode = true
smsc-username = portal
smsc-password = {smpp_password}
system-type = ""
enquire-link-interval = 10
reconnect-delay = 1
source-addr-autodetect = true
msg-id-type = 0x00
allowed-smsc-id = smpp

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {smsbox_port}
smsbox-id = portal
sendsms-port = {sendsms_port}
sendsms-interface = 127.0.0.1
sendsms-chars = "0123456789 +-"
log-file = "{folder}/smsbox.log"
log-level = 1
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = {user}
password = {password}
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
max-messages = 10
concatenation = true

group = smsbox-route
smsbox-id = portal
smsc-id = "fake;smpp"
"""

# Whatever comes in is posted; no answer of ours goes to the phone.
INBOUND = """
group = sms-service
keyword = default
catch-all = true
max-messages = 0
post-url = "{url}?{escapes}"
"""

_GOT = re.compile(r"Got message \d+: <(.*)>\Z", re.DOTALL)
_HEAD = re.compile(r"(\S+) (\S+) (text|ucs-2|udh) ")


def require_kannel() -> None:
    """Skip the test where Kannel is missing, or fail it where nothing may be skipped."""
    if all(shutil.which(program) for program in (BEARERBOX, SMSBOX, FAKESMSC)):
        return
    reason = f"Kannel is not installed; to run this test: {INSTALL}"
    if os.environ.get("PORTAL_TEST_NO_SKIPS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


class KannelBox:
    """Kannel as processes of ours; use as a context manager, or `start` and `stop` it.

    `settings()` is what the adapter needs. smsc "fake" is Kannel's own fakesmsc, which delivers
    everything; "smpp" is `SmppOperator`, with receipts of all kinds and exact texts.
    """

    user = "portal"

    def __init__(self, folder: Path, *, inbound_url: str = "") -> None:
        self.folder = folder
        self._inbound_url = inbound_url
        self.host = "127.0.0.1"
        self.sendsms_port = free_port()
        self.password = secrets.token_hex(8)
        self.smpp = SmppOperator()
        self._admin_port = free_port()
        self._fake_port = free_port()
        self._smsbox_port = free_port()
        self._running = contextlib.ExitStack()
        self._smsbox: subprocess.Popen[bytes] | None = None
        self._fakesmsc: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of sendsms."""
        return f"http://{self.host}:{self.sendsms_port}/cgi-bin/sendsms"

    def settings(self, smsc: str = "fake") -> dict[str, str]:
        """Settings for a gateway of kind "kannel"."""
        return {"url": self.url, "user": self.user, "password": self.password, "smsc": smsc}

    def __enter__(self) -> "KannelBox":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until both operators are connected; about 2 s."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._running.enter_context(self.smpp)
            self._write_config()
            self._spawn("bearerbox", [BEARERBOX, str(self.folder / "kannel.conf")])
            self._until("bearerbox answers", lambda: "Status: running" in self.status())
            self._start_smsbox()
            self.connect_fakesmsc()
            self._until("SMPP is connected", lambda: self._online("smpp"))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that was started, the last first; what does not end is killed."""
        self._running.close()

    def revive(self) -> None:
        """Start smsbox again if it has crashed, as Kannel 1.4.5 does now and then under load."""
        assert self._smsbox is not None
        if self._smsbox.poll() is not None:
            self._start_smsbox()

    def connect_fakesmsc(self) -> None:
        """Connect the fake operator, if it is not; messages that waited for it go out now."""
        self._fakesmsc = self._spawn(
            "fakesmsc",
            [
                FAKESMSC,
                "-H",
                "127.0.0.1",
                "-r",
                str(self._fake_port),
                "-i",
                "1",
                "-m",
                "0",
                "1 2 text x",
            ],
        )
        self._until("fakesmsc is connected", lambda: self._online("fake"))

    def disconnect_fakesmsc(self) -> None:
        """Hang the fake operator up; Kannel queues what is sent through it."""
        assert self._fakesmsc is not None
        _end(self._fakesmsc)
        self._until("fakesmsc has gone", lambda: not self._online("fake"))

    @property
    def received(self) -> list[Message]:
        """What the two operators have received, fakesmsc's first."""
        log = (self.folder / "fakesmsc.log").read_text(encoding="utf-8", errors="replace")
        return [*fakesmsc_messages(log), *self.smpp.received]

    def wait_for(self, count: int, *, seconds: float = 10.0) -> list[Message]:
        """`received`, once it has `count` messages; an error where that takes too long."""
        self._until(
            f"{count} messages have come", lambda: len(self.received) >= count, seconds=seconds
        )
        return self.received

    def status(self) -> str:
        """Kannel's own status page; empty while it does not answer."""
        address = f"http://127.0.0.1:{self._admin_port}/status.txt?password={self.password}"
        try:
            with urllib.request.urlopen(address, timeout=2) as page:
                return str(page.read().decode())
        except OSError:
            return ""

    def _start_smsbox(self) -> None:
        self._smsbox = self._spawn("smsbox", [SMSBOX, str(self.folder / "kannel.conf")])
        self._until("smsbox is connected", lambda: "smsbox:portal" in self.status())
        self._until("smsbox listens", self._listens)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((self.host, self.sendsms_port)) == 0

    def _online(self, smsc: str) -> bool:
        return re.search(rf"^ *{smsc}\[{smsc}\].*\(online", self.status(), re.MULTILINE) is not None

    def _write_config(self) -> None:
        path = self.folder / "kannel.conf"
        path.write_text(
            CONFIG.format(
                folder=self.folder,
                user=self.user,
                password=self.password,
                # SMPP 3.4 allows eight characters.
                smpp_password=self.password[:8],
                admin_port=self._admin_port,
                smsbox_port=self._smsbox_port,
                fake_port=self._fake_port,
                smpp_port=self.smpp.port,
                sendsms_port=self.sendsms_port,
            )
            + self._inbound()
        )
        path.chmod(0o600)

    def _inbound(self) -> str:
        if not self._inbound_url:
            return ""
        return INBOUND.format(url=self._inbound_url, escapes=INBOUND_ESCAPES)

    def _spawn(self, name: str, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # fakesmsc ends when its input does
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            )
        self._running.callback(_end, process)
        return process

    def _until(self, what: str, true: Callable[[], bool], *, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds:g} s: {what}; logs in {self.folder}")
            time.sleep(0.05)


def fakesmsc_messages(log: str) -> list[Message]:
    """What fakesmsc wrote down, as far as its line protocol tells.

    A line feed in a text is a line of its own there, and is put back; long messages stay in their
    parts. The SMPP operator is the one to ask where each character counts.
    """
    messages: list[Message] = []
    for line in log.split("\n"):
        found = _GOT.search(line)
        if found is None:
            continue
        head = _HEAD.match(found[1])
        if head:
            messages.append(_fake_message(head, found[1][head.end() :]))
        elif messages:
            last = messages.pop()
            messages.append(
                Message(
                    sender=last.sender,
                    recipient=last.recipient,
                    text=f"{last.text}\n{found[1]}",
                    encoding=last.encoding,
                    parts=1,
                )
            )
    return messages


def _fake_message(head: "re.Match[str]", rest: str) -> Message:
    sender, recipient, kind = head.groups()
    encoding, text = "gsm7", rest
    if kind == "ucs-2":
        encoding, text = "ucs2", unquote_to_bytes(rest.replace("+", " ")).decode("utf-16-be")
    if kind == "udh":
        text = unquote_to_bytes(rest.partition(" data ")[2].replace("+", " ")).decode(
            "utf-8", "replace"
        )
    return Message(sender=sender, recipient=recipient, text=text, encoding=encoding, parts=1)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, and SIGKILL soon after: bearerbox would wait for its queues to empty."""
    process.terminate()
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
