"""Greetings in several languages and pages in a portal's folder: checked, and applied twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.infra.db import ResellerSession
from portal.provisioning import reading, text_steps
from portal.provisioning.faults import BadFolder
from portal.provisioning.steps import Step
from portal.tenancy import branding, own_words, site_pages, welcome
from tests.builders import portal_folder

STYLED = '<p style="text-align:center">Willkommen, [firstname]</p>'


def written(path: Path, **files: str) -> Path:
    folder = portal_folder.write(path, slug="sunny")
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_", ".")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"welcome_xx_html": "a"}, "welcome.xx.html: the portal does not speak 'xx'; "),
        (
            {"welcome_de_html": "[fristname]"},
            "there is no [fristname] in it; nearest is [firstname]",
        ),
        ({"welcome_de_html": "x" * 20_001}, "it has 20,001 characters; at most 20,000 are kept"),
        ({"welcome_de_html": "<b>" * 200}, "more than 100 elements stand inside of each other"),
        ({"welcome_html": "a", "welcome_en_html": "b"}, "stands in welcome.html as well"),
        ({"pages__term_en_html": "a"}, "a page is in a file such as terms.en.html"),
        ({"pages__terms_xx_html": "a"}, "the portal does not speak 'xx'"),
        ({"pages__terms_en_txt": "a"}, "a page is in a file such as terms.en.html"),
        ({"pages__terms_en_html": "x" * 100_001}, "at most 100,000 are kept"),
        ({"pages__terms_en_html": "<i>" * 200}, "more than 100 elements"),
        ({"words__en_txt": ""}, "words/en.txt: labels in own words are in a file such as en.toml"),
        ({"words__xx_toml": ""}, "words/xx.toml: the portal does not speak 'xx'"),
        ({"words__en_toml": "Sign in = 1"}, "words/en.toml: this is no TOML: "),
        ({"words__en_toml": "Send = 1"}, "words/en.toml: 'Send': it is to be a text"),
        ({"words__en_toml": "Sennd = 'x'"}, "there is no label 'Sennd'; "),
        ({"words__en_toml": f"Send = '{'x' * 41}'"}, "'Send': it has more than 40 characters"),
        (
            {"words__en_toml": "'A password has at least [least] characters.' = 'short'"},
            "it needs [least], where a value is filled in",
        ),
    ],
)
def test_what_is_told(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(BadFolder) as refused:
        reading.read(written(tmp_path / "sunny", **files))
    (fault,) = refused.value.faults
    assert said in str(fault)


def test_applied_twice_the_second_time_changes_nothing(
    tmp_path: Path, session: ResellerSession
) -> None:
    folder = reading.read(
        written(
            tmp_path / "sunny",
            welcome_html="<p>Hi</p>",
            welcome_de_html=STYLED,
            pages__terms_en_html="<p>Our terms</p>",
            pages__help_de_html="<p>Hilfe</p><script>x</script>",
        )
    )
    assert folder.welcome == "<p>Hi</p>"
    steps = [each for each in text_steps.of_texts(session, folder) if isinstance(each, Step)]
    assert [each.says for each in steps] == [
        "change the welcome text in 'de'",
        "write the page 'help' in 'de', version 1",
        "write the page 'terms' in 'en', version 1",
    ]
    for step in steps:
        step.act()
    session.flush()
    assert list(text_steps.of_texts(session, folder)) == []
    assert welcome.written(session, language="de") == STYLED
    assert "{text-align:center}" in branding.own(session).sheet
    assert site_pages.written(session) == ("terms", "help")
    other = reading.read(written(tmp_path / "other", pages__terms_en_html="<p>New</p>"))
    assert [each.says for each in text_steps.of_texts(session, other)] == [
        "the welcome text in 'de' is there, but not in the folder: kept",
        "write the page 'terms' in 'en', version 2",
        "the page 'help' in 'de' is there, but not in the folder: kept",
    ]


@pytest.mark.parametrize(("name", "language"), [("sunny", "en"), ("harbour", "de")])
def test_the_demonstrations_have_their_pages(name: str, language: str) -> None:
    folder = reading.read(Path(__file__).parents[2] / "examples" / name)
    assert set(folder.pages) == {(page, language) for page in site_pages.PAGES}
    assert folder.not_read == ()


def test_labels_applied_twice(tmp_path: Path, session: ResellerSession) -> None:
    own_words.keep(session, {"Home": "Start"}, language="en")
    folder = reading.read(
        written(
            tmp_path / "sunny",
            words__en_toml='Send = "New message"\n"Sign out" = "Sign out"\nHome = "Start"',
            words__de_toml='"A password has at least [least] characters." = "Ab [least]"',
        )
    )
    assert "words" not in folder.not_read
    steps = [each for each in text_steps.of_texts(session, folder) if isinstance(each, Step)]
    assert [each.says for each in steps] == [
        "change labels of pages in 'de': 1",
        "change labels of pages in 'en': 1",
    ]
    for step in steps:
        step.act()
    assert list(text_steps.of_texts(session, folder)) == []
    assert own_words.written(session, language="en") == {"Home": "Start", "Send": "New message"}
    bare = reading.read(written(tmp_path / "bare", words__en_toml='Send = ""'))
    assert [each.says for each in text_steps.of_texts(session, bare)] == [
        "change labels of pages in 'en': 1",
        "own words in 'de' for labels (1) is there, but not in the folder: kept",
        "own words in 'en' for labels (1) is there, but not in the folder: kept",
    ]
