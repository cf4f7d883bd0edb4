"""The programs that make up a running portal: the web server and the workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from portal.infra import caddy
from portal.infra.config import Settings
from portal.infra.processes import MARKER
from portal.infra.supervisor import Program


def programs(settings: Settings) -> Iterator[Program]:
    """The web server and the workers, with everything they need to be told."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")}
    environment |= settings.environment() | {MARKER: str(settings.data_dir)}
    command = [sys.executable, "-m", "portal.web_server"]
    yield Program(name="web server", command=command, environment=environment)
    if settings.https:
        yield _in_front(settings, environment)
    if settings.demo and settings.stripe_api:
        yield _simulated_stripe(settings, environment)
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


def _simulated_stripe(settings: Settings, environment: Mapping[str, str]) -> Program:
    """Where visitors of a demonstration pay; of the environment it needs nothing but our mark."""
    command = [sys.executable, "-m", "portal.cli.stripe_double"]
    options = {
        "--port": settings.stripe_api.rpartition(":")[2],
        "--hooks": settings.hooks,
        "--file": str(settings.data_dir / "simulated-stripe.json"),
    }
    return Program(
        name="simulated Stripe",
        command=[*command, *(word for option in options.items() for word in option)],
        environment={k: v for k, v in environment.items() if not k.startswith("PORTAL_")},
    )
