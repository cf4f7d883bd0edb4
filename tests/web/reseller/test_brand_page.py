"""The brand studio: changed in a draft, looked at, published, taken back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from PIL import Image

from portal.http import limits
from portal.infra import fetching, installed_themes
from portal.infra.fetching import NotFetched, Refusal
from portal.infra.theme_settings import Kind, Setting
from portal.tenancy import brand_values, branding, drafts, images, pictures, versions
from portal.tenancy.palette import CHOOSABLE
from portal.web.reseller import brand_picture
from portal.web.reseller.brand_fields import ThemeField
from portal.web.reseller.brand_form import COLOURS
from tests.builders import portal_folder
from tests.web.browsing import Seen

PATH = "/reseller/brand"
SAM, SUE = 0, 99


class _Fields(HTMLParser):
    """What the form of the studio would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._inside = False
        self._select = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        found = dict(pairs)
        self._inside = self._inside or (tag == "form" and found.get("id") == "brand-form")
        name = found.get("name") or ""
        if not self._inside and found.get("form") != "brand-form":
            return
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self.sent[self._select] = found["value"] or ""
        elif tag == "input" and name and found.get("type") == "checkbox":
            if "checked" in found:
                self.sent[name] = found.get("value") or "y"
        elif tag == "input" and name and name != "csrf_token":
            self.sent[name] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def fields_of(seen: Seen) -> dict[str, str]:
    parser = _Fields()
    parser.feed(seen.html)
    return parser.sent


@pytest.fixture
def sams(visit, cast):
    return visit(cast.sam)


@pytest.fixture
def change(sams) -> Callable[..., Seen]:
    """Changes fields of the form as it is now, and sends it."""

    def sent(*, fragment: bool = False, **changes: str) -> Seen:
        named = {name.replace("__", "-"): value for name, value in changes.items()}
        return sams.post(PATH, fragment=fragment, **{**fields_of(sams.get(PATH)), **named})

    return sent


@pytest.fixture
def stored(database, cast):
    """The draft as it is in the database, if there is one."""
    return lambda: draft_of(database, cast)


def draft_of(database, cast):
    with database.session(1) as session:
        return drafts.of(session, cast.sam.person_id)


def live(database):
    with database.session(1) as session:
        return branding.values_of(branding.own(session))


def upload(sams, place, content, name="logo.png") -> Seen:
    sams.get(PATH)
    file = (io.BytesIO(content), name)
    return sams.post(f"{PATH}/pictures/{place}", file=file, url="")


# The form


