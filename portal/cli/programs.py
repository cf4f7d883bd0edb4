"""The programs that make up a running portal: the web server and the workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from portal.infra import caddy, held
from portal.infra.config import Settings
from portal.infra.processes import MARKER
from portal.infra.supervisor import Program


def web_server(settings: Settings) -> Program:
    """The web server; it is held, since it takes as long to load as the database to start."""
    command = [sys.executable, "-m", "portal.web_server", held.FLAG]
    return Program(name="web server", command=command, environment=_told(settings), held=True)


def beside(settings: Settings) -> Iterator[Program]:
    """What else runs once there is a database: the workers, Caddy, simulated payments."""
    for number in range(1, settings.worker_count + 1):
        yield Program(
            name="worker" if settings.worker_count == 1 else f"worker {number}",
            command=[sys.executable, "-m", "portal.tasks.worker"],
            environment=_told(settings),
        )
    if settings.https:
        yield _in_front(settings)
    if settings.demo and settings.stripe_api and settings.paypal_api:
        yield _simulated_payments(settings)


def _told(settings: Settings) -> dict[str, str]:
    """The whole environment of a program that reads the settings."""
    return _environment(settings) | settings.environment()


def _environment(settings: Settings) -> dict[str, str]:
    """That of this process without its settings, and our mark."""
    others = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    return others | {MARKER: str(settings.data_dir)}


def _in_front(settings: Settings) -> Program:
    """Caddy; of the environment it needs nothing but where its own files are, and our mark."""
    kept = str(caddy.folder(settings.data_dir))
    own = {"HOME": kept, "XDG_DATA_HOME": kept, "XDG_CONFIG_HOME": kept}
    file = str(caddy.write(settings))
    return Program(
        name="https server",
        command=[caddy.program(), "run", "--adapter", "caddyfile", "--config", file],
        environment=_environment(settings) | own,
    )


def _simulated_payments(settings: Settings) -> Program:
    """Where visitors of a demonstration pay; of the environment it needs nothing but our mark."""
    command = [sys.executable, "-m", "portal.cli.simulated_payments"]
    options = {
        "--stripe-port": settings.stripe_api.rpartition(":")[2],
        "--paypal-port": settings.paypal_api.rpartition(":")[2],
        "--hooks": settings.hooks,
        "--folder": str(settings.data_dir),
    }
    return Program(
        name="simulated payments",
        command=[*command, *(word for option in options.items() for word in option)],
        environment=_environment(settings),
    )
