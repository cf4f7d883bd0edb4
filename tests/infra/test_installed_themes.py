from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.infra import installed_themes
from portal.infra.theme_manifest import BrokenTheme


@pytest.fixture(autouse=True)
def own_places() -> Iterator[None]:
    yield
    installed_themes._places.clear()


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
