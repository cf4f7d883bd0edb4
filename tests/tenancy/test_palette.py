import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from portal.tenancy.brand_sheet import (
    InvalidLook,
    Look,
    brand_sheet,
    mended,
    palettes,
    unreadable,
)
from portal.tenancy.logo_colours import seeds_of
from portal.tenancy.palette import (
    BUTTONS,
    CHOOSABLE,
    GROUNDS,
    INKS,
    InvalidColour,
    colour,
    pair_of,
    pairs,
    palette,
    ratio,
    readable,
)

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
OWN = st.dictionaries(st.sampled_from(sorted({*GROUNDS, *BUTTONS})), COLOURS)
WITH_INKS = st.dictionaries(st.sampled_from(sorted(CHOOSABLE)), COLOURS)


@pytest.mark.parametrize(
    "text",
    ["", "red", "#fff", "#12345g", "#ffd400;}body{", "url(x)", "#ffd400\n#", "#１２３４５６"],
)
def test_only_six_hex_digits_are_a_colour(text: str) -> None:
    with pytest.raises(InvalidColour):
        colour(text)
    with pytest.raises(InvalidColour):
        palette(text, dark=False)
    with pytest.raises(InvalidColour):
        brand_sheet(Look(seed="#ffd400", own={"nav": text}))


def test_a_colour_is_written_in_small_letters() -> None:
    assert colour(" #FFD400 ") == "#ffd400"


@settings(deadline=None, max_examples=120)
@given(seed=COLOURS, dark=st.booleans(), own=OWN)
def test_every_pair_can_be_read_whatever_is_chosen(
    seed: str, dark: bool, own: dict[str, str]
) -> None:
    tokens = palette(seed, dark=dark, own=own)
    assert [pair for pair in pairs(tokens) if pair.ratio < pair.wanted] == []
    assert {name: tokens[name] for name in own} == own


@settings(deadline=None, max_examples=80)
@given(seed=COLOURS, own=WITH_INKS, own_dark=WITH_INKS)
def test_only_inks_by_hand_may_be_hard_to_read_and_mending_helps(
    seed: str, own: dict[str, str], own_dark: dict[str, str]
) -> None:
    look = Look(seed=seed, own=own, own_dark=own_dark)
    for tokens, chosen in zip(palettes(look), (own, {**own, **own_dark}), strict=True):
        by_hand = {INKS[name][0] for name in chosen if name in INKS}
        weak = {pair.ink for pair in pairs(tokens) if pair.ratio < pair.wanted}
        assert weak <= by_hand
    mended_look = mended(look)
    assert unreadable(mended_look) == []
    for tokens in palettes(mended_look):
        assert [pair for pair in pairs(tokens) if pair.ratio < pair.wanted] == []
    grounds = {name: value for name, value in own.items() if name not in INKS}
    assert {name: mended_look.own[name] for name in grounds} == grounds
    assert mended(mended_look) == mended_look


def test_a_text_by_hand_is_drawn_as_it_is_on_cards_and_readable_elsewhere() -> None:
    look = Look(seed="#0b4f8a", own={"text": "#ffee00", "bg": "#123456", "nav-text": "#888888"})
    light, dark = palettes(look)
    assert light["surface-text"] == "#ffee00"
    assert light["bg-text"] == "#ffee00"  # which can be read there
    assert ratio(light["panel-text"], light["panel"]) >= 4.5
    assert light["nav-text"] == "#888888"
    assert dark["surface-text"] != "#ffee00"
    assert unreadable(look) == ["text", "nav-text"]
    assert unreadable(mended(look, inks=["text"])) == ["nav-text"]
    found = pair_of("surface", light)
    assert (found.ink, found.passes) == ("surface-text", False)
    assert pair_of("primary", light).ink == pair_of("on-primary", light).ink == "on-primary"


def test_a_text_of_a_button_holds_in_the_dark_as_long_as_its_fill_does() -> None:
    own = {"primary": "#0b4f8a", "on-primary": "#ffff00"}
    _, dark = palettes(Look(seed="#0b4f8a", own=own))
    assert (dark["primary"], dark["on-primary"]) == ("#0b4f8a", "#ffff00")
    _, dark = palettes(Look(seed="#0b4f8a", own=own, own_dark={"primary": "#ffd400"}))
    assert dark["on-primary"] == "#000000"


@settings(deadline=None)
@given(text=COLOURS, ground=COLOURS)
def test_a_mended_colour_can_be_read(text: str, ground: str) -> None:
    assert ratio(readable(text, ground), ground) >= 4.5


