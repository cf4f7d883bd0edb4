"""The programs that make up a running portal: the web server and the workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from typing import Final

from portal.infra import caddy
from portal.infra.config import Settings
from portal.infra.processes import MARKER
from portal.infra.supervisor import Program

# A web process answers this many requests at once, each with a database connection …
_THREADS: Final = 8
# … and holds this many connections, most of which only wait for a browser's next request.
_CONNECTIONS: Final = 512
_HEADER_MILLISECONDS_MAX: Final = 15_000  # also how long a connection may wait like that


def programs(settings: Settings) -> Iterator[Program]:
    """The web server and the workers, with everything they need to be told."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    environment |= settings.environment() | {MARKER: str(settings.data_dir)}
    server = {
        "--interface": "wsgi",
        "--host": settings.listen_host,
        "--port": settings.listen_port,
        "--http": "1",
        "--workers": settings.web_workers,
        "--workers-kill-timeout": 2,
        "--respawn-interval": 0.5,
        "--blocking-threads": _THREADS,
        "--backpressure": _CONNECTIONS,
        "--http1-header-read-timeout": _HEADER_MILLISECONDS_MAX,
        "--log-level": "error",  # warnings are advice on these very options
    }
    options = [str(word) for option in server.items() for word in option]
    flags = ["--factory", "--no-ws", "--respawn-failed-workers"]
    command = [sys.executable, "-m", "granian", *options, *flags, "portal.app:create_wsgi"]
    yield Program(name="web server", command=command, environment=environment)
    if settings.https:
        yield _in_front(settings, environment)
    for number in range(1, settings.worker_count + 1):
        yield Program(
            name="worker" if settings.worker_count == 1 else f"worker {number}",
            command=[sys.executable, "-m", "portal.tasks.worker"],
            environment=environment,
        )


def _in_front(settings: Settings, environment: Mapping[str, str]) -> Program:
    """Caddy; of the environment it needs nothing but where its own files are, and our mark."""
    kept = str(caddy.folder(settings.data_dir))
    own = {"HOME": kept, "XDG_DATA_HOME": kept, "XDG_CONFIG_HOME": kept}
    file = str(caddy.write(settings))
    return Program(
        name="https server",
        command=[caddy.program(), "run", "--adapter", "caddyfile", "--config", file],
        environment={k: v for k, v in environment.items() if not k.startswith("PORTAL_")} | own,
    )
