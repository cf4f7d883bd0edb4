"""The web server's process says what is wrong, gets ready once, and serves as it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from portal import web_server
from portal.infra import data_folder, installed_themes
from portal.infra.config import Settings

SETTINGS = Settings(
    secret="4f9d-a-secret-of-more-than-32-bytes-71c2",
    database_url="postgresql://portal@/portal?host=%2Fsomewhere",
    listen_port=8123,
    web_workers=3,
)


class Served:
    """A web server that only notes what it was told."""

    told: dict[str, Any]

    def __init__(self, target: str, **options: Any) -> None:
        self.told = {"target": target, **options}

    def serve(self) -> None:
        """End at once."""
        Served.told = self.told


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    for name, value in SETTINGS.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(web_server, "Granian", Served)
    monkeypatch.setattr(Served, "told", {}, raising=False)
    monkeypatch.setattr(installed_themes, "_places", [])


def test_a_setting_that_is_wrong_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_LISTEN_PORT", "eighty")
    assert web_server.main() == 1
    assert "PORTAL_LISTEN_PORT" in capsys.readouterr().err
    assert Served.told == {}


def test_a_theme_that_is_broken_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sail = installed_themes.folder(tmp_path) / "sail"
    (sail / "templates").mkdir(parents=True)
    (sail / "theme.toml").write_text('name = "Sail"\napi = 1\n')
    (sail / "templates" / "base.html").write_text("one\n{% if %}")
    assert web_server.main() == 1
    assert "sail/templates/base.html:2:" in capsys.readouterr().err
    assert Served.told == {}


def test_it_listens_where_it_is_told_with_its_pages_compiled(tmp_path: Path) -> None:
    assert web_server.main() == 0
    assert Served.told["target"] == "portal.app:create_wsgi"
    assert (Served.told["address"], Served.told["port"]) == ("127.0.0.1", 8123)
    assert Served.told["workers"] == 3
    assert {file.name for file in data_folder.run_dir(tmp_path).iterdir()} == {
        "checked-themes",
        "templates",
    }