def test_contrast_is_the_one_of_wcag() -> None:
    assert ratio("#000000", "#ffffff") == 21
    assert round(ratio("#777777", "#ffffff"), 2) == 4.48
    assert ratio("#ffd400", "#ffd400") == 1


def test_the_brand_colour_itself_fills_the_main_button() -> None:
    light, dark = palettes(Look(seed="#ffd400"))
    assert (light["primary"], light["on-primary"]) == ("#ffd400", "#000000")
    assert (dark["primary"], dark["on-primary"]) == ("#ffd400", "#000000")


def test_a_fill_by_hand_holds_in_the_dark_and_a_ground_does_not() -> None:
    light, dark = palettes(Look(seed="#0b4f8a", own={"primary": "#e4572e", "nav": "#ffffff"}))
    assert (light["nav"], light["primary"]) == ("#ffffff", "#e4572e")
    assert (dark["nav"] != "#ffffff", dark["primary"]) == (True, "#e4572e")


def test_logo_seeds_are_its_hues_and_a_grey_logo_gives_its_darkest() -> None:
    logo = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    logo.paste((228, 87, 46, 255), (0, 0, 60, 40))
    logo.paste((11, 37, 69, 255), (60, 0, 80, 40))
    assert seeds_of(logo) == ["#e4572e", "#0b2545"]
    assert seeds_of(Image.new("RGB", (10, 10), (16, 16, 16))) == ["#101010"]
    assert seeds_of(Image.new("RGBA", (10, 10), (255, 0, 0, 0))) == ["#202020"]


@pytest.mark.parametrize("radius", [-1, 25])
def test_a_radius_out_of_bounds_is_refused(radius: int) -> None:
    with pytest.raises(InvalidLook):
        brand_sheet(Look(seed="#ffd400", radius_px=radius))


def test_an_unknown_font_is_refused() -> None:
    with pytest.raises(InvalidLook):
        brand_sheet(Look(seed="#ffd400", font="url(evil)"))


def test_a_sheet_is_small_and_its_hash_follows_its_content() -> None:
    sheet = brand_sheet(Look(seed="#ffd400", radius_px=10))
    assert len(sheet.css) < 3_000
    assert len(sheet.hash) == 16
    assert sheet == brand_sheet(Look(seed="#FFD400", radius_px=10))
    assert sheet.hash != brand_sheet(Look(seed="#ffd400", radius_px=11)).hash
    assert "--b-primary:#ffd400;" in sheet.css
    assert "--b-surface:light-dark(#ffffff,#" in sheet.css
    assert "--b-radius:10px;" in sheet.css


def test_a_sheet_stays_small_whatever_is_chosen() -> None:
    own = {name: f"#{number:06x}" for number, name in enumerate(sorted(CHOOSABLE), 0xABCDE0)}
    pictures = {f"login_background_{mode}": "0" * 32 for mode in ("light", "dark")}
    look = Look(seed="#ffd400", own=own, own_dark=own, radius_px=24)
    sheet = brand_sheet(look, pictures=pictures, theme=["--t-width:1100"])
    assert len(sheet.css) < 3_000
    assert sheet.css.startswith(":root{--t-width:1100;--b-bg:")


def test_a_background_is_in_the_sheet_by_mode() -> None:
    name = "0123456789abcdef" * 2
    light, dark = brand_sheet(
        Look(seed="#ffd400"), pictures={"login_background_dark": name}
    ).css.splitlines()
    assert "login-bg" not in light
    assert f"--b-login-bg:url(/media/{name}.webp)" in dark
    evil = {"login_background_light": "x);}body{"}
    assert "body" not in brand_sheet(Look(seed="#ffd400"), pictures=evil).css


def test_the_sheet_says_which_logo_a_ground_carries() -> None:
    """A light bar in the light mode carries the first logo; in the dark both grounds are dark."""
    light, dark = brand_sheet(Look(seed="#ffd400", own={"nav": "#ffffff"})).css.splitlines()
    assert "--b-nav-logo:inline;--b-nav-logo-dark:none" in light
    assert "--b-surface-logo:inline;--b-surface-logo-dark:none" in light
    assert dark == (
        "[data-bs-theme=dark]{--b-surface-logo:none;--b-surface-logo-dark:inline;"
        "--b-nav-logo:none;--b-nav-logo-dark:inline;--b-bg-logo:none;--b-bg-logo-dark:inline}"
    )
    light, _ = brand_sheet(Look(seed="#ffd400")).css.splitlines()
    assert "--b-nav-logo:none;--b-nav-logo-dark:inline" in light
