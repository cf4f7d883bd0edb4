"""The worker process: jobs and the dispatcher in one loop, until SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import procrastinate
import structlog

from portal.infra import exchanging, installed_themes, log
from portal.infra.config import SettingError, Settings
from portal.infra.db import Database, DatabaseUnfit
from portal.infra.mail import open_mailer
from portal.infra.queue import jobs
from portal.infra.theme_manifest import BrokenTheme
from portal.tasks import (
    context,
    cover,
    invoices,
    mails,
    notices,
    on_net,
    passwords,
    payments,
    people,
    statements,
    timetable,
    top_ups,
    wholesale,
)
from portal.tasks.dispatcher import Dispatcher

JOBS_AT_ONCE = 4
GRACE_SECONDS = 2.0
TASKS_OF = (
    cover, invoices, mails, notices, on_net, passwords, payments, people, statements, timetable,
    top_ups,
    wholesale,
)  # fmt: skip
"""The modules whose tasks this process knows: importing them registers them."""

logger = structlog.get_logger(__name__)


async def work(settings: Settings, database: Database) -> None:
    """Do jobs and dispatch messages until the process is asked to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    connector = procrastinate.PsycopgConnector(conninfo=settings.database_url, max_size=6)
    with jobs.replace_connector(connector) as app:
        async with app.open_async(), exchanging.http_session() as http:
            doing_jobs = asyncio.create_task(
                app.run_worker_async(
                    concurrency=JOBS_AT_ONCE,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    delete_jobs="successful",
                )
            )
            doing_jobs.add_done_callback(lambda _: stop.set())
            logger.info("worker ready")
            await Dispatcher(database, settings, http=http).run(stop)
            doing_jobs.cancel()
            await asyncio.gather(doing_jobs, return_exceptions=True)


def main() -> int:
    """Run the worker with the settings of the environment; the exit status."""
    try:
        settings = Settings.from_environment(os.environ)
        log.configure(console=sys.stderr.isatty())
        installed_themes.look_in(settings.data_dir)
        installed_themes.themes()  # read now: a broken one is found at the start
        mailer = open_mailer(settings.mail)
        database = Database(settings.database_url)
        database.open()
    except (SettingError, DatabaseUnfit, BrokenTheme) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    context.use(database=database, settings=settings, mailer=mailer)
    try:
        asyncio.run(work(settings, database))
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