def test_every_colour_of_the_list_has_a_field(sams):
    seen = sams.get(PATH)
    assert seen.status == 200
    assert set(COLOURS) <= CHOOSABLE
    sent = fields_of(seen)
    assert {f"{mode}-{name}" for mode in ("light", "dark") for name in COLOURS} <= set(sent)
    assert (sent["title"], sent["seed"], sent["page"]) == ("SunnyText", "#206bc4", "dashboard")
    assert "Auto: #206bc4" in seen.html
    assert ":1 good" in seen.text
    assert "Live" in seen.text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", "", "Please fill this in."),
        ("title", "x" * 61, "longer than 60"),
        ("seed", "", "Write a colour as #"),
        ("seed", "red;}body{display:none}", "Write a colour as #"),
        ("light__nav", "#12", "Write a colour as #"),
        ("dark__text", "url(//evil.test)", "Write a colour as #"),
        ("light__on-primary", "#gggggg", "Write a colour as #"),
        ("radius", "25", "Write a number from 0 to 24."),
        ("radius", "-1", "Write a whole number in digits"),
        ("radius", "wide", "Write a whole number in digits"),
        ("font", "url(evil)", "Not a valid choice"),
        ("theme", "../../etc", "Not a valid choice"),
        ("theme__density", "huge", "Choose one of the list."),
        ("theme__help_text", "x" * 201, "at most 200 characters"),
        ("theme__help_link", "javascript:alert(1)", "Write an address as in"),
        ("theme__footer_links-0-label", "Help", "Each entry needs both"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_stored(
    change, stored, field, typed, said
):
    for fragment in (False, True):
        seen = change(fragment=fragment, **{field: typed, "light__bg": "#fefefe"})
        assert (seen.status, said in seen.text) == (422, True), seen.text
        assert seen.value_of("light-bg") == "#fefefe"  # nothing that was typed is lost
        assert stored() is None


def test_a_change_goes_to_the_draft_and_to_nobody_else(change, sams, visit, cast, database):
    before = live(database)
    seen = change(fragment=True, seed="#0F766E", light__nav="#0b2545", title="Teal & <Sons>")
    assert (seen.status, "<html" in seen.html, "Draft, not live" in seen.text) == (200, False, True)
    assert seen.value_of("seed") == "#0f766e"
    draft = draft_of(database, cast)
    values = brand_values.from_json(draft.values)
    assert (values.title, values.look.seed) == ("Teal & <Sons>", "#0f766e")
    assert values.look.own == {"nav": "#0b2545"}
    assert live(database) == before
    assert "SunnyText" in visit().get("/login").text
    assert fields_of(sams.get(PATH))["light-nav"] == "#0b2545"
    assert change(light__nav="").status == 303
    assert brand_values.from_json(draft_of(database, cast).values).look.own == {}


def test_what_changes_nothing_makes_no_draft(change, database, cast):
    assert change().status == 303
    assert draft_of(database, cast) is None


def test_colours_that_the_form_does_not_show_stay(change, database, cast):
    with database.session(1) as session, session.begin():
        look = replace(live(database).look, own={"warning": "#ffcc00"})
        branding.change_look(session, look)
    change(light__link="#0b4f8a")
    values = brand_values.from_json(draft_of(database, cast).values)
    assert values.look.own == {"warning": "#ffcc00", "link": "#0b4f8a"}


def test_a_weak_contrast_is_said_and_fixed(change, sams, database, cast):
    seen = change(fragment=True, light__text="#ffee00", dark__on__primary="#206bc4")
    assert "1.2:1 too weak" in seen.text
    assert "Hard to read, in the light or in the dark: Text, Primary button: text." in seen.text
    seen = change(fragment=True, act="fix:text")
    assert seen.value_of("light-text") != "#ffee00"
    assert seen.value_of("dark-on-primary") == "#206bc4"
    assert "Hard to read" in seen.text
    seen = change(fragment=True, act="fix:")
    assert "Hard to read" not in seen.text
    assert "too weak" not in seen.text


def test_presets_swatches_and_automatic_colours(change, sams, database, cast):
    upload(sams, "logo_light", portal_folder.logo("#e4572e"))
    assert "seed:#e4572e" in sams.get(PATH).html
    assert fields_of(sams.follow(change(act="seed:#e4572e")))["seed"] == "#e4572e"
    assert fields_of(sams.follow(change(act="seed:red")))["seed"] == "#e4572e"
    seen = change(fragment=True, act="preset:Marigold")
    assert (seen.value_of("seed"), seen.value_of("light-nav")) == ("#f2b600", "#2b2410")
    seen = change(fragment=True, act="preset:Ink")
    assert brand_values.from_json(draft_of(database, cast).values).theme_settings == {
        "cards": "outlined",
        "density": "compact",
    }
    change(light__bg="#fafafa", dark__bg="#0a0a0a")
    assert change(fragment=True, act="automatic").value_of("light-bg") == ""
    before = draft_of(database, cast).values
    for act in ("preset:None such", "dance:now", "fix:none"):
        assert change(act=act).status == 303
    assert draft_of(database, cast).values == before


def test_the_theme_brings_settings_of_its_own(change, sams, database, cast):
    seen = sams.follow(change(theme="minimal"))
    assert "Settings of the theme Minimal" in seen.text
    assert seen.value_of("theme-width") == "760"
    wrong = change(theme__width="20")
    assert (wrong.status, "Write a number from 600 to 1100." in wrong.text) == (422, True)
    assert "Write a whole number in digits." in change(theme__width="1e3").text
    seen = sams.follow(
        change(**{
            "theme__width": "900",
            "theme__bar_stays": "y",
            "theme__help_link": "mailto:help@example.com",
            "theme__footer_links-0-label": "Help",
            "theme__footer_links-0-link": "https://example.com/help",
        })
    )  # fmt: skip
    values = brand_values.from_json(draft_of(database, cast).values)
    assert values.theme_settings == {
        "width": 900,
        "bar_stays": True,
        "help_link": "mailto:help@example.com",
        "footer_links": [{"label": "Help", "link": "https://example.com/help"}],
    }
    assert "--t-width:900" in draft_of(database, cast).sheet
    assert seen.value_of("theme-footer_links-1-label") == ""
    change(theme="default")  # keeps what it takes
    values = brand_values.from_json(draft_of(database, cast).values)
    assert "width" not in values.theme_settings
    assert values.theme_settings["bar_stays"] is True


WORDS = {"en": "Words"}


@pytest.mark.parametrize(
    ("setting", "sent", "value", "written"),
    [
        (Setting(id="x", type=Kind.COLOUR, default="auto", group=WORDS, label=WORDS),
         "", "auto", ""),
        (Setting(id="x", type=Kind.COLOUR, default="auto", group=WORDS, label=WORDS),
         "#123456", "#123456", "#123456"),
        (Setting(id="x", type=Kind.FONT, default="brand", group=WORDS, label=WORDS),
         "serif", "serif", "serif"),
        (Setting(id="x", type=Kind.RICH_TEXT, default="", group=WORDS, label=WORDS, maximum=99),
         "<p>Hi</p>", "<p>Hi</p>", "<p>Hi</p>"),
    ],
)  # fmt: skip
def test_fields_of_the_other_types(app, setting, sent, value, written):
    with app.test_request_context("/", base_url="http://sunny.localhost"):
        app.preprocess_request()
        field = ThemeField(setting)
        (name,) = field.unbound()
        assert name == "theme-x"

        class Bound:
            data = sent
            errors: tuple[str, ...] = ()

        assert field.read({name: Bound()}) == value
        assert field.written(value) == {name: written}


# Publishing


def test_publish_needs_something_new(change, sams, database):
    seen = sams.follow(change(act="publish"))
    assert "There is nothing to publish" in seen.text
    with database.session(1) as session:
        assert versions.listed(session) == []


def test_a_draft_is_published_and_taken_back(change, sams, visit, database, cast):
    change(seed="#0f766e", title="Teal")
    seen = sams.follow(change(act="publish"))
    assert "Published. This is version 2." in seen.text
    assert live(database).title == "Teal"
    assert draft_of(database, cast) is None
    assert seen.rows() == 2
    restored = sams.post(f"{PATH}/versions/1/restore", seen="2")
    seen = sams.follow(restored)
    assert "Version 1 is back, and live now." in seen.text
    assert "brings back 1" in seen.text
    assert live(database).title == "SunnyText"
    again = sams.follow(sams.post(f"{PATH}/versions/1/restore", seen="3"))
    assert "The portal looks like this already." in again.text
    assert sams.post(f"{PATH}/versions/9/restore", seen="3").status == 404
    activity = sams.get("/reseller/activity").text
    assert "published a new look" in activity
    assert "brought an earlier look back" in activity


def test_what_is_hard_to_read_is_published_only_if_it_is_wanted(change, sams, database):
    change(light__text="#ffee00")
    seen = sams.follow(change(act="publish"))
    assert "This is not published yet. Hard to read: Text." in seen.text
    assert live(database).look.own == {}
    change(act="publish", though_hard_to_read="y")
    assert live(database).look.own == {"text": "#ffee00"}


@pytest.mark.parametrize("seen_version", ["0", "", "x", "9" * 10])
def test_the_second_of_two_is_told(change, sams, database, cast, seen_version):
    change(title="Mine")
    with database.session(1) as session, session.begin():
        hers = replace(branding.values_of(branding.own(session)), title="Hers")
        versions.publish(session, hers, seen=0, person_id=SUE, person_name="Sue")
    seen = sams.follow(change(act="publish", seen=seen_version))
    assert "Sue published version 2 on" in seen.text
    assert "Sue has published version 2 since you began this draft." in seen.text
    assert live(database).title == "Hers"
    assert fields_of(seen)["title"] == "Mine"
    restored = sams.follow(sams.post(f"{PATH}/versions/1/restore", seen=seen_version))
    assert "Sue published version 2 on" in restored.text
    sams.follow(change(act="publish"))
    assert live(database).title == "Mine"


def test_the_studio_stands_in_what_was_published_a_moment_ago(change, sams, database):
    change(seed="#0f766e")
    seen = sams.follow(change(act="publish"))
    with database.session(1) as session:
        assert f"/brand/{branding.own(session).sheet_hash}.css" in seen.html


def test_who_is_still_typing_keeps_the_focus(change):
    assert "autofocus" not in change(fragment=True, seed="#12").html
    assert "autofocus" in change(fragment=True, seed="#12", act="publish").html
    assert "autofocus" in change(seed="#12").html


def test_a_draft_is_discarded(change, sams, database, cast):
    change(title="Mine")
    seen = sams.follow(sams.post(f"{PATH}/discard"))
    assert "The draft is gone." in seen.text
    assert draft_of(database, cast) is None


# Pictures


@pytest.fixture
def few_bytes(monkeypatch):
    """A megabyte of the tests."""
    monkeypatch.setattr(pictures, "BYTES_MAX", 1_000)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "", "Choose a file, or write the address of one."),
        (b"<html><script>alert(1)</script>", "logo.png", "This is no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>A</text></svg>", "../../a.svg",
         "There is text in this SVG"),
        (b"<svg", "logo.svg", "This SVG cannot be drawn"),
        (portal_folder.logo()[:200], "logo.png", "The picture is damaged"),
        (b"x" * 1_001, "logo.png", "larger than 1 MB"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("few_bytes")
def test_what_is_no_picture_is_said_beside_its_place(sams, stored, content, name, said):
    seen = upload(sams, "login_logo_dark", content, name)
    assert (seen.status, said in seen.text) == (422, True), seen.text
    about = re.search(r'<div id="login_logo_dark-about"[^>]*>', seen.html)
    assert about
    assert "autofocus" in about[0]
    assert stored() is None


def test_a_body_of_forty_megabytes_is_refused_unread(app, stored, monkeypatch):
    answer = app.test_client().post(
        f"{PATH}/pictures/logo_light",
        base_url="http://sunny.localhost",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(40 * 1024 * 1024)},
    )
    assert (answer.status_code, "This is too large" in answer.text) == (413, True)
    assert stored() is None
    monkeypatch.setattr(limits, "SENT_BYTES_MAX", 6 * 1024 * 1024)
    for accept, status, place in (("text/html", 303, PATH), ("application/json", 413, None)):
        answer = app.test_client().post(
            f"{PATH}/pictures/logo_light",
            base_url="http://sunny.localhost",
            content_type="multipart/form-data; boundary=x",
            headers={"Referer": f"http://sunny.localhost{PATH}?x=1", "Accept": accept},
            data=b"x" * (7 * 1024 * 1024),
        )
        assert (answer.status_code, answer.headers.get("Location")) == (status, place)
    assert answer.json == {"message": "The file is larger than 6 MB, so nothing was kept."}


