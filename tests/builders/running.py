"""The whole portal as processes of its own, on a free port and in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.fakes.http_gateway import free_port

PROGRAM = str(Path(sys.executable).with_name("portal"))
READY_SECONDS = 90
STOP_SECONDS = 15


class RunningPortal:
    """`portal up --demo`, started and stopped; what it prints is in `log`."""

    def __init__(self, folder: Path, *, port: int | None = None, **settings: str) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.log = folder / "log"
        self.facts_file = folder / "facts.json"
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")
        } | {f"PORTAL_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RunningPortal:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def facts(self) -> dict[str, Any]:
        """What `--facts` wrote."""
        found: dict[str, Any] = json.loads(self.facts_file.read_text())
        return found

    @property
    def pid(self) -> int:
        """The supervisor."""
        assert self._process is not None
        return self._process.pid

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it and wait until it is ready; its folder must be open to other users."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.facts_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    PROGRAM, "up", "--demo",
                    "--port", str(self.port), "--data", str(self.data),
                    "--facts", str(self.facts_file),
                ],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + READY_SECONDS
        while not self.facts_file.is_file():
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < end, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def stop(self) -> int:
        """Ask it to stop, wait, and return its exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=STOP_SECONDS)

    def kill(self) -> None:
        """End the supervisor, and only it, the hard way."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=STOP_SECONDS)

    def request(
        self,
        method: str,
        path: str,
        *,
        host: str,
        token: str = "",
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """One request as a program makes it: connect to the address, send Host; status and JSON."""
        sent = {"Host": host, **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                method, path, body=None if body is None else json.dumps(body), headers=sent
            )
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        is_json = "json" in answer.getheader("Content-Type", "") and "ndjson" not in (
            answer.getheader("Content-Type", "")
        )
        return answer.status, json.loads(text) if is_json else text

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`portal …` on the same data folder."""
        return self.command_with("", *words)

    def command_with(self, typed: str, *words: str) -> subprocess.CompletedProcess[str]:
        """The same, with something on its standard input."""
        return subprocess.run(
            [PROGRAM, *words, "--data", str(self.data)],
            input=typed,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
