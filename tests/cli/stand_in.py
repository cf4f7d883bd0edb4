"""The command `portal` with small programs in place of its own: run by the tests of `portal up`.

What is served, worked on and shown is stood in for; database, migrations, supervision, the web
server and its options are real. STAND_IN_… variables make one of them misbehave.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from portal import web_server
from portal.cli import main as portal
from portal.cli import programs, setting_up
from portal.infra.config import Settings
from portal.infra.db import Database, ResellerSession
from portal.infra.supervisor import Program

HERE = Path(__file__).parent
STOOD_IN_FOR = {"portal.web_server": "serve", "portal.tasks.worker": "work"}


def create_wsgi() -> Callable[[Mapping[str, str], Callable[..., object]], Iterable[bytes]]:
    """Answer every request with the number of the process; not ready where the worker dies."""
    # Else the web server, when it is the quicker one, would be ready before the worker died.
    status = "503 Service Unavailable" if "STAND_IN_WORKER_DIES" in os.environ else "200 OK"

    def answer(_: Mapping[str, str], start: Callable[..., object]) -> Iterable[bytes]:
        start(status, [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]

    return answer


def work() -> None:
    """Wait for the end; die at once where the test says so."""
    if "STAND_IN_WORKER_DIES" in os.environ:
        sys.exit(3)
    if "STAND_IN_WORKER_DEAF" in os.environ:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)


def serve() -> int:
    """The real web server, with another application."""
    for name, replacement in (
        ("APPLICATION", "stand_in:create_wsgi"),
        ("app", SimpleNamespace(prepare=lambda _: None)),
    ):
        setattr(web_server, name, replacement)
    return web_server.main()


def stand_in(program: Program) -> Program:
    """The real command, with what it loads replaced."""
    _, _, module, *words = program.command
    command = [sys.executable, str(HERE / "stand_in.py"), STOOD_IN_FOR[module], *words]
    environment = dict(program.environment) | {"PYTHONPATH": f"{HERE}:{HERE.parents[1]}"}
    return replace(program, command=command, environment=environment)


def web_server_alone(settings: Settings) -> Program:
    return stand_in(real_web_server(settings))


def workers_alone(settings: Settings) -> Iterator[Program]:
    return (stand_in(each) for each in real_beside(replace(settings, demo=False)))


real_web_server, real_beside = programs.web_server, programs.beside


def ensure(_: Database, settings: Settings) -> dict[str, Any]:
    """Make nothing, and tell where it is."""
    return {"address": f"127.0.0.1:{settings.listen_port}", "mail": settings.mail}


def greeting(facts: Mapping[str, Any]) -> str:
    return f"Ready {facts}"


def any_exist(_: ResellerSession) -> bool:
    return "STAND_IN_EMPTY" not in os.environ


REPLACED: list[tuple[object, str, object]] = [
    (programs, "web_server", web_server_alone),
    (programs, "beside", workers_alone),
    (setting_up, "demo_facts", SimpleNamespace(ensure=ensure, greeting=greeting)),
    (setting_up, "resellers", SimpleNamespace(any_exist=any_exist)),
]

if __name__ == "__main__":
    if sys.argv[1] == "work":
        work()
    if sys.argv[1] == "serve":
        sys.exit(serve())
    for module, name, replacement in REPLACED:
        setattr(module, name, replacement)
    sys.exit(portal.main())
