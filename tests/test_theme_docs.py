"""What docs/themes.md shows is true: its examples make a theme that is in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.cli.main import main
from portal.infra import installed_themes, theme_archives
from portal.infra.installed_themes import themes
from portal.infra.theme_settings import Kind
from portal.infra.themes import read_themes

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "themes.md").read_text()


@pytest.fixture(autouse=True)
def own_places() -> Iterator[None]:
    """What a command has looked at is no other test's."""
    yield
    installed_themes._places.clear()


def examples(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


def test_the_examples_make_a_theme_that_is_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sail = tmp_path / "themes" / "sail"
    (sail / "templates").mkdir(parents=True)
    (sail / "static").mkdir()
    (sail / "theme.toml").write_text("\n".join(examples("toml")))
    (sail / "static" / "theme.css").write_text("\n".join(examples("css")))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))
    for template in examples("jinja"):
        (sail / "templates" / "base.html").write_text(template)
        assert main(["themes", "check", "sail"]) == 0
        assert "sail: in order" in capsys.readouterr().out
    found = read_themes(ROOT / "themes", tmp_path / "themes")["sail"]
    assert {"card_edge", "pace", "gap", "cards"} <= {setting.id for setting in found.settings}
    assert [preset.name for preset in found.presets] == ["Night sail"]


def test_every_type_and_every_shipped_theme_is_in_the_tables() -> None:
    rows = set(re.findall(r"^\| `([a-z]+)` \|", TEXT, re.MULTILINE))
    assert {kind.value for kind in Kind} <= rows
    assert set(themes()) <= rows


def test_the_limits_are_those_that_hold() -> None:
    assert f"{theme_archives.FILES_MAX:,} files" in TEXT
    assert f"{theme_archives.FILE_BYTES_MAX // 10**6} MB in a file" in TEXT
    assert f"{theme_archives.BYTES_MAX // 10**6} MB in all" in TEXT
