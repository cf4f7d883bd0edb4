"""Starts the database, the web server and the worker, one after the other, and looks after them."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn

from portal.cli import installation, programs
from portal.infra import (
    caddy,
    data_folder,
    installed_themes,
    listening,
    processes,
)
from portal.infra.config import Settings, variable
from portal.infra.embedded_postgres import Server
from portal.infra.mail import open_mailer
from portal.infra.processes import CannotStart
from portal.infra.supervisor import Supervisor

READY_SECONDS_MAX: Final = 60
_HTTPS_PORT: Final = variable("https_port")
_HTTP_PORT: Final = variable("http_port")
_LOOK_SECONDS: Final = 0.25
_HERE: Final = "127.0.0.1"
# Together they stay below the five seconds that a stop may take.
_PROGRAMS_GRACE_SECONDS: Final = 2.5
_DATABASE_GRACE_SECONDS: Final = 1.0


def run(args: argparse.Namespace) -> int:
    """Start everything and look after it; a signal ends it, with exit status 0.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: something else that keeps the portal from running, in a sentence.
        BrokenTheme: a theme cannot be used, by file and line.
    """
    environment = _environment(args)
    settings = installation.read_settings(environment)
    if args.facts and not settings.demo:
        raise CannotStart("Only a demonstration has facts to write: add --demo, or leave --facts.")
    if settings.data_dir == installation.SYSTEM_DATA_DIR and "PORTAL_DATA_DIR" not in environment:
        _say(f"Other users cannot enter {Path.cwd()}: the data folder is {settings.data_dir}.")
    with processes.StopSignals() as signals:
        started = ExitStack()
        try:
            _start(settings, facts_file=args.facts, signals=signals, started=started)
        except processes.Stopped:
            return 0
        finally:
            signals.ignore()
            started.close()


def _environment(args: argparse.Namespace) -> dict[str, str]:
    """The environment with the options laid over it."""
    options = {"PORTAL_LISTEN_PORT": args.port, "PORTAL_DATA_DIR": args.data}
    options |= {"PORTAL_DEMO": "yes" if args.demo else None}
    options |= {"PORTAL_HTTPS": "yes" if args.https else None}
    return {**os.environ, **{name: value for name, value in options.items() if value}}


def _start(
    settings: Settings,
    *,
    facts_file: Path | None,
    signals: processes.StopSignals,
    started: ExitStack,
) -> NoReturn:
    """Start one thing after the other and look after them; `started` learns how to stop each."""
    # What is wrong is said here, and not by a program that ends.
    open_mailer(settings.mail)
    installed_themes.look_in(settings.data_dir)
    installed_themes.themes()
    run_dir = data_folder.run_dir(settings.data_dir)
    started.enter_context(data_folder.ruled(settings.data_dir))
    stop_leftovers(settings.data_dir)
    _refuse_taken(settings)
    if facts_file is not None:
        data_folder.forget(facts_file)  # who waits for it must not read that of an earlier run
    settings = _with_simulations(settings)
    server = None if settings.database_url else Server(settings.data_dir)
    if server is not None:
        started.callback(server.stop, grace_seconds=_DATABASE_GRACE_SECONDS)
    supervisor = Supervisor(run_dir=run_dir, signals=signals)
    started.callback(supervisor.stop, grace_seconds=_PROGRAMS_GRACE_SECONDS)
    supervisor.start(programs.web_server(settings))  # it loads while the rest is made ready
    # By name, and only now: it knows the features, and loads while the web server does.
    setting_up: Any = importlib.import_module("portal.cli.setting_up")
    if server is not None:
        server.start()
        settings = replace(settings, database_url=server.url)
    facts = setting_up.set_up(settings)
    supervisor.release(settings.environment())
    for program in programs.beside(settings):
        supervisor.start(program)
    _wait_until_ready(settings, supervisor=supervisor)
    installation.remember_port(settings)
    if facts_file is not None:
        data_folder.write_private(facts_file, json.dumps(facts, indent=2) + "\n")
    _say(setting_up.greeting(settings, facts))
    while True:
        time.sleep(_LOOK_SECONDS)
        if server is not None and not server.running:
            server.start()
        supervisor.check()


def _with_simulations(settings: Settings) -> Settings:
    """The same, and in a demonstration ports for the simulated Stripe and PayPal, unless told.

    They are others at each start; what was paid is kept in files.
    """
    if not settings.demo:
        return settings
    return replace(
        settings,
        stripe_api=settings.stripe_api or f"http://{_HERE}:{listening.free_port(_HERE)}",
        paypal_api=settings.paypal_api or f"http://{_HERE}:{listening.free_port(_HERE)}",
    )


def _refuse_taken(settings: Settings) -> None:
    """See that everything can be listened on, before anything is started.

    Raises:
        CannotStart: saying what is taken, and by which setting another is chosen.
    """
    listening.refuse_taken(settings.listen_host, settings.listen_port)
    if settings.https:
        caddy.program()
        listening.refuse_taken(settings.https_host, settings.https_port, setting=_HTTPS_PORT)
        listening.refuse_taken(settings.https_host, settings.http_port, setting=_HTTP_PORT)


def stop_leftovers(data_dir: Path) -> None:
    """Stop what an earlier run has left, if it was killed."""
    records = list(data_folder.run_dir(data_dir).glob("*.json"))
    left = processes.leftovers(records, data_dir=data_dir)
    if left:
        _say("Stopping what an earlier run has left behind.")
        processes.stop_groups(left, grace_seconds=_PROGRAMS_GRACE_SECONDS)
    for record in records:
        record.unlink(missing_ok=True)


def _wait_until_ready(settings: Settings, *, supervisor: Supervisor) -> None:
    """Wait until the web server answers, and what is in front of it, if anything is.

    Raises:
        CannotStart: one of the programs ended, or it took too long.
    """
    end = time.monotonic() + READY_SECONDS_MAX
    while not listening.answers(settings.listen_host, settings.listen_port, path="/readyz"):
        supervisor.check(quick_deaths_max=1)
        if time.monotonic() > end:
            raise CannotStart(f"The web server did not answer within {READY_SECONDS_MAX} seconds.")
        time.sleep(0.05)
    while settings.https and not listening.accepts(settings.https_host, settings.https_port):
        supervisor.check(quick_deaths_max=1)
        if time.monotonic() > end:
            raise CannotStart(f"Caddy did not answer within {READY_SECONDS_MAX} seconds.")
        time.sleep(0.05)


def _say(text: str) -> None:
    print(text, flush=True)
