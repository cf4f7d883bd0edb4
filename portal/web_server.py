"""The web server's process: it gets everything ready once, and then divides into those that answer.

Run by `portal up`, with the settings in its environment.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from portal import app
from portal.infra import held
from portal.infra.config import SettingError, Settings
from portal.infra.theme_manifest import BrokenTheme

APPLICATION = "portal.app:create_wsgi"

# A web process answers this many requests at once, each with a database connection …
_THREADS: Final = 8
# … and holds this many connections, most of which only wait for a browser's next request.
_CONNECTIONS: Final = 512
_HEADER_MILLISECONDS_MAX: Final = 15_000  # also how long a connection may wait like that


def main() -> int:
    """Serve until a signal comes; the exit status."""
    try:
        app.prepare(Settings.from_environment(os.environ))
        held.wait()
        settings = Settings.from_environment(os.environ)
    except (SettingError, BrokenTheme) as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    gc.freeze()  # what all processes have in common stays in common: nobody looks for garbage there
    _serve(settings)
    return 0


def _serve(settings: Settings) -> None:
    server = Granian(
        APPLICATION,
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.listen_host,
        port=settings.listen_port,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_MILLISECONDS_MAX),
        websockets=False,
        workers=settings.web_workers,
        workers_kill_timeout=2,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        blocking_threads=_THREADS,
        backpressure=_CONNECTIONS,
        log_level=LogLevels.error,  # warnings are advice on these very options
    )
    server.serve()


if __name__ == "__main__":
    sys.exit(main())
