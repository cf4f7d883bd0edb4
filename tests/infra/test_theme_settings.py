import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.infra.theme_manifest import BrokenTheme
from portal.infra.theme_settings import (
    SETTINGS_MAX,
    InvalidThemeSetting,
    Wrong,
    carried_over,
    checked,
    declarations,
    in_force,
    said,
)
from portal.infra.themes import Theme, read_themes

DEFAULT = 'name = "Default"\napi = 1\n'
MANIFEST = 'name = "Any"\napi = 1\n'
EVERY_TYPE = """
[[setting]]
id = "help_card"
type = "bool"
default = true
label = "Help card"
css = "--t-help"
was = ["support_card"]

[[setting]]
id = "density"
type = "choice"
choices = { cosy = { en = "Cosy", de = "Luftig" }, "0.5" = "Half" }
default = "cosy"
css = "--t-density"
label = { en = "Density", de = "Dichte" }
group = { en = "Layout", de = "Aufbau" }
help = "How close lines are"

[[setting]]
id = "width"
type = "number"
minimum = 600
maximum = 1100
default = 760
css = "--t-width"
label = "Width"

[[setting]]
id = "line"
type = "text"
maximum = 10
default = ""
label = "Line"

[[setting]]
id = "story"
type = "richtext"
default = ""
label = "Story"

[[setting]]
id = "accent"
type = "color"
default = "auto"
css = "--t-accent"
label = "Accent"

[[setting]]
id = "picture"
type = "image"
default = ""
label = "Picture"

[[setting]]
id = "typeface"
type = "font"
default = "brand"
css = "--t-typeface"
label = "Typeface"

[[setting]]
id = "site"
type = "link"
default = ""
label = "Site"

[[setting]]
id = "footer"
type = "menu"
default = []
label = "Links"
"""


def themes(folder: Path, **manifests: str) -> dict[str, Theme]:
    for name, text in {"default": DEFAULT, **manifests}.items():
        (folder / name).mkdir()
        (folder / name / "theme.toml").write_text(text)
    return read_themes(folder)


@pytest.fixture
def theme(tmp_path: Path) -> Theme:
    return themes(tmp_path, any=MANIFEST + EVERY_TYPE)["any"]


def test_a_theme_declares_what_can_be_chosen(theme: Theme) -> None:
    density = theme.settings[1]
    assert [setting.id for setting in theme.settings] == [
        "help_card", "density", "width", "line", "story", "accent", "picture", "typeface", "site",
        "footer",
    ]  # fmt: skip
    assert (density.default, list(density.choices)) == ("cosy", ["cosy", "0.5"])
    assert said(density.choices["cosy"], "de") == "Luftig"
    assert said(density.choices["0.5"], "de") == "Half"
    assert said(density.group, "de-AT") == said(density.group, "de_AT") == "Aufbau"
    assert (said(density.help, "fr"), said(theme.settings[0].help, "fr")) == (
        "How close lines are",
        "",
    )


REFUSED = [
    ("help_card", "yes", Wrong.NOT_YES_OR_NO),
    ("help_card", 1, Wrong.NOT_YES_OR_NO),
    ("density", "loose", Wrong.NOT_A_CHOICE),
    ("density", ["cosy"], Wrong.NOT_A_CHOICE),
    ("width", "760", Wrong.NOT_A_NUMBER),
    ("width", 760.5, Wrong.NOT_A_NUMBER),
    ("width", True, Wrong.NOT_A_NUMBER),
    ("width", 599, Wrong.OUT_OF_BOUNDS),
    ("width", 1101, Wrong.OUT_OF_BOUNDS),
    ("line", None, Wrong.NOT_A_TEXT),
    ("line", "two\nlines", Wrong.NOT_A_TEXT),
    ("line", "turned\u202eround", Wrong.NOT_A_TEXT),
    ("line", "x" * 11, Wrong.TOO_LONG),
    ("story", 5, Wrong.NOT_A_TEXT),
    ("story", "a\x00b", Wrong.NOT_A_TEXT),
    ("story", "x" * 20_001, Wrong.TOO_LONG),
    ("accent", "red", Wrong.NOT_A_COLOUR),
    ("accent", "#fff", Wrong.NOT_A_COLOUR),
    ("accent", "#123456;}body{", Wrong.NOT_A_COLOUR),
    ("picture", "../../etc/passwd", Wrong.NOT_A_PICTURE),
    ("picture", "0" * 31, Wrong.NOT_A_PICTURE),
    ("typeface", "Comic Sans", Wrong.NOT_A_FONT),
    ("site", "javascript:alert(1)", Wrong.NOT_A_LINK),
    ("site", "//elsewhere.example", Wrong.NOT_A_LINK),
    ("site", "/\\elsewhere.example", Wrong.NOT_A_LINK),
    ("site", "http://plain.example", Wrong.NOT_A_LINK),
    ("site", "https://ok.example/\nx", Wrong.NOT_A_LINK),
    ("site", "https://ok.example/" + "x" * 500, Wrong.TOO_LONG),
    ("site", 5, Wrong.NOT_A_LINK),
    ("footer", "none", Wrong.NOT_A_MENU),
    ("footer", ["entry"], Wrong.NOT_A_MENU),
    ("footer", [{"label": "Shop"}], Wrong.NOT_A_MENU),
    ("footer", [{"label": "Shop", "link": ""}], Wrong.NOT_A_MENU),
    ("footer", [{"label": "", "link": "/help"}], Wrong.NOT_A_MENU),
    ("footer", [{"label": "Shop", "link": "data:x"}], Wrong.NOT_A_LINK),
    ("footer", [{"label": "x" * 201, "link": "/help"}], Wrong.TOO_LONG),
    ("footer", [{"label": "Shop", "link": "/help"}] * 9, Wrong.TOO_MANY),
]


