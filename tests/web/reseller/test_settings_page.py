"""What a reseller settles for all its clients: read, mended, changed, written down."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.accounts.models import Activity
from portal.tenancy import settings

PATH = "/reseller/settings"
FILLED = {
    "default_balance_management": "HARD",
    "low_balance_threshold": "5",
    "low_cover_threshold": "",
    "after_debt_reminders": "restrict",
    "refund": "failure",
    "negative_markup_allowed": "y",
    "wholesale_rise": "block",
    "daily_limit": "",
    "validity_hours": "24",
    "countries": "Germany, us",
}

ON_THE_PAGE = {
    "default_balance_management",
    "refund_undelivered",
    "daily_limit",
    "low_balance_threshold",
    "low_cover_threshold",
    "countries",
    "after_debt_reminders",
    "validity_hours",
    "negative_markup_allowed",
    "wholesale_rise",
}


@pytest.fixture
def sams(visit, cast):
    browser = visit(cast.sam)
    browser.get(PATH)
    return browser


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("low_balance_threshold", "0.5", "Write 1 or more, or nothing for no mail."),
        ("low_balance_threshold", "-1", "Write the amount with digits and a point"),
        ("daily_limit", "0", "Write 1 or more, or nothing for no limit."),
        ("daily_limit", "many", "Write a whole number in digits"),
        ("validity_hours", "169", "Write 1 to 168 hours."),
        ("validity_hours", "0", "Write 1 to 168 hours."),
        ("validity_hours", "", "Please fill this in."),
        ("countries", "Atlantis", "Atlantis is no country."),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(sams, database, field, typed, said):
    seen = sams.post(PATH, **{**FILLED, field: typed})
    assert (seen.status, said in seen.text) == (422, True), seen.text
    assert seen.value_of(field) == typed
    with database.session(1) as session:
        assert settings.read(session).validity_hours == 48


def test_all_settings_are_kept_and_shown_again(sams, database, cast):
    seen = sams.follow(sams.post(PATH, **FILLED))
    assert "The settings are saved." in seen.text
    assert seen.value_of("low_balance_threshold") == "5.00"
    assert seen.value_of("countries") == "DE, US"
    with database.session(1) as session:
        found = settings.read(session)
        (act,) = session.scalars(select(Activity).where(Activity.what == "settings.changed"))
    assert found.model_dump(include=ON_THE_PAGE) == {
        "default_balance_management": "HARD",
        "refund_undelivered": True,
        "daily_limit": None,
        "low_balance_threshold": 5_000_000,
        "low_cover_threshold": None,
        "countries": ["DE", "US"],
        "after_debt_reminders": "restrict",
        "validity_hours": 24,
        "negative_markup_allowed": True,
        "wholesale_rise": "block",
    }
    assert act.person_id == cast.sam.person_id
    assert "wholesale_rise" in act.details["settings"]
    sams.post(PATH, **FILLED)
    with database.session(1) as session:
        assert len(list(session.scalars(
            select(Activity).where(Activity.what == "settings.changed")))) == 1  # fmt: skip


def test_every_country_is_a_tick(sams, database):
    assert sams.post(PATH, **{**FILLED, "every_country": "y", "countries": ""}).status == 303
    with database.session(1) as session:
        assert settings.read(session).countries == ["*"]
    ticked = re.search(r'<input[^>]* name="every_country"[^>]*>', sams.get(PATH).html)
    assert ticked is not None
    assert "checked" in ticked[0]


def test_amounts_are_written_as_the_language_does(visit, cast, database):
    browser = visit(cast.hanna)
    browser.get(PATH)
    seen = browser.post(PATH, **{**FILLED, "low_balance_threshold": "7.5"})
    assert seen.status == 422
    assert browser.post(PATH, **{**FILLED, "low_balance_threshold": "7,5"}).status == 303
    with database.session(2) as session:
        assert settings.read(session).low_balance_threshold == 7_500_000
