from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.infra import installed_themes
from portal.infra.templates import ThemeRegistry
from portal.infra.theme_manifest import BrokenTheme


@pytest.fixture(autouse=True)
def own_places() -> Iterator[None]:
    yield
    installed_themes._places.clear()
    installed_themes._read.cache_clear()


def test_a_process_sees_the_themes_of_its_data_folder(tmp_path: Path) -> None:
    sail = installed_themes.folder(tmp_path) / "sail"
    sail.mkdir(parents=True)
    (sail / "theme.toml").write_text('name = "Sail"\napi = 1\nparent = "minimal"\n')
    assert "sail" not in installed_themes.themes()
    installed_themes.look_in(tmp_path)
    found = installed_themes.themes()
    assert [each.id for each in found["sail"].chain] == ["sail", "minimal", "default"]
    assert installed_themes.themes() is found
    assert installed_themes.named("sail") is found["sail"]


def test_a_theme_that_was_taken_out_leaves_the_default(tmp_path: Path) -> None:
    installed_themes.look_in(tmp_path)
    assert installed_themes.named("gone").id == "default"


def test_a_template_that_cannot_be_parsed_stops_the_start(tmp_path: Path) -> None:
    sail = installed_themes.folder(tmp_path) / "sail"
    (sail / "templates").mkdir(parents=True)
    (sail / "theme.toml").write_text('name = "Sail"\napi = 1\n')
    (sail / "templates" / "base.html").write_bytes(b"\xff")
    installed_themes.look_in(tmp_path)
    with pytest.raises(BrokenTheme, match=r"base\.html:1: .*UTF-8"):
        installed_themes.themes()


def test_what_was_found_whole_is_not_checked_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    checked = []
    monkeypatch.setattr(ThemeRegistry, "check", lambda _: checked.append("all"))
    sail = installed_themes.folder(tmp_path) / "sail"
    (sail / "templates").mkdir(parents=True)
    (sail / "theme.toml").write_text('name = "Sail"\napi = 1\n')

    def start() -> list[str]:
        installed_themes._read.cache_clear()
        installed_themes.look_in(tmp_path)
        installed_themes.themes()
        return checked

    assert start() == ["all"]
    assert start() == ["all"]
    (sail / "templates" / "base.html").write_text("something else")
    assert start() == ["all", "all"]
    (sail / "static").mkdir()
    (sail / "static" / "theme.css").write_text("")
    assert start() == ["all"] * 3
    (tmp_path / "run" / "checked-themes").unlink()
    assert start() == ["all"] * 4


def test_a_theme_that_is_broken_is_refused_at_every_start(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    sail = installed_themes.folder(tmp_path) / "sail"
    (sail / "templates").mkdir(parents=True)
    (sail / "theme.toml").write_text('name = "Sail"\napi = 1\n')
    (sail / "templates" / "base.html").write_text("{% if %}")
    installed_themes.look_in(tmp_path)
    for _ in range(2):
        installed_themes._read.cache_clear()
        with pytest.raises(BrokenTheme):
            installed_themes.themes()
