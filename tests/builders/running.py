"""A whole portal as processes of its own, as `portal up --demo` starts it; what can be asked."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from portal.gateways.sandbox.journal import Entry, Journal
from portal.infra import data_folder, processes
from portal.infra.db import Database
from portal.infra.embedded_postgres import Server

PORTAL = Path(sys.executable).with_name("portal")
SUNNY = "sunny.localhost"
CONSOLE = "console.localhost"
ANSWER_SECONDS = 3


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def environment(**settings: str) -> dict[str, str]:
    """This process's environment, with these settings of the portal and no others."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return inherited | {f"PORTAL_{name.upper()}": value for name, value in settings.items()}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Portal:
    """One installation in a data folder; it can be started, killed and started again."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.data_dir.with_name("portal.log")

    def start(self) -> float:
        """Start it and wait until it is ready; how many seconds that took."""
        facts = self.data_dir.with_name("facts.json")
        facts.unlink(missing_ok=True)
        began = time.monotonic()
        options = ["--demo", "--port", str(self.port), "--data", str(self.data_dir)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PORTAL, "up", *options, "--facts", facts],
                env=environment(**self.settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.until("it is ready", lambda: facts.exists() or self.process_ended(), seconds=120)
        assert facts.exists(), self.log.read_text()
        self.facts = json.loads(facts.read_text())
        return time.monotonic() - began

    def process_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> float:
        """Ask it to end; how many seconds that took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=30) == 0, self.log.read_text()
        return time.monotonic() - began

    def clear_away(self) -> None:
        """End whatever is left of it, by force if need be."""
        if not self.process_ended():
            assert self.process is not None
            self.process.terminate()
            self.process.wait(timeout=30)
        processes.stop_groups(self.groups(), grace_seconds=1)
        Server(self.data_dir).stop()

    def groups(self) -> set[int]:
        """The process groups of its programs."""
        return processes.leftovers([], data_dir=self.data_dir)

    def leader(self, name: str) -> int:
        """The first process of a program: "web-server", "worker", "worker-1"."""
        record = data_folder.run_dir(self.data_dir) / f"{name}.json"
        pid: int = json.loads(record.read_text())["pid"]
        return pid

    def children(self, name: str) -> set[int]:
        """Every process of a program but its first."""
        group = self.leader(name)
        return {one.pid for one in processes.living() if one.group == group} - {group}

    def ask(
        self,
        method: str,
        path: str,
        *,
        host: str = SUNNY,
        token: str = "",
        body: object = None,
        headers: Mapping[str, str] = {},
    ) -> Answer:
        """One request on a connection of its own.

        Raises:
            OSError, http.client.HTTPException: the other side went away.
        """
        sent = {"Host": f"{host}:{self.port}", **headers}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)) as there:
            there.request(method, path, None if body is None else json.dumps(body), sent)
            answer = there.getresponse()
            said = answer.read().decode()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, said)

    def send(self, token: str, to: str, text: str = "Hello", *, key: str = "") -> Answer:
        """Send a message as a program of a client."""
        headers = {"Idempotency-Key": key} if key else {}
        return self.ask(
            "POST",
            "/api/v1/messages",
            token=token,
            body={"to": to, "text": text},
            headers=headers,
        )

    def export(self) -> list[dict[str, Any]]:
        """Every row of the books."""
        token = self.facts["operator"]["token"]
        answer = self.ask("GET", "/api/v1/operator/ledger", host=CONSOLE, token=token)
        assert answer.status == 200, answer
        return [json.loads(line) for line in answer.body.splitlines()]

    def messages(self) -> dict[str, dict[str, Any]]:
        """Every message of the books, by id."""
        return {row["id"]: row for row in self.export() if row["type"] == "message"}

    def journal(self) -> list[Entry]:
        """What the sandbox was given, in order."""
        return list(Journal(self.data_dir / "sandbox.jsonl").entries())

    def handed_over(self) -> Counter[str]:
        """How often each message was given to the sandbox, by id."""
        return Counter(entry.reference.split("-")[1] for entry in self.journal())

    def prove(self) -> tuple[int, str]:
        """`portal ledger prove`: its exit status and what it says."""
        return self.command("ledger", "prove")

    def command(self, *words: str, typed: str = "") -> tuple[int, str]:
        """`portal …` on the same data folder: its exit status and what it says."""
        done = subprocess.run(
            [PORTAL, *words, "--data", self.data_dir],
            env=environment(),
            input=typed,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its database, for what no door offers."""
        server = Server(self.data_dir)
        assert server.attach()
        database = Database(server.url, pool_size=2)
        database.open()
        try:
            yield database
        finally:
            database.close()

    def set_gateway(self, **settings: float) -> None:
        """Change settings of the sandbox; its workers see them within a few seconds."""
        with self.database() as database, database.across_resellers() as session, session.begin():
            session.execute(
                text("UPDATE gateways SET settings = settings || CAST(:given AS jsonb)"),
                {"given": json.dumps(settings)},
            )

    def let_leases_end(self) -> None:
        """Let the minute pass after which a worker that holds a message counts as dead."""
        with self.database() as database, database.across_resellers() as session, session.begin():
            session.execute(text("UPDATE dispatch_queue SET leased_until = now()"))

    def until(self, what: str, true: Callable[[], object], *, seconds: float = 20) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, f"not within {seconds:g} s: {what}\n{self._log_end()}"
            time.sleep(0.1)

    def _log_end(self) -> str:
        return self.log.read_text()[-3000:]