def test_each_place_takes_a_picture_and_gives_it_up(sams, database, cast):
    assert upload(sams, "chimney_light", portal_folder.logo()).status == 404
    seen = sams.follow(upload(sams, "favicon_light", portal_folder.logo(), "../../x.png"))
    assert "The picture is in the draft." in seen.text
    name = brand_values.from_json(draft_of(database, cast).values).pictures["favicon_light"]
    assert f"/media/{name}.png" in seen.html
    seen = sams.follow(sams.post(f"{PATH}/pictures/favicon_light", act="remove"))
    assert "The picture is out of the draft." in seen.text
    assert brand_values.from_json(draft_of(database, cast).values).pictures == {}


def test_an_svg_is_taken_as_pixels(sams, database, cast):
    content = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2">'
        b'<script>alert(1)</script><rect width="4" height="2" fill="#e4572e"/></svg>'
    )
    sams.follow(upload(sams, "logo_light", content, "logo.svg"))
    name = brand_values.from_json(draft_of(database, cast).values).pictures["logo_light"]
    with database.session(1) as session:
        kept = images.by_hash(session, name)
    assert (kept.media_type, kept.width, kept.height) == ("image/png", 1000, 500)
    assert b"script" not in kept.content


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("logo.png", "This is no address of a picture"),
        ("file:///etc/passwd", "This is no address of a picture"),
        ("http://127.0.0.1:8000/logo.png", "not on the public internet"),
        ("http://[::1]/logo.png", "not on the public internet"),
        ("http://10.0.0.1/logo.png", "not on the public internet"),
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://2130706433/", "not on the public internet"),
        ("https://example.com/" + "x" * 2_000, "longer than 2000"),
    ],
)
def test_an_address_that_leads_home_is_not_asked(sams, database, cast, url, said):
    sams.get(PATH)
    seen = sams.post(f"{PATH}/pictures/logo_light", url=url)
    assert (seen.status, said in seen.text) == (422, True), seen.text
    assert seen.value_of("logo_light-url") == url
    assert draft_of(database, cast) is None


