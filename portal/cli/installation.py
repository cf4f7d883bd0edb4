"""What every command needs to know of the installation: its settings, its folder, its database."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from portal.infra import data_folder, postgres_binaries
from portal.infra.config import SettingError, Settings, fresh_secret
from portal.infra.data_folder import Busy
from portal.infra.embedded_postgres import Server
from portal.infra.setting_texts import INTERNAL_CA

SYSTEM_DATA_DIR: Final = Path("/var/lib/portal")
DEMO_ZONE: Final = "localhost"
"""Every name in it leads to this machine, in every browser."""
_PORT: Final = "port"
_DEMO_SECRET: Final = "demo-secret"  # noqa: S105 - the name of a file


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings, with an absolute data folder that exists; a demonstration's are filled in.

    Raises:
        SettingError: a setting is wrong.
        CannotStart: the data folder cannot be made or written.
    """
    settings = Settings.from_environment(environment)
    settings = replace(settings, data_dir=data_dir(environment, settings=settings))
    data_folder.prepare(settings.data_dir)
    settings = _for_demo(settings, environment) if settings.demo else settings
    return _for_https(settings, environment) if settings.https else settings


def data_dir(environment: Mapping[str, str], *, settings: Settings) -> Path:
    """The data folder as an absolute path.

    Where nobody has named one, and root is asked to run a database that may not be root in a folder
    that others cannot enter, it is the system's place for such data.
    """
    chosen = settings.data_dir.absolute()
    if environment.get("PORTAL_DATA_DIR", "").strip() or settings.database_url or os.geteuid() != 0:
        return chosen
    who = postgres_binaries.account(owner_of=chosen / "postgres")
    there = next(folder for folder in (chosen, *chosen.parents) if folder.is_dir())
    return chosen if who.may_enter(there) else SYSTEM_DATA_DIR


def holds_demo(folder: Path) -> bool:
    """Whether a demonstration lives in this data folder."""
    return (folder / _DEMO_SECRET).is_file()


def remember_port(settings: Settings) -> None:
    """Note where the portal of this data folder listens, for commands that print its addresses."""
    file = data_folder.run_dir(settings.data_dir) / _PORT
    data_folder.write_private(file, f"{settings.listen_port}\n")


def remembered_port(folder: Path) -> str:
    """The port that the portal of this data folder took last; empty where it never ran."""
    file = data_folder.run_dir(folder) / _PORT
    return file.read_text().strip() if file.is_file() else ""


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The database for a command beside `portal up`: the embedded one is started where it's down.

    Raises:
        CannotStart: it does not start.
    """
    if settings.database_url:
        yield settings.database_url
        return
    server = Server(settings.data_dir)
    with ExitStack() as stack:
        try:
            stack.enter_context(data_folder.ruled(settings.data_dir))
        except Busy:
            if not server.attach():  # whoever rules the folder has not come so far yet, or is going
                raise
        else:
            if not server.running:
                stack.callback(server.stop)
            server.start()
        yield server.url


def _for_demo(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """A demonstration needs no settings: links lead to this machine, mail becomes files."""
    filled: dict[str, Any] = {}
    if not settings.secret:
        filled["secret"] = _demo_secret(settings.data_dir)
    if not environment.get("PORTAL_PUBLIC_SCHEME"):
        filled["public_scheme"] = "http"
    if not environment.get("PORTAL_PUBLIC_PORT"):
        filled["public_port"] = settings.listen_port
    if not settings.zone:
        filled["zone"] = DEMO_ZONE
    if not settings.mail:
        filled["mail"] = f"folder:{settings.data_dir / 'mail'}"
    return replace(settings, **filled)


def _for_https(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """Caddy stands in front: it is the one proxy that is trusted, and nobody passes it by.

    Raises:
        SettingError: the web server could be reached without it, or no name could be found to lead
            here, so that none would ever have a certificate.
    """
    if not settings.zone and not settings.public_addresses:
        raise SettingError(
            "With --https, PORTAL_ZONE or PORTAL_PUBLIC_ADDRESSES has to say where names of this"
            " installation lead: only those that lead there have certificates."
        )
    if not _is_loopback(settings.listen_host):
        raise SettingError(
            "PORTAL_LISTEN_HOST has to be an address of this machine alone, such as 127.0.0.1, with"
            " --https: who reaches the web server past Caddy could claim to come from anywhere."
        )
    filled: dict[str, Any] = {"trust_proxy": True, "public_scheme": "https"}
    if not environment.get("PORTAL_PUBLIC_PORT"):
        filled["public_port"] = settings.https_port
    if settings.demo and not settings.acme_directory:
        filled["acme_directory"] = INTERNAL_CA
    return replace(settings, **filled)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _demo_secret(data_dir: Path) -> str:
    """The same secret at every start, so that links and sealed passwords stay good."""
    file = data_dir / _DEMO_SECRET
    if not file.is_file():
        data_folder.write_private(file, fresh_secret() + "\n")
    return file.read_text().strip()
