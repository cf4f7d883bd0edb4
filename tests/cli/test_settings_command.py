"""`portal settings` lists what can be set, hides secrets, and names what is wrong."""

from __future__ import annotations

import os

import pytest

from portal.cli.main import main

SECRET = "4f9d-a-secret-of-more-than-32-bytes-71c2"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)


def test_a_wrong_setting_is_named_below_the_defaults(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_LISTEN_PORT", "http")
    assert main(["settings"]) == 1
    listed, refused = capsys.readouterr()
    assert ["PORTAL_LISTEN_PORT", "8000"] in [line.split()[:2] for line in listed.splitlines()]
    assert refused == (
        "portal: these are the defaults, since"
        " PORTAL_LISTEN_PORT is 'http', but must be a number from 1 to 65535.\n"
    )


def test_present_values_are_listed_and_secrets_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_SECRET", SECRET)
    monkeypatch.setenv("PORTAL_LISTEN_PORT", "8080")
    assert main(["settings"]) == 0
    listed = capsys.readouterr().out
    lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in listed.splitlines()}
    assert lines["PORTAL_LISTEN_PORT"] == ["8080", "the port that the web server takes"]
    assert lines["PORTAL_SECRET"][0] == "(set)"
    assert SECRET not in listed