def test_a_picture_is_fetched_once_and_kept(sams, database, cast, monkeypatch):
    asked = []

    def fetch(url: str, *, bytes_max: int) -> bytes:
        asked.append((url, bytes_max))
        if "away" in url:
            raise NotFetched(Refusal.TOO_SLOW)
        written = io.BytesIO()
        Image.new("RGB", (40, 20), "#0b4f8a").save(written, "PNG")
        return written.getvalue()

    monkeypatch.setattr(fetching, "fetch", fetch)
    sams.get(PATH)
    seen = sams.post(f"{PATH}/pictures/logo_dark", url="https://example.com/away.png")
    assert (seen.status, "The other side took too long" in seen.text) == (422, True)
    seen = sams.follow(sams.post(f"{PATH}/pictures/logo_dark", url="https://example.com/l.png"))
    assert "The picture is in the draft." in seen.text
    assert asked[1:] == [("https://example.com/l.png", 1024 * 1024)]
    assert "example.com/l.png" not in draft_of(database, cast).sheet


def test_a_picture_of_a_theme_has_to_be_one_of_its_settings(sams, database, cast):
    assert upload(sams, "theme-help_text", portal_folder.logo()).status == 404
    assert upload(sams, "theme-none", portal_folder.logo()).status == 404
    assert draft_of(database, cast) is None