@pytest.mark.parametrize(("setting_id", "value", "what"), REFUSED)
def test_a_value_outside_of_the_schema_is_refused(
    theme: Theme, setting_id: str, value: object, what: Wrong
) -> None:
    with pytest.raises(InvalidThemeSetting) as refusal:
        checked(theme, {"help_card": False, setting_id: value})
    assert (refusal.value.setting_id, refusal.value.what) == (setting_id, what)
    assert str(refusal.value) == f"{setting_id!r} {what}"
    assert setting_id not in carried_over(theme, {setting_id: value})


GOOD = {
    "help_card": False,
    "density": "0.5",
    "width": 1100,
    "line": "Grüße",
    "story": "<p>Two\nlines</p>",
    "accent": "#1A2b3c",
    "picture": "0" * 32,
    "typeface": "serif",
    "site": "mailto:help@sunny.example",
    "footer": [
        {"label": "Shop", "link": "https://sunny.example/"},
        {"label": "H", "link": "/help"},
    ],
}


def test_values_of_the_schema_are_let_in(theme: Theme) -> None:
    assert checked(theme, GOOD) == GOOD
    assert in_force(theme, GOOD) == GOOD
    assert checked(theme, {"site": "tel:+4940123", "picture": "", "typeface": "brand"}) == {
        "site": "tel:+4940123", "picture": "", "typeface": "brand",
    }  # fmt: skip


def test_what_was_not_chosen_has_its_default(theme: Theme) -> None:
    assert checked(theme, {}) == {}
    assert in_force(theme, {"width": 700}) == {
        "help_card": True, "density": "cosy", "width": 700, "line": "", "story": "",
        "accent": "auto", "picture": "", "typeface": "brand", "site": "", "footer": [],
    }  # fmt: skip


def test_an_unknown_setting_is_refused_and_a_former_name_is_not(theme: Theme) -> None:
    with pytest.raises(InvalidThemeSetting) as refusal:
        checked(theme, {"shadow": True})
    assert (refusal.value.setting_id, refusal.value.what) == ("shadow", Wrong.UNKNOWN_SETTING)
    assert checked(theme, {"support_card": False}) == {"help_card": False}
    both = {"support_card": False, "help_card": True}
    assert checked(theme, both) == checked(theme, dict(reversed(both.items()))) == {
        "help_card": True
    }  # fmt: skip


def test_values_of_another_version_or_theme_never_fail(theme: Theme) -> None:
    stored = {"support_card": False, "gone": 1, "width": 5000, "density": "0.5"}
    assert carried_over(theme, stored) == {"help_card": False, "density": "0.5"}
    assert in_force(theme, stored)["width"] == 760


