"""What Caddy is told, and that it takes it."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.infra import caddy
from portal.infra.config import Settings
from portal.infra.processes import CannotStart


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(https=True, data_dir=tmp_path, listen_port=8123)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"acme_directory": "internal"},
        {"https_host": "127.0.0.1", "https_port": 8443, "http_port": 8080},
        {"listen_host": "::1", "https_host": "::1"},
        {"acme_directory": "https://acme.test/dir", "acme_email": "ops@wholesale.test"},
    ],
)
def test_it_is_a_configuration_that_caddy_takes(tmp_path: Path, given: dict[str, Any]) -> None:
    settings = Settings(https=True, data_dir=tmp_path, **given)
    file = caddy.write(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    done = subprocess.run(
        [caddy.program(), "validate", "--adapter", "caddyfile", "--config", file],
        env={"HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    caddy.write(settings)  # at the next start


def test_it_asks_us_for_every_name_and_shows_nobody_how(settings: Settings) -> None:
    said = caddy.told(settings)
    assert "ask http://127.0.0.1:8123/internal/tls-ask" in said
    assert "respond @internal 404" in said
    assert "reverse_proxy 127.0.0.1:8123 {" in said
    assert "admin off" in said
    assert "default_bind" not in said
    assert "acme" not in said
    assert "issuer internal" not in said


def test_an_authority_of_ones_own(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    settings = Settings(
        https=True,
        data_dir=tmp_path,
        acme_directory="https://acme.test/dir",
        acme_root=str(root),
        acme_email="ops@wholesale.test",
    )
    said = caddy.told(settings)
    assert 'acme_ca "https://acme.test/dir"' in said
    assert f'acme_ca_root "{root}"' in said
    assert 'email "ops@wholesale.test"' in said


@pytest.mark.parametrize("name", ['a"b', "a{b}", "a`b", "a\\b"])
def test_a_folder_that_a_caddyfile_cannot_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotStart, match="Caddy cannot read the path"):
        caddy.write(Settings(https=True, data_dir=tmp_path / name))


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "caddy").touch()
    with pytest.raises(CannotStart, match=r"cannot be (made|written)"):
        caddy.write(Settings(https=True, data_dir=tmp_path))


def test_where_caddy_is_nowhere_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(CannotStart, match="Caddy is not there, which --https needs"):
        caddy.program()
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert caddy.program() == "/usr/bin/caddy"
