"""`portal themes`: list, check, new, trace, install."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.app import create_app
from portal.cli.main import main
from portal.infra import installed_themes
from portal.infra.config import Settings
from portal.infra.db import Database
from portal.infra.theme_manifest import BrokenTheme
from portal.tenancy import branding
from tests.builders.installation import installed
from tests.cast import SUNNY

ROOT = Path(__file__).parents[2]
MANIFEST = 'name = "Sail"\nparent = "sidebar"\nversion = "2.0"\napi = 1\n'


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder of the command; nothing else of the environment counts."""
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    yield tmp_path / "data"
    installed_themes._places.clear()


def said(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    return captured.out + captured.err


def theme(folder: Path, **files: str) -> Path:
    """A folder with a theme; `templates__x_html` is `templates/x.html`."""
    for name, text in {"theme_toml": MANIFEST, **files}.items():
        path, _, kind = name.replace("__", "/").rpartition("_")
        (folder / f"{path}.{kind}").parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{path}.{kind}").write_text(text)
    return folder


def zipped(folder: Path) -> Path:
    file = folder.with_suffix(".zip")
    with zipfile.ZipFile(file, "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder.parent))
    return file


# list


def test_themes_in_a_table(
    database: Database,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with database.session(SUNNY) as session, session.begin():
        branding.own(session).theme = "gone"
    theme(data / "themes" / "sail")
    with installed(database, monkeypatch):
        monkeypatch.setenv("PORTAL_DATA_DIR", str(data))
        assert main(["themes", "list"]) == 0
    rows = [re.split(r"\s{2,}", line) for line in said(capsys).splitlines()]
    assert rows[0] == [
        "theme", "title", "version", "builds on", "settings", "looks", "where", "used by",
    ]  # fmt: skip
    by_name = {row[0]: row for row in rows}
    assert by_name["default"][3:4] + by_name["default"][6:] == ["-", "shipped", "2"]
    assert by_name["quay"][3] == "sidebar"
    assert by_name["sail"][1:4] + by_name["sail"][6:] == [
        "Sail",
        "2.0",
        "sidebar",
        "installed",
        "-",
    ]
    assert by_name["gone"][6:] == ["gone: shown as default", "1"]


# check


def test_shipped_themes_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["themes", "check"]) == 0
    printed = said(capsys)
    for name in ("default", "sidebar", "quay", "minimal"):
        assert re.search(rf"^{name}: in order \(.*presets\)$", printed, re.MULTILINE), printed


FLAWED = {
    "theme_toml": MANIFEST
    + '\n[[preset]]\nname = "Night"\nseed = "#123456"\nown = { navv = "#ffffff", nav = "#777777",'
    ' nav-text = "#808080" }\n',
    "templates__base_html": '{% extends "~base.html" %}\n{% block footer %}\n'
    '<p style="color:red" onclick="x()">x</p>\n<script>x()</script>\n<style>p{}</style>\n'
    "{{ super() }}{% endblock %}",
    "static__theme_css": "a { background: url(there.png); }\n"
    "b { background: url('gone.png'); }\nc { background: url(https://elsewhere.example/x.png); }\n"
    "d { background: url(data:image/png;base64,AA); mask: url(#m); }\n",
    "static__there_png": "",
}


def test_what_would_work_badly_is_named_by_file_and_line(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = theme(data / "themes" / "sail", **FLAWED)
    assert main(["themes", "check", "sail"]) == 1
    printed = said(capsys)
    for file, line, what in (
        ("theme.toml", 7, "preset 'Night': a brand has no colour 'navv'"),
        ("theme.toml", 7, "preset 'Night': in the light, nav-text on nav has 1."),
        ("static/theme.css", 2, "no static file 'gone.png' in this theme"),
        ("static/theme.css", 3, "'https://elsewhere.example/x.png' is elsewhere"),
        ("templates/base.html", 3, "a style= attribute has no effect"),
        ("templates/base.html", 3, "an on…= attribute has no effect"),
        ("templates/base.html", 4, "a script of its own has no effect"),
        ("templates/base.html", 5, "a <style> of its own has no effect"),
    ):
        assert f"{folder / file}:{line}: {what}" in printed
    assert "there.png" not in printed
    assert re.search(r"^\d+ to mend$", printed, re.MULTILINE)
    assert main(["themes", "check", "default"]) == 0


BROKEN = {
    "syntax of a template": ({"templates__base_html": "\n{% if %}"}, "templates/base.html:2: "),
    "an unknown filter": (
        {"templates__base_html": '{% extends "~base.html" %}\n{% block footer %}\n'
         "{{ 1|nope }}{% endblock %}"},
        "templates/base.html:3: No filter named 'nope'",
    ),
    "a name with a slip": (
        {"templates__partials__fotter_html": ""},
        (
            "templates/partials/fotter.html:1: 'partials/fotter.html' replaces no template, and"
            " none here uses it; is it 'partials/footer.html'?"
        ),
    ),
    "a static file that is not there": (
        {"templates__partials__footer_html": '\n{{ asset("logo.png") }}'},
        "templates/partials/footer.html:2: no static file 'logo.png'",
    ),
    "a page of the operator's": (
        {"templates__operator__ledger_html": ""},
        "templates/operator/ledger.html:1: a theme may not replace the operator's pages",
    ),
    "an unknown parent": (
        {"theme_toml": 'name = "Sail"\nparent = "boat"\napi = 1\n'},
        "theme.toml:2: there is no theme 'boat'",
    ),
    "its own ancestor": (
        {"theme_toml": 'name = "Sail"\nparent = "sail"\napi = 1\n'},
        "theme.toml:2: a theme is its own ancestor",
    ),
    "a syntax error": ({"theme_toml": 'name = "Sail\n'}, "theme.toml:1: "),
    "21 settings": (
        {"theme_toml": MANIFEST + "".join(
            f'[[setting]]\nid = "s{n}"\ntype = "bool"\ndefault = true\nlabel = "S"\n'
            for n in range(21)
        )},
        "a theme has at most 20 settings",
    ),
    "2 MB": ({"theme_toml": MANIFEST + "#" * 2_000_000}, "theme.toml:1: the manifest has more"),
}  # fmt: skip


@pytest.mark.parametrize(("files", "said_of_it"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_theme_is_named_and_not_installed(
    tmp_path: Path,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    said_of_it: str,
) -> None:
    given = theme(tmp_path / "sail", **files)
    for source in (given, zipped(given)):
        assert main(["themes", "install", str(source)]) == 1
        printed = said(capsys)
        assert printed.startswith("portal: sail/")
        assert said_of_it in printed
    assert not list(data.rglob("*"))

    theme(data / "themes" / "sail", **files)
    assert main(["themes", "check"]) == 1
    assert said_of_it in said(capsys)


def test_nothing_starts_with_a_broken_theme(
    data: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(secret="x" * 40, data_dir=data)
    folder = theme(data / "themes" / "sail", theme_toml=MANIFEST + "[[setting]]\nid = 5\n")
    with pytest.raises(BrokenTheme, match=r"sail/theme\.toml:6: 'id' must be a text"):
        create_app(settings, database=database)
    assert main(["up", "--demo", "--data", str(data)]) == 1
    assert said(capsys) == f"portal: {folder / 'theme.toml'}:6: 'id' must be a text\n"
    (folder / "theme.toml").write_text(MANIFEST)
    create_app(settings, database=database)


# new


def test_a_new_theme_is_in_order_and_can_be_installed(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["themes", "new", "blue-sail", "--parent", "minimal"]) == 0
    assert f"Written to {data / 'themes' / 'blue-sail'}." in said(capsys)
    installed_themes._read.cache_clear()
    assert main(["themes", "check", "blue-sail"]) == 0
    assert "blue-sail: in order (1 templates, 1 static files, 10 settings, 1 presets; it" in said(
        capsys
    )
    assert main(["themes", "new", "other", "--into", str(tmp_path)]) == 0
    assert main(["themes", "install", str(tmp_path / "other")]) == 0
    assert (data / "themes" / "other" / "theme.toml").is_file()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["Sail"], "'Sail' must be small letters, digits and -, 32 at most."),
        (["../sail"], "'../sail' must be small letters"),
        (["quay"], "There is a theme 'quay' already."),
        (["sail", "--parent", "boat"], "There is no theme 'boat'; there are default, minimal"),
    ],
)
def test_a_theme_that_cannot_be_begun(
    words: list[str], why: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["themes", "new", *words]) == 1
    assert f"portal: {why}" in said(capsys)
    assert not data.exists()


def test_a_new_theme_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sail").mkdir()
    assert main(["themes", "new", "sail", "--into", str(tmp_path)]) == 1
    assert f"portal: {tmp_path / 'sail'} is there already." in said(capsys)
    (tmp_path / "file").touch()
    assert main(["themes", "new", "sail", "--into", str(tmp_path / "file")]) == 1
    assert "file" in said(capsys)


# trace


def test_where_a_template_comes_from(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = theme(
        data / "themes" / "sail",
        templates__base_html='{% extends "~base.html" %}\n{% block footer %}x{% endblock %}'
        "{% block title %}{{ super() }}{% endblock %}",
        templates__partials__navigation_html="<nav></nav>",
    )
    shipped, replaced = ROOT / "themes", " (replaced, not drawn)"
    assert main(["themes", "trace", "base.html", "--theme", "sail"]) == 0
    printed = said(capsys).splitlines()
    assert printed[:5] == [
        "base.html in the theme sail",
        f"  sail: {folder / 'templates' / 'base.html'}",
        "    builds on ~base.html",
        "    block footer, line 2",
        "    block title, line 2 (keeps what it replaces)",
    ]
    assert printed[5] == f"  default: {shipped / 'default' / 'templates' / 'base.html'}"
    assert main(["themes", "trace", "~partials/navigation.html", "--theme", "sail"]) == 0
    assert said(capsys).splitlines()[1:] == [
        f"  sail: {folder / 'templates' / 'partials' / 'navigation.html'}",
        f"  sidebar: {shipped}/sidebar/templates/partials/navigation.html{replaced}",
        f"  default: {shipped}/default/templates/partials/navigation.html{replaced}",
    ]
    assert main(["themes", "trace", "base.html"]) == 0
    assert said(capsys).count("base.html in the theme") == 5


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["partials/navgation.html"], "is it 'partials/navigation.html'?"),
        (["qqqqqqqq"], "No theme has a template 'qqqqqqqq'."),
        (["base.html", "--theme", "boat"], "There is no theme 'boat'"),
    ],
)
def test_a_template_that_is_not_there(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["themes", "trace", *words]) == 1
    assert why in said(capsys)


# install


def test_a_theme_is_installed_beside_the_shipped_ones_and_used(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    given = theme(
        tmp_path / "sail",
        templates__partials__footer_html="<footer>a sail in the wind</footer>",
        static__theme_css=".x { background: url(gone.png); }",
    )
    assert main(["themes", "install", str(zipped(given))]) == 0
    printed = said(capsys)
    assert f"Installed sail in {data / 'themes' / 'sail'}." in printed
    assert "to mend: " in printed
    assert "gone.png" in printed
    assert sorted(path.name for path in data.iterdir()) == ["themes"]
    with database.session(SUNNY) as session, session.begin():
        branding.own(session).theme = "sail"
    app = create_app(Settings(secret="x" * 40, data_dir=data), database=database)
    page = app.test_client().get("/nope", base_url="https://sunny.localhost")
    assert (page.status_code, "/sail/theme.css" in page.text) == (404, True)


def test_a_theme_is_replaced_only_when_asked_and_only_by_one_that_works(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = theme(tmp_path / "sail")
    assert main(["themes", "install", str(given)]) == 0
    assert main(["themes", "install", str(given), "--name", "jib"]) == 0
    said(capsys)
    (given / "theme.toml").write_text(MANIFEST.replace("2.0", "3.0"))
    assert main(["themes", "install", str(given)]) == 1
    assert "There is a theme 'sail' already: say --replace. Nothing was" in said(capsys)
    (given / "theme.toml").write_text(MANIFEST.replace("api = 1", "api = 9"))
    assert main(["themes", "install", str(given), "--replace"]) == 1
    assert "portal: sail/theme.toml:4: the portal does not know api 9" in said(capsys)
    installed_file = data / "themes" / "sail" / "theme.toml"
    assert 'version = "2.0"' in installed_file.read_text()
    (given / "theme.toml").write_text(MANIFEST.replace("2.0", "3.0"))
    assert main(["themes", "install", str(given), "--replace"]) == 0
    assert 'version = "3.0"' in installed_file.read_text()
    assert sorted(path.name for path in data.iterdir()) == ["themes"]


def test_a_theme_that_another_builds_on_is_not_replaced_by_one_that_breaks_it(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setting = '[[setting]]\nid = "mast"\ntype = "bool"\ndefault = true\nlabel = "Mast"\n'
    theme(data / "themes" / "sail", theme_toml=MANIFEST + setting)
    theme(
        data / "themes" / "jib",
        theme_toml='name = "Jib"\nparent = "sail"\napi = 1\n[[setting]]\nid = "mast"\n'
        "default = false\n",
    )
    assert main(["themes", "install", str(theme(tmp_path / "sail")), "--replace"]) == 1
    assert "portal: jib/theme.toml:4: 'type' must be one of bool" in said(capsys)
    assert "mast" in (data / "themes" / "sail" / "theme.toml").read_text()


@pytest.mark.parametrize("name", ["default", "quay", "sidebar", "minimal"])
def test_a_shipped_theme_is_never_overwritten(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = (ROOT / "themes" / name / "theme.toml").read_bytes()
    assert main(["themes", "install", str(theme(tmp_path / name)), "--replace"]) == 1
    assert f"The portal comes with a theme {name!r}: choose another name" in said(capsys)
    assert (ROOT / "themes" / name / "theme.toml").read_bytes() == before


def test_what_is_no_theme_is_not_installed(
    tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["themes", "install", str(tmp_path / "nothing.zip")]) == 1
    assert f"There is no {tmp_path / 'nothing.zip'}. Nothing was installed." in said(capsys)
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("evil/theme.toml", MANIFEST)
        archive.writestr("evil/../../../evil.html", "")
    assert main(["themes", "install", str(tmp_path / "evil.zip")]) == 1
    assert "leads out of it. Nothing was installed." in said(capsys)
    assert not list(data.rglob("*"))


def test_two_installed_themes_of_a_name_of_a_shipped_one_stop_the_start(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theme(data / "themes" / "minimal")
    assert main(["themes", "check"]) == 1
    assert "theme.toml:1: there is a theme 'minimal' already" in said(capsys)


def test_a_folder_whose_name_no_theme_can_have_stops_the_start(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theme(data / "themes" / "My Sail")
    assert main(["themes", "check"]) == 1
    assert "theme.toml:1: 'My Sail' must be small letters, digits and -" in said(capsys)