GALLERY = """
name = "Gallery"
parent = "default"
api = 1

[[setting]]
id = "banner"
type = "image"
default = ""
group = { en = "Look" }
label = { en = "Banner" }

[[setting]]
id = "note"
type = "richtext"
default = ""
group = { en = "Look" }
label = { en = "Note" }
"""


@pytest.fixture
def gallery(tmp_path):
    """A theme that the operator has installed, with the types that no shipped one has."""
    folder = tmp_path / "themes" / "gallery"
    folder.mkdir(parents=True)
    (folder / "theme.toml").write_text(GALLERY)
    before = list(installed_themes._places)
    installed_themes.look_in(tmp_path)
    yield
    installed_themes._places[:] = before


@pytest.mark.usefixtures("gallery")
def test_a_theme_may_have_a_picture_and_a_rich_text(change, sams, database, cast):
    sams.follow(change(theme="gallery"))
    seen = sams.follow(upload(sams, "theme-banner", portal_folder.logo()))
    settings = brand_values.from_json(draft_of(database, cast).values).theme_settings
    assert f"/media/{settings['banner']}.png" in seen.html
    change(theme__note="<p>Hello</p><script>1</script>")
    kept = brand_values.from_json(draft_of(database, cast).values).theme_settings
    assert kept == {**settings, "note": "<p>Hello</p>"}
    deep = "<ul><li>" * 200 + "x"
    assert "write it more simply" in change(theme__note=deep).text
    sams.follow(sams.post(f"{PATH}/pictures/theme-banner", act="remove"))
    assert brand_values.from_json(draft_of(database, cast).values).theme_settings["banner"] == ""


def test_words_for_all_that_can_be_wrong():
    assert all(str(each) for each in brand_picture.FLAWS.values())
    assert all(str(each) for each in brand_picture.REFUSALS.values())