def test_settings_for_the_stylesheet_become_custom_properties(theme: Theme) -> None:
    assert declarations(theme, {}) == [
        "--t-help:1", "--t-density:cosy", "--t-width:760", "--t-typeface:var(--b-font)",
    ]  # fmt: skip
    assert declarations(theme, GOOD) == [
        "--t-help:0",
        "--t-density:0.5",
        "--t-width:1100",
        "--t-accent:#1A2b3c",
        '--t-typeface:ui-serif,Georgia,"Noto Serif",serif',
    ]
    hostile = {"accent": "#123456;}body{display:none", "width": "1;}", "density": "cosy}"}
    assert declarations(theme, hostile) == declarations(theme, {})


def test_a_child_inherits_and_may_choose_other_defaults(tmp_path: Path) -> None:
    child = MANIFEST + (
        'parent = "any"\n[[setting]]\nid = "width"\ndefault = 900\n'
        '[[setting]]\nid = "own"\ntype = "bool"\ndefault = false\nlabel = "Own"\n'
    )
    found = themes(tmp_path, any=MANIFEST + EVERY_TYPE, child=child)["child"]
    assert in_force(found, {})["width"] == 900
    assert [setting.id for setting in found.settings][-1] == "own"
    assert (found.settings[2].maximum, len(found.settings)) == (1100, 11)


def one(**changes: str | None) -> str:
    """A manifest with one setting; keys are changed, added, or (None) left out."""
    keys = {"id": '"size"', "type": '"number"', "default": "5", "minimum": "1", "maximum": "9"}
    keys |= {"label": '"Size"'} | changes  # type: ignore[operator]  # None is dropped below
    lines = [f"{key} = {value}" for key, value in keys.items() if value is not None]
    return MANIFEST + "[[setting]]\n" + "\n".join(lines) + "\n"


BROKEN = {
    "no id": (one(id=None), 3, "'id' must be a text"),
    "odd id": (one(id='"Größe"'), 4, "must be small letters"),
    "unknown key": (one(colour='"red"'), 10, "'colour' is none of"),
    "unknown type": (one(type='"date"'), 5, "'type' must be one of bool, choice"),
    "type no text": (one(type="5"), 5, "'type' must be one of"),
    "no default": (one(default=None), 3, "'default' of 'size' is missing"),
    "default of another type": (one(default='"5"'), 6, "the default of 'size' must be a whole"),
    "default out of bounds": (one(default="10"), 6, "the default of 'size' is out of bounds"),
    "no label": (one(label=None), 3, "'label' of 'size' is missing"),
    "label without English": (one(label='{ de = "Größe" }'), 9, "'label' must be a text, or"),
    "label no text": (one(label="{ en = 5 }"), 9, "'label' has no text under a language code"),
    "label in no language": (one(label='{ en = "S", Deutsch = "G" }'), 9, "no text under a lang"),
    "label too long": (one(label=f'"{"x" * 201}"'), 9, "more than 200 characters"),
    "no bounds": (one(minimum=None), 3, "a number needs a 'minimum' below"),
    "bounds turned round": (one(minimum="9", maximum="1"), 7, "a number needs a 'minimum' below"),
    "bound no number": (one(maximum='"9"'), 8, "'maximum' must be a whole number"),
    "bounds of a bool": (
        one(type='"bool"', default="true", minimum=None),
        7,
        "a bool has no such bound",
    ),
    "least of a text": (
        one(type='"text"', default='""', maximum=None),
        7,
        "a text has no such bound",
    ),
    "text too long": (
        one(type='"text"', default='""', minimum=None, maximum="5000"),
        7,
        "'maximum' must be within 1 and 200",
    ),
    "choices of a number": (one(choices='["1", "2"]'), 10, "a number has no choices"),
    "one choice": (
        one(type='"choice"', choices='["5"]', minimum=None, maximum=None),
        8,
        "'choices' must be a list of two or more",
    ),
    "odd choice": (
        one(type='"choice"', choices='["5", "a b"]', minimum=None, maximum=None),
        8,
        "the choice 'a b' must be letters",
    ),
    "default outside the choices": (
        one(type='"choice"', choices='["a", "b"]', default='"c"', minimum=None, maximum=None),
        6,
        "the default of 'size' is none of the choices",
    ),
    "css no name": (one(css='"color:red"'), 10, "'css' must be a name like --t-density"),
    "css of a text": (
        one(type='"text"', default='""', css='"--t-x"', minimum=None, maximum=None),
        8,
        "a text cannot stand in a stylesheet",
    ),
    "was no list": (one(was='"old"'), 10, "'was' must be a list"),
    "was its own name": (one(was='["size"]'), 10, "'size' is the id of two settings"),
    "twice": (one() + "[[setting]]\n" + one().partition("[[setting]]\n")[2], 11, "two settings"),
    "no table": (MANIFEST + 'setting = "x"\n', 3, "write each setting under"),
    "a list of texts": (MANIFEST + 'preset = ["x"]\n', 3, "write each preset under"),
    "single brackets": (MANIFEST + "\n[setting]\nid = 'x'\n", 4, "write each setting under"),
    "inherited, but another type": (
        one(id='"help_card"', default=None, minimum=None, maximum=None, label=None),
        5,
        "'help_card' is inherited: only its default",
    ),
    "inherited, wrong default": (
        MANIFEST + '[[setting]]\nid = "help_card"\ndefault = 5\n',
        5,
        "the default of 'help_card' must be yes or no",
    ),
    "preset without seed": (MANIFEST + '[[preset]]\nname = "A"\n', 3, "'seed' must be a text"),
    "preset with an odd key": (
        MANIFEST + '[[preset]]\nname = "A"\nseed = "#123456"\nlogo = "x"\n',
        6,
        "'logo' is none of name",
    ),
    "preset with an odd seed": (
        MANIFEST + '[[preset]]\nname = "A"\nseed = "red"\n',
        5,
        "'seed' must be a colour",
    ),
    "preset with an odd colour": (
        MANIFEST + '[[preset]]\nname = "A"\nseed = "#123456"\nown = { nav = "red" }\n',
        6,
        "'nav' must be a colour",
    ),
    "preset with an odd table": (
        MANIFEST + '[[preset]]\nname = "A"\nseed = "#123456"\nown = "red"\n',
        6,
        "'own' must be a table",
    ),
    "preset with an unknown setting": (
        MANIFEST + '[[preset]]\nname = "A"\nseed = "#123456"\nsettings = { size = 5 }\n',
        6,
        "'size' the theme has no such setting",
    ),
    "two presets": (
        MANIFEST + '[[preset]]\nname = "A"\nseed = "#123456"\n' * 2,
        7,
        "there are two presets 'A'",
    ),
    "too many presets": (
        MANIFEST + "".join(f'[[preset]]\nname = "{n}"\nseed = "#123456"\n' for n in range(21)),
        64,
        "at most 20 presets",
    ),
    "too large": (MANIFEST + "# " + "x" * 2_000_000, 1, "more than 65,536 bytes"),
    "nested": (MANIFEST + "setting = " + "[" * 20_000, 1, "nested too deep"),
}


