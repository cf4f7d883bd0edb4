import gzip
import os
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from portal.infra.templates import ChainLoader, NoSuchAsset, ThemedEnvironment, ThemeRegistry
from portal.infra.theme_manifest import BrokenTheme

ROOT = Path(__file__).parents[2]
MANIFEST = 'name = "Any"\napi = 1\n'


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def themes(tmp_path: Path) -> Path:
    return written(
        tmp_path,
        {
            "default/theme.toml": MANIFEST,
            "default/templates/base.html": "[{% block a %}core{% endblock %}]",
            "default/templates/page.html": '{% extends "base.html" %}',
            "default/templates/note.txt": "{{ text }}",
            "default/templates/operator/list.html": "operator",
            "default/static/portal.css": "core",
            "default/static/theme.css": "core theme",
            "child/theme.toml": MANIFEST,
            "child/templates/base.html": '{% extends "~base.html" %}'
            "{% block a %}child+{{ super() }}{% endblock %}",
            "child/static/theme.css": "child theme",
            "grandchild/theme.toml": MANIFEST + 'parent = "child"\n',
            "grandchild/templates/base.html": '{% extends "~base.html" %}'
            "{% block a %}grandchild+{{ super() }}{% endblock %}",
            "grandchild/static/portal.css": "grandchild",
        },
    )


def rendered(registry: ThemeRegistry, theme: str, template: str, **values: object) -> str:
    environment = registry.environment_for(theme, BASE)
    return environment.get_template(template).render(**values)


BASE = ThemedEnvironment(extensions=["jinja2.ext.i18n"])


BROKEN = {
    "manifest missing": ({"bad/templates/base.html": ""}, "bad/theme.toml", 1),
    "manifest unreadable": (
        {"bad/theme.toml": 'name = "Bad"\napi = 1\nparent = \n'},
        "bad/theme.toml",
        3,
    ),
    "unknown key": ({"bad/theme.toml": MANIFEST + "\nparnet = 'x'\n"}, "bad/theme.toml", 4),
    "name missing": ({"bad/theme.toml": "api = 1\n"}, "bad/theme.toml", 1),
    "text for a number": ({"bad/theme.toml": 'name = "Bad"\napi = "1"\n'}, "bad/theme.toml", 2),
    "contract of another portal": (
        {"bad/theme.toml": 'name = "Bad"\n# new\napi = 2\n'},
        "bad/theme.toml",
        3,
    ),
    "unknown parent": (
        {"bad/theme.toml": MANIFEST + 'version = "1"\nparent = "nobody"\n'},
        "bad/theme.toml",
        4,
    ),
    "own ancestor": (
        {
            "bad/theme.toml": MANIFEST + 'parent = "worse"\n',
            "worse/theme.toml": MANIFEST + 'parent = "bad"\n',
        },
        "worse/theme.toml",
        3,
    ),
    "template cannot be parsed": (
        {"bad/theme.toml": MANIFEST, "bad/templates/base.html": "one\n{% if %}\n"},
        "bad/templates/base.html",
        2,
    ),
    "block left open": (
        {"bad/theme.toml": MANIFEST, "bad/templates/base.html": "one\n{% block a %}\ntwo\n"},
        "bad/templates/base.html",
        2,
    ),
    "extends nobody": (
        {"bad/theme.toml": MANIFEST, "bad/templates/base.html": "\n\n{% include 'nav.html' %}"},
        "bad/templates/base.html",
        3,
    ),
    "no higher one": (
        {"bad/theme.toml": MANIFEST, "bad/templates/own.html": "\n{% extends '~own.html' %}"},
        "bad/templates/own.html",
        2,
    ),
    "no such static file": (
        {"bad/theme.toml": MANIFEST, "bad/templates/base.html": "\n{{ asset('portal.cs') }}"},
        "bad/templates/base.html",
        2,
    ),
    "replaces nothing": (
        {"bad/theme.toml": MANIFEST, "bad/templates/bsae.html": "x"},
        "bad/templates/bsae.html",
        1,
    ),
    "operator's page": (
        {"bad/theme.toml": MANIFEST, "bad/templates/operator/list.html": "x"},
        "bad/templates/operator/list.html",
        1,
    ),
}


