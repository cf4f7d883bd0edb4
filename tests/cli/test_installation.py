"""Commands find the installation's settings, its data folder and its database."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.cli import installation
from portal.infra import data_folder
from portal.infra.config import SettingError, Settings
from portal.infra.embedded_postgres import Server
from portal.infra.processes import CannotStart
from tests.builders.open_folder import open_folder

SECRET = "4f9d-a-secret-of-more-than-32-bytes-71c2"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as another")


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with open_folder() as folder:
        data_folder.prepare(folder)
        yield folder


def test_a_weak_secret_is_refused_and_a_missing_one(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="PORTAL_SECRET has 4 bytes, but needs at least 32"):
        installation.read_settings({"PORTAL_SECRET": "weak", "PORTAL_DATA_DIR": str(tmp_path)})
    with pytest.raises(SettingError, match="PORTAL_SECRET is not set"):
        installation.read_settings({"PORTAL_DATA_DIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    environment = {"PORTAL_SECRET": SECRET, "PORTAL_DATA_DIR": f"{tmp_path}/file/data"}
    with pytest.raises(CannotStart, match=r"file/data cannot be written \(Not a directory\)"):
        installation.read_settings(environment)


def test_a_demonstration_needs_no_settings_and_keeps_its_secret(tmp_path: Path) -> None:
    environment = {
        "PORTAL_DEMO": "yes",
        "PORTAL_DATA_DIR": str(tmp_path),
        "PORTAL_LISTEN_PORT": "8123",
    }
    settings = installation.read_settings(environment)
    assert (settings.public_scheme, settings.public_port) == ("http", 8123)
    assert settings.mail == f"folder:{tmp_path}/mail"
    assert len(settings.secret) >= 32
    assert stat.S_IMODE((tmp_path / "demo-secret").stat().st_mode) == 0o600
    assert installation.read_settings(environment) == settings


def test_a_demonstration_can_be_told_all_the_same(tmp_path: Path) -> None:
    settings = installation.read_settings(
        {
            "PORTAL_DEMO": "yes",
            "PORTAL_DATA_DIR": str(tmp_path),
            "PORTAL_SECRET": SECRET,
            "PORTAL_PUBLIC_SCHEME": "https",
            "PORTAL_PUBLIC_PORT": "443",
            "PORTAL_MAIL": "smtp://localhost:25",
        }
    )
    assert settings.secret == SECRET
    assert (settings.public_scheme, settings.public_port) == ("https", 443)
    assert settings.mail == "smtp://localhost:25"
    assert not (tmp_path / "demo-secret").exists()


def test_outside_of_a_demonstration_nothing_is_filled_in(tmp_path: Path) -> None:
    environment = {"PORTAL_SECRET": SECRET, "PORTAL_DATA_DIR": str(tmp_path)}
    settings = installation.read_settings(environment)
    assert settings == Settings(secret=SECRET, data_dir=tmp_path)


def test_the_data_folder_is_beside_the_code_as_an_absolute_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_folder() as folder:
        monkeypatch.chdir(folder)
        assert installation.data_dir({}, settings=Settings()) == folder / "var"


@as_root
def test_root_takes_the_systems_folder_where_others_cannot_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_folder() as folder:
        folder.chmod(0o700)
        monkeypatch.chdir(folder)
        assert installation.data_dir({}, settings=Settings()) == Path("/var/lib/portal")
        named = {"PORTAL_DATA_DIR": "var"}
        assert installation.data_dir(named, settings=Settings()) == folder / "var"
        elsewhere = Settings(database_url="postgresql://portal@db/portal")
        assert installation.data_dir({}, settings=elsewhere) == folder / "var"


def test_a_database_of_ones_own_is_not_started(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://portal@db/portal")
    with installation.database_url(settings) as url:
        assert url == "postgresql://portal@db/portal"
    assert list(tmp_path.iterdir()) == []


def test_the_embedded_database_is_started_for_a_command_and_stopped(data_dir: Path) -> None:
    with installation.database_url(Settings(data_dir=data_dir)) as url:
        psycopg.connect(url).close()
    assert not Server(data_dir).running


def test_a_running_database_is_used_and_left_running(data_dir: Path) -> None:
    settings = Settings(data_dir=data_dir)
    server = Server(data_dir)
    with data_folder.ruled(data_dir):
        with (
            pytest.raises(CannotStart, match="A portal is already running with the data folder"),
            installation.database_url(settings),
        ):
            pass
        server.start()
        with installation.database_url(settings) as url:
            psycopg.connect(url).close()
        assert server.running
    with installation.database_url(settings) as url:
        psycopg.connect(url).close()
    assert server.running
    server.stop()


def test_with_https_caddy_is_the_one_proxy(tmp_path: Path) -> None:
    told = {"PORTAL_SECRET": SECRET, "PORTAL_DATA_DIR": str(tmp_path), "PORTAL_HTTPS": "yes"}
    with pytest.raises(SettingError, match="PORTAL_ZONE or PORTAL_PUBLIC_ADDRESSES has to say"):
        installation.read_settings(told)
    told["PORTAL_PUBLIC_ADDRESSES"] = "192.0.2.7"
    for host in ("::", "192.0.2.1", "front"):
        with pytest.raises(SettingError, match="PORTAL_LISTEN_HOST has to be an address of this"):
            installation.read_settings({**told, "PORTAL_LISTEN_HOST": host})
    for host in ("127.0.0.1", "::1", "localhost"):
        settings = installation.read_settings({**told, "PORTAL_LISTEN_HOST": host})
        assert (settings.trust_proxy, settings.public_scheme) == (True, "https")
    settings = installation.read_settings({**told, "PORTAL_HTTPS_PORT": "8443"})
    assert (settings.public_port, settings.acme_directory) == (8443, "")
    settings = installation.read_settings(
        {**told, "PORTAL_HTTPS_PORT": "8443", "PORTAL_PUBLIC_PORT": "443"}
    )
    assert settings.public_port == 443


def test_a_demonstration_has_its_names_on_this_machine(tmp_path: Path) -> None:
    told = {"PORTAL_DEMO": "yes", "PORTAL_DATA_DIR": str(tmp_path)}
    settings = installation.read_settings(told)
    assert (settings.zone, settings.public_scheme) == ("localhost", "http")
    settings = installation.read_settings({**told, "PORTAL_HTTPS": "yes"})
    assert (settings.public_scheme, settings.acme_directory) == ("https", "internal")
    directory = "https://acme.test/dir"
    told = {**told, "PORTAL_HTTPS": "yes", "PORTAL_ACME_DIRECTORY": directory}
    assert installation.read_settings({**told, "PORTAL_ZONE": "a.test"}).zone == "a.test"
    assert installation.read_settings(told).acme_directory == directory