@pytest.mark.parametrize(("manifest", "line", "what"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_manifest_is_refused_by_file_and_line(
    tmp_path: Path, manifest: str, line: int, what: str
) -> None:
    with pytest.raises(BrokenTheme, match=re.escape(what)) as refusal:
        themes(tmp_path, default=DEFAULT + EVERY_TYPE, any=manifest)
    file = tmp_path / "any" / "theme.toml"
    assert str(refusal.value).startswith(f"{file}:{line}: ")


def test_a_manifest_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    themes(tmp_path, any=MANIFEST)
    (tmp_path / "any" / "theme.toml").write_bytes(MANIFEST.encode() + b"# \xff\n")
    with pytest.raises(BrokenTheme, match=r"theme\.toml:3: .* UTF-8"):
        read_themes(tmp_path)


def settings(count: int, start: int = 0) -> str:
    return "".join(
        f'[[setting]]\nid = "s{n}"\ntype = "bool"\ndefault = true\nlabel = "S"\n'
        for n in range(start, start + count)
    )


def test_a_theme_has_at_most_twenty_settings_with_those_of_its_parents(tmp_path: Path) -> None:
    whole = {"default": DEFAULT + settings(18), "any": MANIFEST + settings(2, 18)}
    assert len(themes(tmp_path, **whole)["any"].settings) == SETTINGS_MAX
    (tmp_path / "any" / "theme.toml").write_text(MANIFEST + settings(3, 18))
    with pytest.raises(BrokenTheme, match=r"theme\.toml:14: a theme has at most 20 settings"):
        read_themes(tmp_path)


@dataclass(frozen=True)
class Bare:
    settings: tuple[()] = ()


def test_a_theme_without_settings_takes_none() -> None:
    assert in_force(Bare(), {"old": 1}) == {}
    assert declarations(Bare(), {"old": 1}) == []
    with pytest.raises(InvalidThemeSetting):
        checked(Bare(), {"old": 1})