@pytest.mark.parametrize(("files", "file", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_theme_is_refused_by_file_and_line(
    themes: Path, files: dict[str, str], file: str, line: int
) -> None:
    ThemeRegistry.load(themes)
    written(themes, files)
    with pytest.raises(BrokenTheme) as refusal:
        ThemeRegistry.load(themes)
    assert (refusal.value.file, refusal.value.line) == (themes / file, line)
    assert str(refusal.value).startswith(f"{themes / file}:{line}: ")


def test_an_unknown_filter_is_refused_by_file_and_line(themes: Path) -> None:
    written(themes, {"child/templates/page.html": "\n\n{{ 1|shout }}"})
    registry = ThemeRegistry.load(themes)
    with pytest.raises(BrokenTheme) as refusal:
        registry.environment_for("child", ThemedEnvironment(extensions=["jinja2.ext.i18n"]))
    assert (refusal.value.file, refusal.value.line) == (themes / "child/templates/page.html", 3)


def test_without_the_default_theme_nothing_starts(tmp_path: Path) -> None:
    written(tmp_path, {"other/theme.toml": MANIFEST})
    with pytest.raises(BrokenTheme, match="default theme is missing"):
        ThemeRegistry.load(tmp_path)


def test_each_level_extends_the_one_that_it_replaces(themes: Path) -> None:
    registry = ThemeRegistry.load(themes)
    assert rendered(registry, "default", "page.html") == "[core]"
    assert rendered(registry, "child", "page.html") == "[child+core]"
    assert rendered(registry, "grandchild", "page.html") == "[grandchild+child+core]"


def test_200_interleaved_pages_of_three_themes_are_never_mixed_up(themes: Path) -> None:
    registry = ThemeRegistry.load(themes)
    wanted = {
        "default": "[core]",
        "child": "[child+core]",
        "grandchild": "[grandchild+child+core]",
    }

    def drawn(number: int) -> bool:
        theme = tuple(wanted)[number % 3]
        return rendered(registry, theme, "page.html") == wanted[theme]

    assert all(drawn(number) for number in range(200))
    with ThreadPoolExecutor(max_workers=8) as threads:
        assert all(threads.map(drawn, range(200)))


def test_a_page_asks_the_disk_for_nothing(themes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """{% extends "~page.html" %}{% block a %}{{ asset("portal.css") }}{% endblock %}"""
    written(themes, {"child/templates/page.html": text})
    registry = ThemeRegistry.load(themes)
    page = rendered(registry, "grandchild", "page.html")
    assert registry.asset_url("grandchild", "portal.css") in page

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was asked for")

    for name in ("stat", "read_text", "read_bytes", "open", "is_file"):
        monkeypatch.setattr(Path, name, refuse)
    monkeypatch.setattr("os.stat", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    try:
        again = rendered(registry, "grandchild", "page.html")
        served = registry.find_static("grandchild", "portal.css")
    finally:
        monkeypatch.undo()
    assert again == page
    assert served is not None
    assert served.url in page


def test_a_theme_that_is_watched_shows_what_its_author_changes(themes: Path) -> None:
    for watching, shown in ((False, "[core]"), (True, "[new]")):
        written(themes, {"default/templates/base.html": "[{% block a %}core{% endblock %}]"})
        registry = ThemeRegistry.load(themes, watching=watching)
        assert rendered(registry, "default", "page.html") == "[core]"
        file = themes / "default/templates/base.html"
        file.write_text("[{% block a %}new{% endblock %}]")
        os.utime(file, ns=(1, 1))  # some clocks do not tell two writes apart
        assert rendered(registry, "default", "page.html") == shown


def test_themes_share_code_but_not_an_environment_without_the_filter_it_needs(
    themes: Path,
) -> None:
    written(themes, {"default/templates/page.html": "{{ 'x'|doubled }}"})
    able = ThemedEnvironment(extensions=["jinja2.ext.i18n"])
    able.filters["doubled"] = lambda text: text * 2
    registry = ThemeRegistry.load(themes)
    assert registry.environment_for("child", able).get_template("page.html").render() == "xx"
    with pytest.raises(BrokenTheme, match=r"page\.html:1: No filter named 'doubled'"):
        ThemeRegistry.load(themes).environment_for("child", BASE)


def test_the_environment_of_a_theme_is_made_once(themes: Path) -> None:
    registry = ThemeRegistry.load(themes)
    first = registry.environment_for("child", BASE)
    assert registry.environment_for("child", BASE) is first
    assert registry.environment_for("default", BASE) is not first


def test_globals_of_the_base_reach_every_theme(themes: Path) -> None:
    written(themes, {"child/templates/page.html": "{{ word }} {{ asset('portal.css') }}"})
    registry = ThemeRegistry.load(themes)
    base = ThemedEnvironment(extensions=["jinja2.ext.i18n"])
    environment = registry.environment_for("child", base)
    base.globals["word"] = "later"
    page = environment.from_string("{{ word }}").render()
    assert page == "later"


def test_a_name_that_is_missing_is_an_error_and_markup_is_escaped(themes: Path) -> None:
    registry = ThemeRegistry.load(themes)
    with pytest.raises(UndefinedError):
        rendered(registry, "child", "note.txt")
    environment = registry.environment_for("child", BASE)
    assert environment.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    assert rendered(registry, "child", "note.txt", text="<b>") == "<b>"


@pytest.mark.parametrize(
    "name", ["../theme.toml", "/etc/passwd", "~~~page.html", "nobody.html", ""]
)
def test_no_name_leads_out_of_the_templates(themes: Path, name: str) -> None:
    registry = ThemeRegistry.load(themes)
    with pytest.raises(TemplateNotFound):
        ChainLoader(registry.theme("child")).find(name)


@pytest.mark.parametrize(
    ("owner", "path"),
    [
        ("default", "../theme.toml"),
        ("default", "nobody.css"),
        ("child", "portal.css"),
        ("nobody", "portal.css"),
        ("..", "default/static/portal.css"),
    ],
)
def test_no_path_leads_out_of_the_static_files(themes: Path, owner: str, path: str) -> None:
    assert ThemeRegistry.load(themes).find_static(owner, path) is None


def test_a_static_file_is_found_in_the_nearest_theme_and_served_by_its_owner(themes: Path) -> None:
    registry = ThemeRegistry.load(themes)
    assert registry.asset_url("child", "portal.css") == registry.asset_url("default", "portal.css")
    url = registry.asset_url("grandchild", "portal.css")
    assert re.fullmatch(r"/a/[0-9a-f]{10}/grandchild/portal\.css", url)
    found = registry.find_static("grandchild", "portal.css")
    assert found is not None
    assert (found.url, found.file.read_text()) == (url, "grandchild")
    assert gzip.decompress(found.gzipped()) == b"grandchild"
    with pytest.raises(NoSuchAsset):
        registry.asset_url("child", "nobody.css")


def test_the_address_of_a_static_file_changes_with_its_bytes(themes: Path) -> None:
    registry = ThemeRegistry.load(themes, watching=True)
    before = registry.asset_url("default", "portal.css")
    written(themes, {"default/static/portal.css": "other"})
    assert registry.asset_url("default", "portal.css") != before


def test_own_stylesheets_come_parents_first(themes: Path) -> None:
    registry = ThemeRegistry.load(themes)
    owners = [url.split("/")[3] for url in registry.styles("grandchild")]
    assert owners == ["default", "child"]


# The themes that are shipped.


def shipped_templates() -> list[Path]:
    return sorted((ROOT / "themes").rglob("*.html"))


def test_the_shipped_themes_are_sound() -> None:
    registry = ThemeRegistry.load(ROOT / "themes")
    assert {"default", "sidebar", "quay", "minimal"} <= set(registry.names)
    for name in registry.names:
        registry.environment_for(name, BASE)


# Papers are no pages: what draws their PDFs loads nothing, and runs nothing.
PAGES = [file for file in shipped_templates() if file.parts[-2] != "invoices"]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_a_page_has_nothing_that_the_content_policy_forbids(file: Path) -> None:
    text = re.sub(r"{#.*?#}", "", file.read_text(), flags=re.DOTALL)
    forbidden = (
        r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|\shx-on|\|\s*safe\b"
    )
    assert re.findall(forbidden, text, flags=re.IGNORECASE) == []


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    packages = tomllib.loads((ROOT / "vendor.toml").read_text())["package"]
    listed = {name for each in packages for file in each["file"] for name in file.get("icons", ())}
    naming = re.compile(r'(?:icon|empty|tile)\("([a-z0-9-]+)"|badge\("[a-z]+", "([a-z0-9-]+)"')
    texts = [file.read_text() for file in shipped_templates()]
    used = {name for text in texts for pair in naming.findall(text) for name in pair if name}
    assert {"send", "inbox", "check"} <= used
    assert used - listed == set()


def test_what_one_style_of_translation_was_compiled_to_serves_no_other(tmp_path: Path) -> None:
    hello = "{% trans name='Ada' %}Hello {{ name }}{% endtrans %}"
    written(tmp_path, {"default/theme.toml": MANIFEST, "default/templates/hello.html": hello})
    for newstyle in (False, True):
        base = ThemedEnvironment(extensions=["jinja2.ext.i18n"])
        base.install_null_translations(newstyle=newstyle)  # type: ignore[attr-defined]  # the extension brings it
        registry = ThemeRegistry.load(tmp_path)
        shown = registry.environment_for("default", base).get_template("hello.html").render()
        assert shown == "Hello Ada"
